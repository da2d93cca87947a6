"""Say in words why roles cannot have their nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tripleo_cli.domain.matching.candidate import Candidate, candidate_from_node
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.matching.outcome import Conflict, Outcome
from tripleo_cli.domain.matching.reject import first_reason
from tripleo_cli.domain.matching.request import MatchRequest
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.role import Role

LISTED = 40
"""How many nodes a message lists; ``profiles match --explain`` lists all."""


def label(node: Node) -> str:
    """Name a node as an operator knows it."""
    return node.name or node.id


def rejections(
    request: MatchRequest, among: Iterable[str] | None = None
) -> dict[NodeId, dict[str, str]]:
    """Give, for every node, the reason against each role that it does not fit.

    A node that serves a role already is in the way of all the other roles. With
    ``among``, only the roles of these names are judged.
    """
    names = request.roles if among is None else among
    roles = {name: request.roles[name] for name in names}
    return {
        node.id: _reasons(candidate_from_node(node), roles, request.held.get(node.id))
        for node in request.nodes
    }


def shortage(outcome: Outcome, request: MatchRequest) -> str:
    """Describe everything that stands against a matching, for an error message."""
    if not request.nodes:
        wanted = sum(outcome.wanted.values())
        return f"{_count(wanted, 'node')} wanted, but no node is registered"
    parts = []
    for conflict in outcome.conflicts:
        against = rejections(request, conflict.roles)
        reasons = {
            label(node): _in_words(against[node.id], conflict.roles)
            for node in by_name(request.nodes)
        }
        parts.append(headline(conflict, outcome.wanted) + _listed(reasons))
    return "\n".join(parts)


def headline(conflict: Conflict, wanted: Mapping[str, int]) -> str:
    """Say which roles want how many nodes, and which nodes fit them."""
    names = [f"{name} ({wanted[name]})" for name in conflict.roles]
    fitting = len(conflict.nodes)
    listed = ", ".join(map(label, conflict.nodes[:LISTED]))
    listed += ", ..." if fitting > LISTED else ""
    fit = f"{fitting} fit{'s' if fitting == 1 else ''}"
    if len(names) == 1:
        needs = f"{conflict.roles[0]} needs {_count(conflict.wanted, 'node')}, {fit}"
    else:
        together = f"{', '.join(names[:-1])} and {names[-1]} together need"
        needs = f"{together} {conflict.wanted} nodes, {fit} any of them"
    return f"{needs}: {listed}" if listed else needs


def _reasons(
    candidate: Candidate, roles: Mapping[str, Role], serves: str | None
) -> dict[str, str]:
    if serves is not None:
        return {name: f"serves {serves}" for name in roles if name != serves}
    judged = ((name, first_reason(candidate, role)) for name, role in roles.items())
    return {name: reason for name, reason in judged if reason}


def _in_words(against: Mapping[str, str], among: Sequence[str]) -> str:
    if len(against) == len(among) and len(set(against.values())) == 1:
        return next(iter(against.values()))
    return "; ".join(f"{name}: {reason}" for name, reason in against.items())


def _listed(reasons: Mapping[str, str]) -> str:
    lines = [f"\n  {name}: {reason}" for name, reason in reasons.items() if reason]
    more = len(lines) - LISTED
    return "".join(lines[:LISTED]) + (f"\n  and {more} more nodes" if more > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
