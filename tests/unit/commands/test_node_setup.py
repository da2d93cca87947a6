"""The commands that set nodes up: options in, a table out, an exit code that tells."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from osc_lib import exceptions

from tests.builders import a_node
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tripleo_cli.commands import base, node_setup
from tripleo_cli.domain.node import NodeId, ProvisionState, Verb

S = ProvisionState
A, B = NodeId("uuid-a"), NodeId("uuid-b")


class Shell:
    """As much of the openstack shell as a command needs."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.stdout = io.StringIO()
        self.client_manager = SimpleNamespace(tripleo=cloud)
        self.command_options: list[str] = []

    def prepare_to_run_command(self, command: base.Command) -> None:
        assert command.auth_required


def run(kind: type[base.Command], cloud: FakeCloud, *argv: str) -> dict[str, str]:
    class Timed(kind):  # type: ignore[misc, valid-type]
        clock = FakeClock()

    shell = Shell(cloud)
    command = Timed(shell, None)
    parser = command.get_parser("openstack")
    command.run(parser.parse_args([*argv, "-f", "json"]))
    rows: list[dict[str, Any]] = json.loads(shell.stdout.getvalue())
    return {row["Name"]: row["Result"] for row in rows}


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud(a_node(name, state=S.MANAGEABLE) for name in "ab")


@pytest.fixture
def volumes(tmp_path: Path) -> str:
    path = tmp_path / "raid.yaml"
    path.write_text("logical_disks: [{size_gb: MAX, raid_level: 1}]")
    return str(path)


def test_nodes_are_configured(cloud: FakeCloud) -> None:
    argv = ("--boot-mode", "uefi", "--root-device-hint", "serial=1", "a", "b")
    rows = run(node_setup.ConfigureNodes, cloud, *argv)

    assert set(rows) == {"a", "b"}
    assert [node.capabilities for node in cloud.baremetal.nodes()] == [
        {"boot_mode": "uefi"}
    ] * 2


@pytest.mark.parametrize(
    ("argv", "steps"),
    [
        ((), ("deploy.erase_devices_metadata",)),
        (("--all-data",), ("deploy.erase_devices",)),
        (("--step", "vendor.log_passthrough"), ("vendor.log_passthrough",)),
    ],
)
def test_what_cleaning_does_is_chosen(
    cloud: FakeCloud, argv: tuple[str, ...], steps: tuple[str, ...]
) -> None:
    rows = run(node_setup.CleanNodes, cloud, "--all-manageable", *argv)

    assert rows == {"a": "done", "b": "done"}
    assert sorted(cloud.setup.cleaned) == [(A, steps), (B, steps)]


def test_steps_come_from_a_file(cloud: FakeCloud, tmp_path: Path) -> None:
    path = tmp_path / "steps.yaml"
    path.write_text("[{interface: deploy, step: erase_devices, args: {passes: 2}}]")
    run(node_setup.CleanNodes, cloud, "a", "--steps", str(path), "--provide")

    assert cloud.setup.cleaned == [(A, ("deploy.erase_devices",))]
    assert cloud.baremetal.states()[A].provision is S.AVAILABLE


def test_volumes_are_created_by_both_names(cloud: FakeCloud, volumes: str) -> None:
    run(node_setup.CreateRaid, cloud, "a", "--configuration", volumes)
    run(node_setup.CreateRaidOnNodes, cloud, "--node", "b", volumes)

    assert cloud.setup.target_raid(A) == cloud.setup.target_raid(B) != {}
    assert len(cloud.setup.cleaned) == 2


def test_a_wrong_file_is_told_before_the_cloud_is_asked(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    path = tmp_path / "raid.yaml"
    path.write_text("logical_disks: []")

    with pytest.raises(exceptions.CommandError, match="at least one volume"):
        run(node_setup.CreateRaid, cloud, "a", "--configuration", str(path))
    assert cloud.baremetal.calls == []


def test_bios_settings_are_applied_and_reset(cloud: FakeCloud, tmp_path: Path) -> None:
    path = tmp_path / "bios.yaml"
    path.write_text("ProcVirtualization: Enabled")
    run(node_setup.ApplyBios, cloud, "a", "b", "--configuration", str(path))
    run(node_setup.ResetBios, cloud, "b")

    assert cloud.setup.bios_settings(A) == {"ProcVirtualization": "Enabled"}
    assert cloud.setup.bios_settings(B) == {}


def test_maintenance_has_a_reason(cloud: FakeCloud) -> None:
    run(node_setup.SetMaintenance, cloud, "a", "b", "--reason", "fan broken")
    run(node_setup.UnsetMaintenance, cloud, "b")

    states = cloud.baremetal.states()
    assert states[A].maintenance_reason == "fan broken"
    assert not states[B].maintenance


def test_a_node_that_waits_is_aborted(cloud: FakeCloud) -> None:
    cloud.baremetal.change_state(A, provision=S.INSPECT_WAIT)

    assert run(node_setup.AbortNodes, cloud, "a", "b") == {
        "a": "done",
        "b": "unchanged",
    }


def test_failures_stand_side_by_side_and_fail_the_command(cloud: FakeCloud) -> None:
    for name in "ab":
        cloud.baremetal.will_fail(name, Verb.CLEAN, f"disk of {name} on fire")

    with pytest.raises(exceptions.CommandError) as caught:
        run(node_setup.CleanNodes, cloud, "a", "b")

    said = str(caught.value)
    assert "could not clean 2 of 2 nodes" in said
    assert "a: cleaning failed: disk of a on fire" in said
    assert "b: cleaning failed: disk of b on fire" in said
