"""Roles that stand apart, and how far they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_node
from tripleo_cli.domain.facts import HardwareFacts, Nic, SwitchPort
from tripleo_cli.domain.matching import MatchRequest, solve
from tripleo_cli.domain.matching.explain import remarks
from tripleo_cli.domain.matching.locate import locate
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import InvalidInputError

CONTROLLER = Role(name="Controller", spread="properties.rack")
COMPUTE = Role(name="Compute")


def in_rack(name: str, rack: str, memory_gb: int = 64) -> Node:
    node = a_node(name, memory_gb=memory_gb)
    return replace(node, properties={**node.properties, "rack": rack})


def a_request(nodes: list[Node], number: int, **others: Any) -> MatchRequest:
    roles = {"Controller": CONTROLLER, "Compute": COMPUTE}
    wanted = {"Controller": number}
    return MatchRequest(wanted=wanted, roles=roles, nodes=nodes, **others)


def names(request: MatchRequest) -> list[str]:
    return [node.name for node in solve(request).assignment.nodes["Controller"]]


def test_standing_apart_goes_before_small_nodes() -> None:
    nodes = [in_rack("a", "r1", 8), in_rack("b", "r1", 8), in_rack("c", "r2", 512)]

    request = a_request(nodes, 2)

    assert names(request) == ["a", "c"]
    assert solve(request).crowds == ()


def test_nodes_in_use_count_where_they_stand() -> None:
    nodes = [in_rack("a", "r1"), in_rack("b", "r1", 8), in_rack("c", "r2")]

    assert names(a_request(nodes, 2, held={NodeId("uuid-a"): "Controller"})) == [
        "a",
        "c",
    ]


def test_racks_are_filled_evenly_and_what_is_short_is_said() -> None:
    nodes = [in_rack(f"a{i}", "r1", 8) for i in range(5)]
    nodes += [in_rack(f"b{i}", "r2") for i in range(5)]
    request = a_request(nodes, 4)

    outcome = solve(request)

    assert remarks(outcome, request) == [
        "Controller: 4 nodes on 2 different properties.rack (2 could be had): "
        "r1: a0, a1; r2: b0, b1"
    ]


def test_nodes_of_which_nobody_knows_the_rack_count_as_one() -> None:
    request = a_request([a_node("a"), a_node("b"), in_rack("c", "r1")], 3)

    assert remarks(solve(request), request) == [
        "Controller: 3 nodes on 1 different properties.rack (1 could be had): "
        "not known: a, b; r1: c"
    ]


def test_what_is_asked_for_goes_before_the_role_file() -> None:
    nodes = [
        replace(in_rack("a", "r1", 8), conductor_group="x"),
        replace(in_rack("b", "r2", 8), conductor_group="x"),
        replace(in_rack("c", "r1", 512), conductor_group="y"),
    ]
    spread = {"Controller": "conductor_group"}

    assert names(a_request(nodes, 2, spread=spread)) == ["a", "c"]


def test_a_path_that_leads_nowhere_is_an_error() -> None:
    with pytest.raises(InvalidInputError, match='did you mean "properties"'):
        solve(a_request([], 1, spread={"Controller": "propertys.rack"}))


PORTS = {"m1": "sw-1", "m2": "sw-2", "m3": "sw-1"}
CABLED = HardwareFacts(
    product="R650",
    firmware={"bios_version": "1.2"},
    nics=(
        *(
            Nic(name=mac, mac=mac, switch=SwitchPort(system_name=switch))
            for mac, switch in PORTS.items()
        ),
        Nic(name="eno9"),
    ),
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties.rack", "r1"),
        ("properties.pdu.feed", "A"),
        ("properties.dotted.key", "yes"),
        ("properties.shelf", ""),
        ("properties.rack.row", ""),
        ("capabilities.zone", "z1"),
        ("extra.place.room", "7"),
        ("traits.CUSTOM_RACK_", "12"),
        ("traits.CUSTOM_ROW_", ""),
        ("conductor_group", "east"),
        ("resource_class", "baremetal"),
        ("product", "R650"),
        ("firmware.bios_version", "1.2"),
        ("nics.switch.system_name", "sw-1 + sw-2"),
        ("nics.*.switch.system_name", "sw-1 + sw-2"),
        ("nics.m2.switch.system_name", "sw-2"),
        ("nics.switch.chassis", ""),
        ("nics.nothing", ""),
    ],
)
def test_a_place_is_read_from_anything_known_of_a_node(path: str, value: str) -> None:
    properties: Mapping[str, Any] = {
        "rack": "r1",
        "pdu": {"feed": "A"},
        "dotted.key": "yes",
        "shelf": None,
    }
    node = replace(
        a_node(
            "a",
            traits=frozenset({"CUSTOM_RACK_12", "CUSTOM_OTHER"}),
            capabilities={"zone": "z1"},
            conductor_group="east",
            extra={"place": {"room": 7}},
            facts=CABLED,
        ),
        properties=properties,
    )

    assert locate(node, path) == value


def test_without_an_inspection_no_fact_is_known() -> None:
    assert locate(a_node("a"), "nics.switch.system_name") == ""
