"""The node commands: options in, a table out, and an exit code that tells."""

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
from tripleo_cli.commands import base
from tripleo_cli.commands.introspection import IntrospectNodes
from tripleo_cli.commands.node import (
    DeleteNodes,
    ImportNodes,
    ListNodes,
    ProvideNodes,
)
from tripleo_cli.domain.node import (
    EXCLUDED_KEY,
    EXCLUDED_TRAIT,
    NodeId,
    ProvisionState,
    Verb,
)

S = ProvisionState


class Shell:
    """As much of the openstack shell as a command needs."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.stdout = io.StringIO()
        self.client_manager = SimpleNamespace(tripleo=cloud)
        self.command_options: list[str] = []
        self.prepared: list[bool] = []

    def prepare_to_run_command(self, command: base.Command) -> None:
        self.prepared.append(command.auth_required)


def run(kind: type[base.Command], shell: Shell, *argv: str) -> Any:
    class Timed(kind):  # type: ignore[misc, valid-type]
        clock = FakeClock()

    command = Timed(shell, None)
    arguments = command.get_parser("openstack").parse_args([*argv, "-f", "json"])
    command.run(arguments)
    return json.loads(shell.stdout.getvalue())


@pytest.fixture
def nodes_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "nodes.json"
    entries = [
        {"name": f"n{i}", "pm_type": "fake_pxe", "pm_password": "hush"}
        for i in range(2)
    ]
    path.write_text(json.dumps(entries))
    return path


def test_a_file_is_checked_without_a_cloud(nodes_file: Path) -> None:
    shell = Shell(FakeCloud())
    rows = run(ImportNodes, shell, str(nodes_file), "--validate-only")

    assert ImportNodes.auth_required is False
    assert shell.prepared == []
    assert rows[1] == {
        "Entry": "nodes[1]",
        "Name": "n1",
        "Driver": "fake-hardware",
        "BMC": "",
        "MAC Addresses": "",
        "Notes": "fake_pxe is called fake-hardware today",
    }


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    shell: Any = Shell(FakeCloud())
    parser = ImportNodes(shell, None).get_parser("openstack")

    with pytest.raises(SystemExit) as caught:
        parser.parse_args(["--print-schema"])

    assert caught.value.code == 0
    assert "$defs" in json.loads(capsys.readouterr().out)


def test_a_dry_run_creates_nothing(nodes_file: Path) -> None:
    cloud = FakeCloud()
    rows = run(ImportNodes, Shell(cloud), str(nodes_file), "--dry-run")

    assert [row["Result"] for row in rows] == ["would be created"] * 2
    assert cloud.baremetal.nodes() == []


def test_an_import_asks_the_shell_for_a_cloud(nodes_file: Path) -> None:
    shell = Shell(FakeCloud())
    rows = run(ImportNodes, shell, str(nodes_file), "--introspect", "--provide")

    assert shell.prepared == [True]
    assert [(r["Name"], r["Result"], r["Provision State"]) for r in rows] == [
        ("n0", "created", "available"),
        ("n1", "created", "available"),
    ]


def test_a_bad_file_fails_before_the_cloud_is_asked(nodes_file: Path) -> None:
    shell = Shell(FakeCloud())
    nodes_file.write_text('[{"pm_type": "pxe_ssh"}]')

    with pytest.raises(exceptions.CommandError, match="no longer has the driver"):
        run(ImportNodes, shell, str(nodes_file))

    assert shell.prepared == []


def test_a_failed_node_fails_the_command_after_the_table(nodes_file: Path) -> None:
    cloud = FakeCloud()
    cloud.baremetal.will_fail("n0", Verb.MANAGE, "wrong password")
    shell = Shell(cloud)

    with pytest.raises(exceptions.CommandError, match="n0: Ironic cannot manage it"):
        run(ImportNodes, shell, str(nodes_file))

    rows = json.loads(shell.stdout.getvalue())
    assert [row["Result"] for row in rows] == ["failed", "created"]


def test_secrets_are_in_no_output(
    nodes_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(FakeCloud())
    run(ImportNodes, shell, str(nodes_file))

    assert "hush" not in shell.stdout.getvalue() + capsys.readouterr().err


def test_nodes_are_listed_with_what_a_deployment_needs() -> None:
    slow: dict[str, Any] = {
        "traits": frozenset({EXCLUDED_TRAIT}),
        "extra": {EXCLUDED_KEY: "slow"},
    }
    cloud = FakeCloud(
        [a_node("b", **slow), a_node("a", capabilities={"profile": "ctl"})]
    )
    cloud.baremetal.change_state(NodeId("uuid-b"), last_error="no power")
    rows = run(ListNodes, Shell(cloud))

    assert [row["Name"] for row in rows] == ["a", "b"]
    assert rows[0] == {
        "Name": "a",
        "UUID": "uuid-a",
        "Provision State": "available",
        "Power": "off",
        "Profile": "ctl",
        "Resource Class": "baremetal",
        "CPUs": 16,
        "Memory MiB": 65536,
        "Disk GiB": 100,
        "Maintenance": False,
        "Instance": "",
        "Last Error": "",
        "Discovered": False,
        "Excluded": "",
    }
    assert rows[1]["Last Error"] == "no power"
    assert rows[1]["Excluded"] == "slow"


def test_named_nodes_or_all_manageable_are_inspected() -> None:
    cloud = FakeCloud([a_node("a"), a_node("b", state=S.MANAGEABLE)])
    named = run(IntrospectNodes, Shell(cloud), "a", "--provide")
    all_manageable = run(IntrospectNodes, Shell(cloud), "--all-manageable")

    assert [(r["Name"], r["Provision State"]) for r in named] == [("a", "available")]
    assert [row["Name"] for row in all_manageable] == ["b"]


def test_nodes_are_provided() -> None:
    cloud = FakeCloud([a_node("a", state=S.MANAGEABLE)])
    rows = run(ProvideNodes, Shell(cloud), "uuid-a", "--concurrency", "1")

    assert [row["Provision State"] for row in rows] == ["available"]


def test_nodes_are_deleted() -> None:
    cloud = FakeCloud([a_node("a"), a_node("b")])
    rows = run(DeleteNodes, Shell(cloud), "a")

    assert [(row["Name"], row["Result"]) for row in rows] == [("a", "deleted")]
    assert [node.name for node in cloud.baremetal.nodes()] == ["b"]


def test_unknown_nodes_are_answered_with_likely_ones() -> None:
    cloud = FakeCloud([a_node("node-1")])

    with pytest.raises(exceptions.CommandError, match='did you mean "node-1"'):
        run(ProvideNodes, Shell(cloud), "nod-1")


@pytest.mark.parametrize(
    ("kind", "argv"),
    [
        (IntrospectNodes, []),
        (IntrospectNodes, ["a", "--all-manageable"]),
        (IntrospectNodes, ["a", "--concurrency", "0"]),
        (IntrospectNodes, ["a", "--max-retries", "-1"]),
        (ProvideNodes, ["a", "--node-timeout", "soon"]),
        (DeleteNodes, []),
        (ImportNodes, []),
        (ImportNodes, ["f", "--boot-mode", "floppy"]),
    ],
)
def test_options_that_make_no_sense_are_refused(
    kind: type[base.Command], argv: list[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        run(kind, Shell(FakeCloud()), *argv)

    assert caught.value.code == 2
