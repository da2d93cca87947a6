"""Judge all nodes of a request for all its roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tripleo_cli.domain.matching.candidate import (
    Candidate,
    candidate_from_node,
    possible_traits,
)
from tripleo_cli.domain.matching.reject import first_reason, reason_not_free, rules_of
from tripleo_cli.domain.matching.request import MatchRequest
from tripleo_cli.domain.matching.rule import Rule
from tripleo_cli.domain.matching.rules.requirement import requirement_rule
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.groups import group_of, medians
from tripleo_cli.domain.requirement import Judge, is_compared
from tripleo_cli.domain.role import Role


def candidates(request: MatchRequest, nodes: Iterable[Node]) -> list[Candidate]:
    """Read nodes, and what matters of the nodes around them."""
    sorted_for = frozenset[str]().union(*map(possible_traits, request.nodes))
    requirements = [role.requires for role in request.roles.values() if role.requires]
    is_wanted = is_compared(requirements)
    usual = medians(request.nodes, is_wanted) if is_wanted else {}
    return [
        candidate_from_node(
            node,
            medians=usual.get(group_of(node.facts)) if usual and node.facts else None,
            # Who pins a node has found it fit for the role.
            sorted_for=frozenset() if node.id in request.pins else sorted_for,
        )
        for node in nodes
    ]


def reason_against(
    candidate: Candidate, role: Role, request: MatchRequest
) -> str | None:
    """Give the first reason that a node does not get a role, ``None`` if it may.

    A node that serves a role, or is pinned to one, is out of question for the others.
    """
    node_id = candidate.node.id
    serves = request.held.get(node_id)
    if serves is not None:
        return f"serves {serves}" if serves != role.name else None
    pin = request.pins.get(node_id)
    if pin and pin.role != role.name:
        return reason_not_free(candidate) or f"is pinned to {pin.role}"
    return first_reason(candidate, role, rules_of(request))


def fits(
    free: Sequence[Candidate], roles: Sequence[Role], request: MatchRequest
) -> list[int]:
    """Give for each node that serves nothing the bits of the roles that it fits.

    The answer is that of :func:`reason_against`, without the words. Nodes that look
    alike are judged once, but for what roles require of facts.
    """
    numbers = {role.name: number for number, role in enumerate(roles)}
    simple = [rule for rule in rules_of(request) if rule is not requirement_rule]
    asking = [
        (1 << number, role.requires.judge())
        for number, role in enumerate(roles)
        if role.requires and requirement_rule in rules_of(request)
    ]
    every = (1 << len(roles)) - 1
    judged: dict[tuple[Any, ...], int] = {}
    answer = []
    for candidate in free:
        bits = 0 if reason_not_free(candidate) else every
        if pin := request.pins.get(candidate.node.id):
            bits &= 1 << numbers[pin.role] if pin.role in numbers else 0
        if bits and simple:
            looks = candidate.looks
            if looks not in judged:
                judged[looks] = _fits_simply(candidate, roles, simple)
            bits &= judged[looks]
            bits -= sum(
                bit
                for bit, judge in asking
                if bits & bit and not _satisfies(candidate, judge)
            )
        answer.append(bits)
    return answer


def _satisfies(candidate: Candidate, judge: Judge) -> bool:
    facts = candidate.node.facts
    return facts is not None and judge(facts, candidate.medians)


def _fits_simply(
    candidate: Candidate, roles: Sequence[Role], rules: Sequence[Rule]
) -> int:
    return sum(
        1 << number
        for number, role in enumerate(roles)
        if not any(rule(candidate, role) for rule in rules)
    )
