"""Judge one node for one role by all the rules."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate, candidate_from_node
from tripleo_cli.domain.matching.request import Mode
from tripleo_cli.domain.matching.rules import FREE_RULES, RULES
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.role import Role


def reject(node: Node, role: Role) -> str | None:
    """Give the first reason that a node cannot serve a role, ``None`` if it can.

    Benchmarks are not compared with those of like machines: only
    :func:`~tripleo_cli.domain.matching.solve.solve` knows these.
    """
    return first_reason(candidate_from_node(node), role)


def first_reason(
    candidate: Candidate, role: Role, mode: Mode = Mode.SCALE
) -> str | None:
    """Judge a node whose values have been read already."""
    if reason := reason_not_free(candidate):
        return reason
    if mode is Mode.POC:
        return None
    for rule in RULES:
        if reason := rule(candidate, role):
            return reason
    return None


def reason_not_free(candidate: Candidate) -> str | None:
    """Give the first reason that a node cannot serve at all."""
    for rule in FREE_RULES:
        if reason := rule(candidate):
            return reason
    return None
