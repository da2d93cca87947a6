"""Show what matching found: one value for programs, tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tripleo_cli.domain.matching import Conflict, MatchRequest, Outcome
from tripleo_cli.domain.matching.explain import headline, rejections
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.node import Node, label

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]


def answer_of(request: MatchRequest, outcome: Outcome) -> dict[str, Any]:
    """Give the answer as plain data; nodes are named by their name, else their id.

    ``rejected`` holds, by role, every node that does not fit it with the first reason
    against it. ``conflict`` is empty where every role has its nodes.
    """
    return {
        "feasible": outcome.is_feasible,
        "assignment": {
            name: [label(node) for node in nodes]
            for name, nodes in outcome.assignment.nodes.items()
        },
        "unmet": dict(outcome.unmet),
        "conflict": _conflict(outcome),
        "rejected": _rejected(request),
    }


def assignment_table(request: MatchRequest, outcome: Outcome) -> Table:
    """Give a row for each node that serves a role."""
    columns = ("Role", "Node UUID", "Node Name", "Profile", "In Use")
    rows = [
        (
            name,
            node.id,
            node.name,
            request.roles[name].profile,
            node.id in request.held,
        )
        for name, nodes in outcome.assignment.nodes.items()
        for node in nodes
    ]
    return columns, rows


def explanation_table(
    request: MatchRequest, outcome: Outcome, nodes: Iterable[Node]
) -> Table:
    """Give a row for each node, and in it what speaks against each role.

    ``nodes`` are those of the request, in the states that they are really in.
    """
    against = rejections(request)
    serves = {
        (node.id, name): "assigned"
        for name, nodes in outcome.assignment.nodes.items()
        for node in nodes
    }
    rows = [
        (
            label(node),
            node.provision.value,
            *(
                serves.get((node.id, name)) or against[node.id].get(name, "fits")
                for name in request.roles
            ),
        )
        for node in by_name(nodes)
    ]
    return ("Node", "Provision State", *request.roles), rows


def _conflict(outcome: Outcome) -> dict[str, Any]:
    """Give the first conflict, and in it the others, for roles it does not name."""
    described = [_described(one, outcome.wanted) for one in outcome.conflicts]
    if not described:
        return {}
    first, *others = described
    return {**first, "others": others} if others else first


def _described(conflict: Conflict, wanted: Mapping[str, int]) -> dict[str, Any]:
    return {
        "roles": list(conflict.roles),
        "wanted": conflict.wanted,
        "fitting": len(conflict.nodes),
        "nodes": [label(node) for node in conflict.nodes],
        "reason": headline(conflict, wanted),
    }


def _rejected(request: MatchRequest) -> dict[str, dict[str, str]]:
    against = rejections(request)
    return {
        name: {
            label(node): against[node.id][name]
            for node in by_name(request.nodes)
            if name in against[node.id]
        }
        for name in request.roles
    }
