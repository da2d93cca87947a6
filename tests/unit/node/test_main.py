from __future__ import annotations

import ast
import io
import json
from pathlib import Path
from typing import Any

import pytest

import tripleo_cli.node
from tests.fakes.node_machine import FakeMachine
from tests.unit.node.bundles import a_bundle, a_step, put
from tripleo_cli.node.main import FAILED, OK, REFUSED, serve

OLDEST = (3, 9)
SOURCES = sorted(Path(tripleo_cli.node.__path__[0]).glob("*.py"))


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    return FakeMachine(root=tmp_path, packages={"glance-api"})


def told(machine: FakeMachine, *argv: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = serve(machine.site, out, argv)
    assert out.getvalue().count("\n") == 1
    return code, json.loads(out.getvalue())


def test_a_node_goes_through_its_steps(machine: FakeMachine) -> None:
    steps = {"1": a_step("changes one\n"), "2": a_step("fails two\n", "h2")}
    source = str(put(machine.root / "in/bundle.json", a_bundle(steps)))
    now = str(machine.time)

    assert told(machine, "prepare", source, "--now", now)[0] == OK
    assert told(machine, "apply", "--step", "1")[0] == OK
    assert told(machine, "check", "--step", "1") == (OK, [])
    code, failed = told(machine, "apply", "--step", "2")

    assert (code, failed["state"]) == (FAILED, "failed")
    code, state = told(machine, "state")
    assert code == OK
    found = {number: one["state"] for number, one in state["steps"].items()}
    assert found == {"1": "applied", "2": "failed"}
    assert state["steps"]["1"]["passed"] is True


def test_a_node_that_does_not_fit_is_a_failure(machine: FakeMachine) -> None:
    machine.packages.clear()
    source = str(put(machine.root / "in/bundle.json", a_bundle()))

    code, found = told(machine, "prepare", source)

    assert (code, len(found["problems"])) == (FAILED, 1)


def test_what_cannot_be_done_is_told_with_its_remedy(machine: FakeMachine) -> None:
    code, value = told(machine, "apply", "--step", "1")

    assert code == REFUSED
    assert "no bundle" in value["error"]
    assert "openstack overcloud deploy" in value["hint"]


def test_a_node_that_was_never_prepared_has_no_steps(machine: FakeMachine) -> None:
    assert told(machine, "state") == (OK, {"steps": {}})


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_old_pythons_can_read_it(source: Path) -> None:
    tree = ast.parse(source.read_text(), feature_version=OLDEST)

    # What is newer than 3.9 in annotations is never evaluated.
    assert source.name == "__init__.py" or "annotations" in ast.unparse(tree.body[1])
