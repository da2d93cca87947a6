"""Nodes whose place an operator chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.builders import a_node
from tripleo_cli.domain.matching import MatchRequest, Pin, shortage_error, solve
from tripleo_cli.domain.matching.explain import rejections, remarks
from tripleo_cli.domain.node import Node, NodeId, ProvisionState
from tripleo_cli.domain.role import Role

ROLES = {name: Role(name=name) for name in ("Controller", "Compute")}


def a_request(
    nodes: Sequence[Node], pins: Mapping[str, Pin], **others: Any
) -> MatchRequest:
    return MatchRequest(
        wanted={"Controller": 2, "Compute": 1},
        roles=ROLES,
        nodes=nodes,
        pins={NodeId(f"uuid-{name}"): pin for name, pin in pins.items()},
        **others,
    )


def names(request: MatchRequest, role: str) -> list[str]:
    return [node.name for node in solve(request).assignment.nodes[role]]


NODES = [a_node("a", memory_gb=8), a_node("b"), a_node("c"), a_node("d", memory_gb=512)]


def test_a_pinned_node_has_its_place_although_others_waste_less() -> None:
    request = a_request(NODES, {"d": Pin(role="Controller", index=0)})

    assert names(request, "Controller")[0] == "d"
    assert solve(request).assignment.pins == request.pins
    assert remarks(solve(request), request) == []


def test_a_pin_without_a_number_is_any_place_of_the_role() -> None:
    request = a_request(NODES, {"d": Pin(role="Controller")})

    assert names(request, "Controller")[1] == "d"
    assert solve(request).loose == {}


def test_a_node_in_use_makes_room_within_its_role() -> None:
    serving = a_node("z", state=ProvisionState.ACTIVE)
    pins = {"d": Pin(role="Controller", index=0)}
    held = {serving.id: "Controller"}

    request = a_request([*NODES, serving], pins, held=held)

    assert names(request, "Controller") == ["d", "z"]


def test_a_pinned_node_serves_no_other_role() -> None:
    request = a_request(NODES[:3], {"a": Pin(role="Networker")})
    outcome = solve(request)

    assert outcome.unmet
    assert rejections(request)[NODES[0].id] == {
        "Controller": "is pinned to Networker",
        "Compute": "is pinned to Networker",
    }
    assert "a: is pinned to Networker" in str(shortage_error(outcome, request))


def test_pins_that_do_not_hold_are_told() -> None:
    busy = a_node("busy", state=ProvisionState.CLEANING)
    serving = a_node("used", state=ProvisionState.ACTIVE)
    pins = {
        "a": Pin(role="Controller", index=1),
        "b": Pin(role="Controller", index=1),
        "c": Pin(role="Compute", index=7),
        "busy": Pin(role="Compute", index=0),
        "used": Pin(role="Controller", index=0),
        "gone": Pin(role="Controller", index=0),
    }
    request = MatchRequest(
        wanted={"Controller": 2, "Compute": 2},
        roles=ROLES,
        nodes=[*NODES, busy, serving],
        pins={NodeId(f"uuid-{name}"): pin for name, pin in pins.items()},
        held={serving.id: "Compute"},
    )

    assert remarks(solve(request), request) == [
        "b is pinned to Controller 1, which a has",
        "busy is pinned to Compute 0, but is in state cleaning",
        "c is pinned to Compute 7, which there is not",
        "used is pinned to Controller 0, but serves Compute",
    ]


def test_too_many_pins_for_a_role_leave_some_out() -> None:
    nodes = [a_node(name) for name in "abcd"]
    request = a_request(nodes, {name: Pin(role="Compute") for name in "ab"})

    outcome = solve(request)

    assert outcome.is_feasible
    assert names(request, "Compute") == ["a"]
    assert remarks(outcome, request) == [
        "b is pinned to Compute, which has no place left"
    ]
