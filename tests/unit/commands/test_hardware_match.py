"""``overcloud hardware match`` reads files, and needs no cloud."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from osc_lib.exceptions import CommandError

from tests.fakes.cloud import FakeCloud
from tests.unit.commands.shell import Shell
from tripleo_cli.commands.hardware import HardwareMatch


@pytest.fixture
def shell() -> Shell:
    return Shell(FakeCloud())


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    (tmp_path / "state").write_text("[('control', 1)]")
    (tmp_path / "control.specs").write_text("[('disk', '$disk', 'size', 'gt(4)')]")
    hosts = {name: [["disk", "sda", "size", size]] for name, size in SIZES.items()}
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(hosts))
    return ["--specs", str(tmp_path), "--facts", str(facts)]


SIZES = {"x": "2", "y": "8", "z": "9"}


def test_each_machine_has_its_profile_or_the_line_it_fails(
    shell: Shell, options: list[str], tmp_path: Path
) -> None:
    rows = shell(HardwareMatch, *options)

    reason = "all of its nodes are found (its count in state is 0)"
    assert rows == [
        {
            "Node": "x",
            "Profile": None,
            "Variables": {},
            "Rejected": {
                "control": {
                    "line": 1,
                    "spec": ["disk", "$disk", "size", "gt(4)"],
                    "reason": "disk/sda/size is 2",
                }
            },
        },
        {
            "Node": "y",
            "Profile": "control",
            "Variables": {"disk": "sda"},
            "Rejected": {},
        },
        {
            "Node": "z",
            "Profile": None,
            "Variables": {},
            "Rejected": {"control": {"line": None, "spec": None, "reason": reason}},
        },
    ]
    assert shell.signed_in == 0
    assert (tmp_path / "state").read_text() == "[('control', 1)]"


def test_the_table_is_for_reading(shell: Shell, options: list[str]) -> None:
    shell(HardwareMatch, *options, "-f", "table", "--max-width", "300")

    shown = [line.split("|")[1:-1] for line in shell.printed.splitlines()[3:-1]]
    assert [[cell.strip() for cell in cells] for cells in shown] == [
        [
            *("x", "None", ""),
            "control line 1 ('disk', '$disk', 'size', 'gt(4)'): disk/sda/size is 2",
        ],
        ["y", "control", "disk=sda", ""],
        [
            *("z", "None", ""),
            "control: all of its nodes are found (its count in state is 0)",
        ],
    ]


def test_strict_fails_after_the_table(shell: Shell, options: list[str]) -> None:
    with pytest.raises(CommandError, match="2 of 3 nodes match no profile: x, z"):
        shell(HardwareMatch, *options, "--strict")

    assert len(json.loads(shell.printed)) == 3


def test_the_state_is_written_when_asked_for(
    shell: Shell, options: list[str], tmp_path: Path
) -> None:
    shell(HardwareMatch, *options, "--write-state")

    assert (tmp_path / "state").read_text() == "[('control', 0)]\n"


def test_a_directory_that_is_not_there_is_not_made(
    shell: Shell, options: list[str], tmp_path: Path
) -> None:
    missing = tmp_path / "missing"

    with pytest.raises(CommandError, match="state: there is no such file"):
        shell(HardwareMatch, *options, "--specs", str(missing), "--write-state")

    assert not missing.exists()


def test_all_that_cannot_be_read_is_told_of_at_once(
    shell: Shell, tmp_path: Path
) -> None:
    with pytest.raises(CommandError) as caught:
        shell(HardwareMatch, "--specs", str(tmp_path / "no"), "--facts", "/no/facts")

    assert "/no/facts: there is no such file" in str(caught.value)
    assert "state: there is no such file" in str(caught.value)
