"""Judge one node for one role by all the rules."""

from __future__ import annotations

from collections.abc import Iterable

from tripleo_cli.domain.matching.candidate import Candidate, candidate_from_node
from tripleo_cli.domain.matching.request import MatchRequest, Mode
from tripleo_cli.domain.matching.rule import Rule
from tripleo_cli.domain.matching.rules import FREE_RULES, PLACING_RULES, RULES
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.role import Role


def reject(node: Node, role: Role, mode: Mode = Mode.SCALE) -> str | None:
    """Give the first reason that a node cannot carry a server of a role.

    ``None`` if it can.

    Benchmarks are not compared with those of like machines: only
    :func:`~tripleo_cli.domain.matching.solve.solve` knows these.
    """
    rules = RULES if mode is Mode.SCALE else PLACING_RULES
    return first_reason(candidate_from_node(node), role, rules)


def rules_of(request: MatchRequest) -> tuple[Rule, ...]:
    """Give the rules that decide, of nodes that are free, whether they serve a role."""
    if request.mode is Mode.SCALE:
        return RULES
    return PLACING_RULES if request.for_servers else ()


def first_reason(
    candidate: Candidate, role: Role, rules: Iterable[Rule] = RULES
) -> str | None:
    """Judge a node whose values have been read already."""
    if reason := reason_not_free(candidate):
        return reason
    for rule in rules:
        if reason := rule(candidate, role):
            return reason
    return None


def reason_not_free(candidate: Candidate) -> str | None:
    """Give the first reason that a node cannot serve at all."""
    for rule in FREE_RULES:
        if reason := rule(candidate):
            return reason
    return None
