"""The file that an export writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from osc_lib.exceptions import CommandError

from tests.builders import a_node
from tests.fakes.cloud import FakeCloud
from tests.unit.commands.shell import Shell
from tripleo_cli.commands.profile import ExportNodes
from tripleo_cli.inputs.export import load_export


@pytest.fixture
def shell() -> Shell:
    return Shell(FakeCloud([a_node("a"), a_node("b")]))


def test_nodes_are_written_for_their_owner_only(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "new" / "nodes.json"

    shell(ExportNodes, str(path))

    assert [node.name for node in load_export(path)] == ["a", "b"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_one(shell: Shell, tmp_path: Path) -> None:
    link = tmp_path / "latest.json"
    link.symlink_to(tmp_path / "today.json")

    shell(ExportNodes, str(link))

    assert link.is_symlink()
    assert len(load_export(tmp_path / "today.json")) == len("ab")


@pytest.mark.parametrize("name", ["/dev/null", "/", ".hidden"])
def test_devices_and_folders_are_not_replaced(shell: Shell, name: str) -> None:
    with pytest.raises(CommandError, match="must be a file"):
        shell(ExportNodes, name)

    assert not shell.signed_in
