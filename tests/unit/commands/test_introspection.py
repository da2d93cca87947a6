"""The commands about inspections: options in, tables and data out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from osc_lib import exceptions

from tests.builders import a_node
from tests.fakes.baremetal import Findings
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tests.unit.commands.test_node import Shell
from tripleo_cli.commands import base
from tripleo_cli.commands.introspection import (
    IntrospectNodes,
    ListInterfaces,
    SaveData,
    ShowInterface,
    ShowIntrospection,
)
from tripleo_cli.commands.node import ListNodes
from tripleo_cli.domain.node import NodeId, ProvisionState, Verb

FOUND = Findings(
    inventory={
        "cpu": {"count": 8, "model_name": "Xeon", "architecture": "x86_64"},
        "memory": {"physical_mb": 16384},
        "interfaces": [
            {"name": "eno1", "mac_address": "52:54:00:0F:00:01", "has_carrier": True}
        ],
    },
    plugin_data={"parsed_lldp": {"eno1": {"switch_system_name": "tor-1"}}},
)


@pytest.fixture
def cloud() -> FakeCloud:
    """Two manageable nodes; the inspection of ``a`` finds something."""
    made = FakeCloud(
        a_node(
            name,
            state=ProvisionState.MANAGEABLE,
            interfaces={"inspect_interface": "agent"},
        )
        for name in ("a", "b")
    )
    made.baremetal.will_find("a", FOUND)
    return made


def inspect(cloud: FakeCloud, name: str) -> None:
    [node] = [node for node in cloud.baremetal.nodes() if node.name == name]
    cloud.baremetal.set_provision_state(node.id, Verb.INSPECT)
    for _ in range(3):
        cloud.baremetal.states()


def run(kind: type[base.Command], cloud: FakeCloud, *argv: str) -> str:
    class Timed(kind):  # type: ignore[misc, valid-type]
        clock = FakeClock()

    shell = Shell(cloud)
    command = Timed(shell, None)
    command.run(command.get_parser("openstack").parse_args([*argv]))
    return shell.stdout.getvalue()


def as_json(kind: type[base.Command], cloud: FakeCloud, *argv: str) -> Any:
    return json.loads(run(kind, cloud, *argv, "-f", "json"))


def test_nodes_are_inspected(cloud: FakeCloud) -> None:
    rows = as_json(IntrospectNodes, cloud, "--all-manageable")

    assert [row["Result"] for row in rows] == ["done", "done"]
    assert "update" not in cloud.baremetal.calls


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--benchmark", "cpu,memory"], "ipa-inspection-benchmarks=cpu,mem"),
        (["--benchmark", "all"], "ipa-inspection-benchmarks=cpu,mem,disk"),
        (["--benchmark", "mem"], "ipa-inspection-benchmarks=mem"),
    ],
)
def test_benchmarks_are_asked_for(
    cloud: FakeCloud,
    option: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[Any] = []
    update = cloud.baremetal.update

    def noted(node: NodeId, changes: Mapping[str, Any]) -> None:
        asked.append(changes)
        update(node, changes)

    cloud.baremetal.update = noted  # type: ignore[method-assign]

    as_json(IntrospectNodes, cloud, "a", *option)

    assert asked[0]["/driver_info/kernel_append_params"].endswith(f" {words}")
    assert asked[1]["/driver_info/kernel_append_params"] is None
    assert "no benchmarks came from a" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--benchmark", "gpu"], "there is no benchmark 'gpu'; known are cpu, memory"),
        (["--method", "magic"], "invalid choice"),
        (["--max-retries", "-1"], "must be 0 to 100"),
    ],
)
def test_wrong_options_are_refused(
    cloud: FakeCloud,
    options: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run(IntrospectNodes, cloud, "a", *options)

    assert complaint in capsys.readouterr().err


def test_a_failure_names_node_phase_cause_and_remedy(cloud: FakeCloud) -> None:
    cloud.baremetal.will_fail("b", Verb.INSPECT, "timeout reached while inspecting")

    with pytest.raises(exceptions.CommandError) as caught:
        run(IntrospectNodes, cloud, "a", "b", "--max-retries", "0")

    said = str(caught.value)
    assert "could not introspect 1 of 2 nodes" in said
    assert "b: inspection failed while waiting for the ramdisk: timeout" in said
    assert "--node-timeout" in said


def test_facts_are_shown_as_text_and_as_data(cloud: FakeCloud) -> None:
    inspect(cloud, "a")

    text = run(ShowIntrospection, cloud, "a", "-f", "value", "-c", "cpu_model")
    data = as_json(ShowIntrospection, cloud, "a")

    assert text == "Xeon, x86_64\n"
    assert (data["name"], data["cpus"], data["memory_mib"]) == ("a", 8, 16384)
    assert data["interfaces"][0]["switch_system_name"] == "tor-1"


def test_interfaces_are_listed_and_shown(cloud: FakeCloud) -> None:
    inspect(cloud, "a")

    rows = as_json(ListInterfaces, cloud, "a")
    one = as_json(ShowInterface, cloud, "a", "eno1")

    assert [(row["Name"], row["Switch"]) for row in rows] == [("eno1", "tor-1")]
    assert one["mac"] == "52:54:00:0f:00:01"
    assert one["switch_system_name"] == "tor-1"


def test_data_is_saved_as_ironic_has_it(cloud: FakeCloud, tmp_path: Path) -> None:
    inspect(cloud, "a")
    path = tmp_path / "a.json"

    run(SaveData, cloud, "a", "--file", str(path))
    printed = run(SaveData, cloud, "a")

    assert path.read_text() == printed
    assert json.loads(printed) == {
        "inventory": FOUND.inventory,
        "plugin_data": FOUND.plugin_data,
    }


def test_a_file_that_cannot_be_written_says_why(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    inspect(cloud, "a")

    with pytest.raises(exceptions.CommandError, match=r"cannot write .*directory"):
        run(SaveData, cloud, "a", "--file", str(tmp_path / "no" / "a.json"))


@pytest.mark.parametrize("kind", [ShowIntrospection, ListInterfaces, SaveData])
def test_a_node_without_data_says_what_to_do(
    cloud: FakeCloud, kind: type[base.Command]
) -> None:
    with pytest.raises(exceptions.CommandError) as caught:
        run(kind, cloud, "b")

    assert "node b (manageable) has not been inspected" in str(caught.value)
    assert "Try: openstack overcloud node introspect b" in str(caught.value)


def test_a_machine_that_enrolled_itself_is_listed_as_such(cloud: FakeCloud) -> None:
    [node, _] = cloud.baremetal.nodes()
    cloud.baremetal.change(node.id, extra={"auto_discovered": "true"})

    rows = as_json(ListNodes, cloud)

    assert [row["Discovered"] for row in rows] == [True, False]


def test_an_unknown_node_is_named(cloud: FakeCloud) -> None:
    with pytest.raises(exceptions.CommandError, match="c: there is no such node"):
        run(ShowIntrospection, cloud, "c")
