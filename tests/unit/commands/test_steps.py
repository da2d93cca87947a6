"""The table of steps, and the options that choose among them."""

from __future__ import annotations

from pathlib import Path

import pytest
from osc_lib import exceptions

from tests.fakes.cloud import FakeCloud
from tests.unit.commands.shell import Shell
from tripleo_cli.commands.stack import ListSteps
from tripleo_cli.domain.overcloud.ledger import Ledger, Row, ledger_to_json

ROW = Row(
    hostname="oc-controller-0",
    role="Controller",
    step=4,
    state="applied",
    changed=12,
    seconds=61.23,
    finished_at="2026-11-23T03:50:00Z",
    checks="passed",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_the_table_shows_each_step_of_each_node(home: Path) -> None:
    folder = home / "overcloud-deploy" / "oc"
    folder.mkdir(parents=True)
    (folder / "steps.json").write_text(ledger_to_json(Ledger(rows=(ROW,))))
    shell = Shell(FakeCloud())

    (row,) = shell(ListSteps, "--stack", "oc")

    assert row == {
        "Hostname": "oc-controller-0",
        "Role": "Controller",
        "Step": 4,
        "State": "applied",
        "Checks": "passed",
        "Changes": 12,
        "Seconds": 61.2,
        "Finished At": "2026-11-23T03:50:00Z",
    }
    assert shell.signed_in == 0


def test_a_stack_without_steps_says_so() -> None:
    with pytest.raises(exceptions.CommandError, match='no steps of stack "oc"'):
        Shell(FakeCloud())(ListSteps, "--stack", "oc")
