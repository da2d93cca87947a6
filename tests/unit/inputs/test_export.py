"""Exported nodes come back as they were; what else is in the file is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_node
from tripleo_cli.domain.facts import HardwareFacts
from tripleo_cli.domain.facts.earlier import KEY, packed, to_keep
from tripleo_cli.domain.matching.locate import locate
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.export import load_export
from tripleo_cli.rendering.export import render_entry, render_export

INVENTORY = {"hostname": "m-1", "cpu": {"count": 8, "architecture": "x86_64"}}


def load(folder: Path, document: Any) -> tuple[Node, ...]:
    path = folder / "nodes.json"
    text = document if isinstance(document, str) else json.dumps(document)
    path.write_text(text)
    return load_export(path)


def exported(node: Node, inventory: dict[str, Any] | None = None) -> str:
    return render_export([render_entry(node, inventory, {"data": []})])


def test_what_matching_needs_of_a_node_survives_the_way_there_and_back(
    tmp_path: Path,
) -> None:
    node = a_node(
        "a",
        traits=frozenset({"CUSTOM_X"}),
        capabilities={"profile": "compute", "boot_mode": "uefi"},
        extra={"hardware_excluded": "slow disk"},
        instance_id="server-1",
    )
    state = replace(node.state, maintenance=True, maintenance_reason="fan")
    node = replace(node, state=state)

    (back,) = load(tmp_path, exported(node))

    assert back == replace(node, driver="", state=replace(state, power_on=None))


def test_a_node_has_facts_if_it_was_inspected(tmp_path: Path) -> None:
    document = [
        json.loads(exported(a_node("a"), INVENTORY))[0],
        json.loads(exported(a_node("b")))[0],
    ]

    first, second = load(tmp_path, document)

    assert first.facts is not None
    assert first.facts.hostname == "m-1"
    assert second.facts is None


def test_benchmarks_of_an_earlier_inspection_go_with_the_node(tmp_path: Path) -> None:
    measured = HardwareFacts(benchmarks={"cpu.logical.loops_per_sec": 7.0})
    earlier = to_keep({}, measured, "2026-01-01")
    assert earlier is not None
    node = a_node(extra={KEY: packed(earlier)})

    (back,) = load(tmp_path, exported(node, INVENTORY))

    assert back.facts is not None
    assert back.facts.benchmarks == measured.benchmarks
    assert back.facts.measured_at == {"cpu": "2026-01-01"}


@pytest.mark.parametrize(
    "path",
    [
        "extra.rack",
        "extra.row",
        "extra.lit",
        "extra.place.room",
        "extra.feeds",
        "conductor_group",
        "resource_class",
        "properties.rack",
        "capabilities.zone",
        "traits.CUSTOM_",
    ],
)
def test_where_a_node_stands_is_the_same_without_a_cloud(
    tmp_path: Path, path: str
) -> None:
    node = a_node(
        traits=frozenset({"CUSTOM_X"}),
        capabilities={"zone": "z1"},
        conductor_group="east",
        extra={
            "rack": "r1",
            "row": 7,
            "lit": True,
            "place": {"room": "cellar"},
            "feeds": ["a", "b"],
        },
    )
    node = replace(node, properties={**node.properties, "rack": "r2"})

    (back,) = load(tmp_path, exported(node))

    assert locate(back, path) == locate(node, path) != ""


@pytest.mark.parametrize(
    "extra",
    [
        {"bmc_password": "s3cret"},
        {"BMC_PASS": "s3cret"},
        {"apiToken": "s3cret"},
        {"tripleo_credentials": "s3cret"},
        {"bmc": {"login": {"secret": "s3cret"}}},
        {"keys": ["s3cret"]},
        {"note": "-----BEGIN KEY-----\ns3cret"},
        {"note": "s3cret " * 20},
        {"console": "https://root:s3cret@box"},
        {"boxes": [{"auth": "s3cret"}]},
    ],
)
def test_what_may_be_a_secret_is_not_exported(extra: dict[str, Any]) -> None:
    node = a_node(driver_info={"ipmi_password": "s3cret"}, extra=extra)

    text = exported(node, INVENTORY)

    assert "s3cret" not in text
    assert "driver_info" not in json.loads(text)[0]


def test_nothing_to_export_is_a_list_too(tmp_path: Path) -> None:
    assert load(tmp_path, render_export([])) == ()


@pytest.mark.parametrize(
    ("entry", "name", "node_id"),
    [
        ({"name": "a"}, "a", "a"),
        ({"uuid": "u-1"}, "", "u-1"),
        ({"uuid": "u-1", "name": None, "properties": None, "traits": None}, "", "u-1"),
    ],
)
def test_a_name_or_a_uuid_is_enough(
    tmp_path: Path, entry: Any, name: str, node_id: str
) -> None:
    (node,) = load(tmp_path, [entry])

    assert (node.name, node.id) == (name, node_id)
    assert node.provision is ProvisionState.AVAILABLE


def test_capabilities_may_be_a_mapping_and_other_keys_are_left_alone(
    tmp_path: Path,
) -> None:
    properties = {"cpus": "8", "capabilities": {"compute_profile": 1}}
    entry = {"name": "a", "properties": properties, "links": [], "driver": "ipmi"}

    (node,) = load(tmp_path, [entry])

    assert node.capabilities == {"compute_profile": "1"}
    assert node.properties == {"cpus": "8"}


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        ("[", ["line 1, column 2: Expecting value"]),
        ("[" * 100_000, ["nested too deep"]),
        (f'[{{"name": {"9" * 5000}}}]', ["[0].name: a number of 5000 digits is too"]),
        ({"nodes": []}, ["must be a list, not a mapping"]),
        ([{}, 1], ["[0]: has neither a name nor a uuid", "[1]: must be a mapping"]),
        (
            [{"name": "a", "provision_state": "avaliable", "maintenance": "no"}],
            [
                '[0].provision_state: "avaliable" is no state (did you mean "avail',
                "[0].maintenance: must be true or false, not a text",
            ],
        ),
        (
            [
                {
                    "name": 1.5,
                    "uuid": "u",
                    "traits": "CUSTOM_X",
                    "properties": {"capabilities": 7},
                    "inventory": [],
                    "plugin_data": "x",
                }
            ],
            [
                "[0].name: must be a text",
                "[0].traits: must be a list",
                "[0].properties.capabilities: must be a text or a mapping",
                "[0].inventory: must be a mapping",
                "[0].plugin_data: must be a mapping",
            ],
        ),
        (
            [{"name": "a", "uuid": "u"}, {"name": "a", "uuid": "u"}],
            ['2 nodes have the uuid "u"', '2 nodes have the name "a"'],
        ),
    ],
)
def test_every_problem_of_a_file_is_told(
    tmp_path: Path, document: Any, problems: list[str]
) -> None:
    with pytest.raises(InvalidInputError) as raised:
        load(tmp_path, document)

    for problem in problems:
        assert problem in str(raised.value)
    assert raised.value.hint == "openstack overcloud node export FILE"
