from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tests.fakes.node_machine import FakeMachine
from tripleo_cli.node import store
from tripleo_cli.node.errors import NodeError


def test_records_are_kept_by_step(tmp_path: Path) -> None:
    layout = FakeMachine(root=tmp_path).layout

    store.remember(layout, 2, {"state": "applied"})
    store.remember(layout, 1, {"state": "failed"})

    assert store.records(layout) == {1: {"state": "failed"}, 2: {"state": "applied"}}
    assert layout.state.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"steps": 3}', '{"steps": {"a": {}}}']
)
def test_a_state_that_is_none_is_no_state(tmp_path: Path, text: str) -> None:
    layout = FakeMachine(root=tmp_path).layout
    layout.state.parent.mkdir(parents=True)
    layout.state.write_text(text)

    assert store.records(layout) == {}


def test_a_run_that_has_gone_was_interrupted(tmp_path: Path) -> None:
    machine = FakeMachine(root=tmp_path)
    store.remember(machine.layout, 1, {"state": "running"})

    with store.locked(machine.site, 0):
        assert store.shown(machine.layout)[1]["state"] == "running"
    assert store.shown(machine.layout)[1]["state"] == "interrupted"


def test_a_run_that_was_left_behind_is_waited_for(tmp_path: Path) -> None:
    machine = FakeMachine(root=tmp_path)
    machine.layout.home.mkdir(parents=True)
    other = os.open(machine.layout.lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)
    machine.on_sleep = lambda: fcntl.flock(other, fcntl.LOCK_UN)

    with store.locked(machine.site, 60):
        os.close(other)


def test_it_is_not_waited_for_without_end(tmp_path: Path) -> None:
    machine = FakeMachine(root=tmp_path)
    (tmp_path / f"proc/{os.getpid()}").mkdir()
    with (
        store.locked(machine.site, 0),
        pytest.raises(NodeError, match="held this node for more than 60 s") as told,
        store.locked(machine.site, 60),
    ):
        raise AssertionError

    assert f"kill {os.getpid()}" in told.value.hint


def test_times_are_utc() -> None:
    assert store.utc(0) == "1970-01-01T00:00:00+00:00"
