"""Say in words why roles cannot have their nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tripleo_cli.domain.matching.judge import candidates, reason_against
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.matching.outcome import Conflict, Crowd, Outcome
from tripleo_cli.domain.matching.request import MatchRequest
from tripleo_cli.domain.node import NodeId, label

LISTED = 40
"""How many nodes a message lists; ``profiles match --explain`` lists all."""


def rejections(
    request: MatchRequest, among: Iterable[str] | None = None
) -> dict[NodeId, dict[str, str]]:
    """Give, for every node, the reason against each role that it does not fit.

    A node that serves a role already is in the way of all the other roles. With
    ``among``, only the roles of these names are judged.
    """
    names = request.roles if among is None else among
    roles = [request.roles[name] for name in names]
    return {
        candidate.node.id: {
            role.name: reason
            for role in roles
            if (reason := reason_against(candidate, role, request))
        }
        for candidate in candidates(request, request.nodes)
    }


def shortage(outcome: Outcome, request: MatchRequest) -> str:
    """Describe everything that stands against a matching, for an error message."""
    if not request.nodes:
        wanted = sum(outcome.wanted.values())
        return f"{_count(wanted, 'node')} wanted, but no node is registered"
    parts = []
    against = rejections(request, _named(outcome))
    nodes = by_name(request.nodes)
    for conflict in outcome.conflicts:
        reasons = {
            label(node): _in_words(against[node.id], conflict.roles) for node in nodes
        }
        parts.append(headline(conflict, outcome.wanted) + _listed(reasons))
    return "\n".join(parts)


def headline(conflict: Conflict, wanted: Mapping[str, int]) -> str:
    """Say which roles want how many nodes, and which nodes fit them."""
    names = [f"{name} ({wanted[name]})" for name in conflict.roles]
    fitting = len(conflict.nodes)
    fit = "fits" if fitting == 1 else "fit"
    listed = ", ".join(map(label, conflict.nodes[:LISTED]))
    listed += ", ..." if fitting > LISTED else ""
    if len(names) == 1:
        wants = _count(conflict.wanted, "node")
        needs = f"{conflict.roles[0]} needs {wants}, {fitting} {fit}"
    else:
        together = f"{', '.join(names[:-1])} and {names[-1]} together need"
        those = (
            f"{_count(fitting, 'node')} {conflict.asks or f'that {fit} any of them'}"
        )
        needs = f"{together} {conflict.wanted} of the {those}"
    return f"{needs}: {listed}" if listed else needs


def remarks(outcome: Outcome, request: MatchRequest) -> list[str]:
    """Say what was asked for and could not be had, although roles have their nodes.

    Pins that do not hold, and roles whose nodes could not be spread.
    """
    names = {node.id: label(node) for node in request.nodes}
    loose = sorted(f"{names[node]} {why}" for node, why in outcome.loose.items())
    return [*loose, *map(_crowded, outcome.crowds)]


def _crowded(crowd: Crowd) -> str:
    members = sum(map(len, crowd.members.values()))
    listed = "; ".join(
        f"{where or 'not known'}: {', '.join(map(label, nodes))}"
        for where, nodes in crowd.members.items()
    )
    apart = len(crowd.members.keys() - {""})
    return (
        f"{crowd.role}: {_count(members, 'node')} on {apart} different {crowd.path} "
        f"({crowd.known} could be had): {listed}"
    )


def _named(outcome: Outcome) -> list[str]:
    return sorted({name for conflict in outcome.conflicts for name in conflict.roles})


def _in_words(against: Mapping[str, str], among: Sequence[str]) -> str:
    reasons = {name: against[name] for name in among if name in against}
    if len(reasons) == len(among) and len(set(reasons.values())) == 1:
        return next(iter(reasons.values()))
    return "; ".join(f"{name}: {reason}" for name, reason in reasons.items())


def _listed(reasons: Mapping[str, str]) -> str:
    lines = [f"\n  {name}: {reason}" for name, reason in reasons.items() if reason]
    more = len(lines) - LISTED
    return "".join(lines[:LISTED]) + (f"\n  and {more} more nodes" if more > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
