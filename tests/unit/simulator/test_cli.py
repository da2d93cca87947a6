"""The command line of the fleet."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tripleo_cli.errors import BusyError
from tripleo_cli.simulator import pidfile
from tripleo_cli.simulator.cli import main


def test_generate_writes_a_file_and_says_what_is_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nodes.json"

    assert main(["generate", "--nodes", "4", "--output", str(path)]) == 0

    assert len(json.loads(path.read_text())["nodes"]) == 4
    told = capsys.readouterr().err
    assert "SIMULATED" in told
    assert f"openstack overcloud node import {path}" in told


def test_generate_writes_to_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["generate", "--nodes", "2", "--models", "storage", "--prefix", "x"])

    nodes = json.loads(capsys.readouterr().out)["nodes"]
    assert [node["name"] for node in nodes] == ["x-storage-0", "x-storage-1"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--nodes", "0"], "--nodes: 1 problem:\n  must be 1 or more"),
        (["--nodes", "1", "--models", "toaster"], "toaster: no such model"),
        (["--nodes", "1", "--fault", "n=boom"], "n: unknown fault 'boom'"),
        (["--nodes", "1", "--fault", "boom"], "boom: must be NODE=KIND[:DETAIL]"),
        (["--nodes", "1", "--models-file", "/nowhere"], "No such file"),
        (["--nodes", "1", "--output", "/nowhere/n.json"], "cannot write /nowhere"),
    ],
)
def test_bad_requests_are_refused(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", *words]) == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- a list", "must map names to models"),
        ("toaster: {share: 1}", "toaster: missing 'product'"),
        ("a: [", "while parsing"),
    ],
)
def test_bad_models_are_refused(
    text: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(text)

    assert main(["generate", "--nodes", "1", "--models-file", str(path)]) == 1
    assert complaint in capsys.readouterr().err


def test_run_reports_every_bad_option(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--listen", "here", "--poll", "0", "--concurrency", "0", "--background"]

    assert main(["run", *words]) == 1

    told = capsys.readouterr().err
    assert "4 problems" in told


def test_run_refuses_a_nodes_file_it_did_not_make(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nodes.json"
    path.write_text("{}")

    assert main(["run", "--nodes-file", str(path)]) == 1
    assert "is not what `generate` writes" in capsys.readouterr().err


def test_an_unknown_fault_is_refused_before_ironic_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["fault", "node", "boom"]) == 1
    assert "unknown fault 'boom'" in capsys.readouterr().err


def test_the_pid_file_is_there_while_the_fleet_runs(tmp_path: Path) -> None:
    path = tmp_path / "fleet.pid"

    with pidfile.held(path):
        assert int(path.read_text()) == os.getpid()

    assert not path.exists()


def test_a_pid_that_went_to_another_program_is_not_the_fleet(tmp_path: Path) -> None:
    path = tmp_path / "fleet.pid"
    path.write_text("1\n")

    assert pidfile.running(path) is None
    assert "no fleet runs" in pidfile.stop(path)


def test_a_second_fleet_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fleet.pid"
    monkeypatch.setattr(pidfile, "running", lambda _path: 4711)

    with pytest.raises(BusyError, match="4711"), pidfile.held(path):
        pass
