"""The commands about inspection rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from osc_lib import exceptions

from tests.fakes.cloud import FakeCloud
from tests.unit.commands.test_introspection import as_json, run
from tripleo_cli.commands.introspection import DeleteRules, ImportRules, ListRules

MEMORY = "{inventory[memory][physical_mb]}"


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A file with two rules; one compares numbers, so that there is a note."""
    path = tmp_path / "rules.yaml"
    action = {"op": "add-trait", "args": {"name": "CUSTOM_BIG"}}
    big = {
        "description": "big",
        "priority": 10,
        "conditions": [{"op": "gt", "args": {"values": [MEMORY, 65536]}}],
        "actions": [action],
    }
    path.write_text(json.dumps([{"description": "all", "actions": [action]}, big]))
    return str(path)


def test_rules_are_imported_once(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    cloud = FakeCloud()

    created = as_json(ImportRules, cloud, file)
    again = as_json(ImportRules, cloud, file)

    assert [row["Result"] for row in created] == ["created", "created"]
    assert [row["Result"] for row in again] == ["unchanged", "unchanged"]
    assert [row["UUID"] for row in created] == [row["UUID"] for row in again]
    assert "numbers were given leading zeros" in capsys.readouterr().err


def test_rules_are_listed_by_priority(file: str) -> None:
    cloud = FakeCloud()
    run(ImportRules, cloud, file)

    rows = as_json(ListRules, cloud)
    text = run(ListRules, cloud, "-f", "value", "-c", "Description", "-c", "Actions")

    assert [row["Description"] for row in rows] == ["big", "all"]
    assert rows[0]["Conditions"][1]["op"] == "gt"
    assert text.splitlines()[0] == "big add-trait name=CUSTOM_BIG"


def test_a_file_is_checked_without_a_cloud(file: str) -> None:
    cloud = FakeCloud()

    rows = as_json(ImportRules, cloud, file, "--validate-only")

    assert [row["Priority"] for row in rows] == [0, 10]
    assert cloud.inspection.calls == []


def test_a_wrong_file_reaches_no_cloud(tmp_path: Path) -> None:
    cloud = FakeCloud()
    path = tmp_path / "rules.yaml"
    path.write_text("- {description: x, actions: [{op: dance, args: {}}]}")

    with pytest.raises(exceptions.CommandError, match="Ironic has no action 'dance'"):
        run(ImportRules, cloud, str(path))

    assert cloud.inspection.calls == []


@pytest.mark.parametrize("argv", [["big", "all"], ["--all"]])
def test_rules_are_deleted(file: str, argv: list[str]) -> None:
    cloud = FakeCloud()
    run(ImportRules, cloud, file)

    rows = as_json(DeleteRules, cloud, *argv)

    assert {row["Result"] for row in rows} == {"deleted"}
    assert cloud.inspection.rules() == []


def test_an_unknown_rule_deletes_nothing(file: str) -> None:
    cloud = FakeCloud()
    run(ImportRules, cloud, file)

    with pytest.raises(exceptions.CommandError, match="bigg: there is no such rule"):
        run(DeleteRules, cloud, "all", "bigg")

    assert len(cloud.inspection.rules()) == 2
