"""Judge one node for one role by all the rules."""

from __future__ import annotations

from collections.abc import Sequence

from tripleo_cli.domain.matching.candidate import Candidate, candidate_from_node
from tripleo_cli.domain.matching.rule import Rule
from tripleo_cli.domain.matching.rules import RULES
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.role import Role


def reject(node: Node, role: Role) -> str | None:
    """Give the first reason that a node cannot serve a role, ``None`` if it can."""
    return first_reason(candidate_from_node(node), role)


def first_reason(
    candidate: Candidate, role: Role, rules: Sequence[Rule] = RULES
) -> str | None:
    """Judge a node whose values have been read already."""
    for rule in rules:
        if reason := rule(candidate, role):
            return reason
    return None
