"""Reference cases: tags only, every node available."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_node
from tripleo_cli.domain.matching import MatchRequest, Mode, choose_mode, reject, solve
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.role import Role

FILE = Path(__file__).parents[3] / "data" / "assignment-cases.json"
CASES = json.loads(FILE.read_text())["cases"]


def a_request(given: Mapping[str, Any]) -> MatchRequest:
    roles = {entry["profile"]: Role(name=entry["profile"]) for entry in given["roles"]}
    nodes = [
        a_node(
            node["id"],
            capabilities={f"{name}_profile": "1" for name in node["possible_profiles"]},
        )
        for node in given["nodes"]
    ]
    mode, _ = choose_mode(roles.values(), nodes)
    return MatchRequest(
        wanted={entry["profile"]: entry["count"] for entry in given["roles"]},
        roles=roles,
        nodes=nodes,
        mode=mode,
    )


def may_serve(node: Node, role: Role) -> bool:
    return node.capabilities.get(f"{role.name}_profile") == "1"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_as_many_nodes_are_placed_as_can_be(case: Mapping[str, Any]) -> None:
    request, expected = a_request(case["input"]), case["expected"]

    outcome = solve(request)

    assert request.mode is Mode.SCALE
    assert outcome.is_feasible is expected["feasible"]
    placed = [
        (node, request.roles[name])
        for name, nodes in outcome.assignment.nodes.items()
        for node in nodes
    ]
    assert len(placed) == expected["max_new_assignments"]
    assert len({node.id for node, _ in placed}) == len(placed)
    assert all(may_serve(*pair) and reject(*pair) is None for pair in placed)
    missing = expected["needed_new_assignments"] - len(placed)
    assert sum(outcome.unmet.values()) == missing


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if not case["expected"]["feasible"]],
    ids=lambda case: case["name"],
)
def test_a_conflict_can_be_checked_by_hand(case: Mapping[str, Any]) -> None:
    """All nodes that fit the roles of a conflict are named, and they are too few."""
    request = a_request(case["input"])

    for conflict in solve(request).conflicts:
        names = set(conflict.roles)
        able = {
            node.id
            for node in request.nodes
            if any(may_serve(node, request.roles[name]) for name in names)
        }
        wanted = sum(request.wanted[name] for name in names)
        assert {node.id for node in conflict.nodes} == able
        assert conflict.wanted == wanted > len(able)
