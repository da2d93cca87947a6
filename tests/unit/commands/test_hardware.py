"""The commands about hardware: on a file, and on a fake undercloud."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from osc_lib.exceptions import CommandError

from tests.builders import a_node
from tests.fakes.baremetal import Findings
from tests.fakes.cloud import FakeCloud
from tests.unit.commands.shell import Shell
from tripleo_cli.commands.base import Command
from tripleo_cli.commands.hardware import HardwareOutliers, HardwareReport
from tripleo_cli.domain.node import ProvisionState, Verb, exclusion
from tripleo_cli.inputs.export import load_export

SPEEDS = {"a": 100, "b": 101, "c": 99, "d": 60}


def found(loops: int) -> dict[str, Any]:
    return facts_of(cpu=loops)


def facts_of(cpu: int, lan: int = 0) -> dict[str, Any]:
    results = [["cpu", "logical", "loops_per_sec", str(cpu)]]
    if lan:
        results.append(["network", "eth0", "bandwidth", str(lan)])
    return {
        "inventory": {
            "cpu": {"count": 8, "model_name": "C"},
            "memory": {"physical_mb": 16384},
            "system_vendor": {"product_name": "Box"},
        },
        "plugin_data": {"data": results},
    }


@pytest.fixture
def export(tmp_path: Path) -> str:
    path = tmp_path / "fleet.json"
    entries = [{"name": name, **found(loops)} for name, loops in SPEEDS.items()]
    path.write_text(json.dumps([*entries, {"name": "new"}]))
    return str(path)


@pytest.fixture
def shell() -> Shell:
    return inspected({name: found(loops) for name, loops in SPEEDS.items()})


def inspected(fleet: Mapping[str, dict[str, Any]]) -> Shell:
    cloud = FakeCloud(a_node(n, state=ProvisionState.MANAGEABLE) for n in fleet)
    for node in cloud.baremetal.nodes():
        cloud.baremetal.will_find(node.name, Findings(**fleet[node.name]))
        cloud.baremetal.set_provision_state(node.id, Verb.INSPECT)
    for _ in range(3):
        cloud.baremetal.states()
    return Shell(cloud)


def excluded(shell: Shell) -> list[str]:
    return [n.name for n in shell.cloud.baremetal.nodes() if exclusion(n)]


def test_outliers_of_a_file_need_no_cloud(export: str) -> None:
    [row] = Shell(FakeCloud())(HardwareOutliers, "--from", export)

    assert (row["Node"], row["Verdict"], row["Value"]) == ("d", "slow", 60)
    assert (row["Usual"], row["Deviation"]) == (99.5, -0.397)
    assert row["Reason"].startswith("cpu.logical.loops_per_sec is 40% below")


def test_outliers_of_a_cloud(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    [row] = shell(HardwareOutliers)

    assert row["Node"] == "d"
    assert "of 4 inspected nodes: 1 slow" in capsys.readouterr().err


def test_excluding_is_repeatable_and_can_be_taken_back(shell: Shell) -> None:
    for _ in range(2):
        [row] = shell(HardwareOutliers, "--exclude")
        assert row["Excluded"] is True

    assert excluded(shell) == ["d"]
    shell(HardwareOutliers, "--include", "d")
    assert excluded(shell) == []


def test_half_of_a_group_is_only_left_out_by_name() -> None:
    """Each is slow in something else, and nobody is good any more."""
    fleet = {name: {"cpu": 100, "lan": 100} for name in "abcd"}
    fleet["a"]["cpu"] = fleet["b"]["lan"] = 50
    shell = inspected({name: facts_of(**speeds) for name, speeds in fleet.items()})

    with pytest.raises(CommandError, match="a, b: are 2 of 4 like machines"):
        shell(HardwareOutliers, "--exclude")
    assert excluded(shell) == []
    shell(HardwareOutliers, "--exclude", "--include", "b")
    assert excluded(shell) == ["a"]
    shell(HardwareOutliers, "--exclude", "a", "b")
    assert excluded(shell) == ["a", "b"]
    shell(HardwareOutliers, "--include", "a")
    assert excluded(shell) == ["b"]


def test_nodes_can_be_named(shell: Shell) -> None:
    shell(HardwareOutliers, "--exclude", "a", "b")

    assert excluded(shell) == ["a", "b"]


def test_a_name_that_is_not_known_changes_nothing(shell: Shell) -> None:
    with pytest.raises(CommandError, match="there is no such node"):
        shell(HardwareOutliers, "--exclude", "a", "--include", "zz")

    assert excluded(shell) == []


def test_strict_fails_after_the_table_until_nodes_are_excluded(shell: Shell) -> None:
    with pytest.raises(CommandError, match="1 node is not what like machines are: d"):
        shell(HardwareOutliers, "--strict")
    assert json.loads(shell.printed)[0]["Node"] == "d"

    shell(HardwareOutliers, "--strict", "--exclude")


def test_verdicts_and_tolerances_choose_what_is_listed(export: str) -> None:
    shell = Shell(FakeCloud())

    assert shell(HardwareOutliers, "--from", export, "--verdict", "fast") == []
    assert shell(HardwareOutliers, "--from", export, "--tolerance", "cpu=50") == []
    with pytest.raises(CommandError, match='did you mean "cpu"'):
        shell(HardwareOutliers, "--from", export, "--tolerance", "cpuu=50")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (HardwareOutliers, ()),
        (HardwareOutliers, ("--exclude", "a", "--include", "a")),
        (HardwareReport, ()),
        (HardwareReport, ("--output", "/")),
    ],
)
def test_every_option_is_read_before_anything_is_said(
    command: type[Command], words: tuple[str, ...]
) -> None:
    shell = Shell(FakeCloud())

    with pytest.raises(CommandError) as caught:
        shell(command, "--from", "/no/file", "--tolerance", "cpuu=5", *words)

    told = str(caught.value)
    assert "/no/file: there is no such file" in told
    assert 'did you mean "cpu"' in told
    assert ("must be a file" in told) is ("--output" in words)
    assert ("excluded and included" in told) is ("--include" in words)
    assert not shell.signed_in


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--from", "x", "--exclude"), "a file is only read"),
        (("--from", "x", "--include", "a"), "a file is only read"),
        (("--exclude", "a", "--include", "a"), "excluded and included"),
    ],
)
def test_what_cannot_be_meant_is_refused(words: tuple[str, ...], problem: str) -> None:
    with pytest.raises(CommandError, match=problem):
        Shell(FakeCloud())(HardwareOutliers, *words)


def test_a_report_as_data(export: str) -> None:
    record = Shell(FakeCloud())(HardwareReport, "--from", export)

    [group] = record["groups"]
    assert (group["count"], group["slow"]) == (4, ["d"])
    [comparison] = record["comparisons"]
    assert comparison["results"] == SPEEDS
    assert comparison["unstable"] is False
    assert record["findings"][0]["deviation"] == -0.397
    assert record["not_inspected"] == ["new"]
    assert record["page"] == ""


def test_a_report_as_a_page(export: str, tmp_path: Path) -> None:
    page = tmp_path / "report.html"

    record = Shell(FakeCloud())(HardwareReport, "--from", export, "--output", str(page))

    assert record["page"] == str(page)
    text = page.read_text()
    assert text.startswith("<!DOCTYPE html>")
    assert "d: 60 (-40%), slow" in text
    assert page.stat().st_mode & 0o077 == 0


def test_a_page_is_not_written_over_a_folder(export: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="must be a file"):
        Shell(FakeCloud())(HardwareReport, "--from", export, "--output", str(tmp_path))


def test_the_file_of_these_tests_is_an_export(export: str) -> None:
    assert [node.name for node in load_export(Path(export))] == [*SPEEDS, "new"]
