"""The rules, in the order in which their reasons are worth reading."""

from __future__ import annotations

from tripleo_cli.domain.matching.rule import FreeRule, Rule
from tripleo_cli.domain.matching.rules.cpu import cpu_rule
from tripleo_cli.domain.matching.rules.disk import disk_rule
from tripleo_cli.domain.matching.rules.exclusion import exclusion_rule
from tripleo_cli.domain.matching.rules.memory import memory_rule
from tripleo_cli.domain.matching.rules.profile import profile_rule
from tripleo_cli.domain.matching.rules.requirement import requirement_rule
from tripleo_cli.domain.matching.rules.resource_class import resource_class_rule
from tripleo_cli.domain.matching.rules.state import state_rule
from tripleo_cli.domain.matching.rules.traits import traits_rule

FREE_RULES: tuple[FreeRule, ...] = (exclusion_rule, state_rule)
"""Decide whether a node can serve at all."""

SIMPLE_RULES: tuple[Rule, ...] = (
    resource_class_rule,
    profile_rule,
    traits_rule,
    cpu_rule,
    memory_rule,
    disk_rule,
)
"""Look at nothing of a node but ``Candidate.looks``."""

PLACING_RULES: tuple[Rule, ...] = (resource_class_rule, traits_rule)
"""What Nova places servers by, however strictly nodes are judged."""

RULES: tuple[Rule, ...] = (*SIMPLE_RULES, requirement_rule)
"""Decide whether a node serves a role."""
