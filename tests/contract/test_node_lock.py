"""A node is held for as long as anything is at work on it, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tripleo_cli.node import store
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.layout import Layout
from tripleo_cli.node.system import Site, run

PROGRAM = """\
import sys
from pathlib import Path
from tripleo_cli.node import main, store, system
from tripleo_cli.node.layout import Layout

main._outlive_the_sender()
site = system.Site(Layout(Path(sys.argv[1])), system.run)
with store.locked(site, 0) as held:
    held.run(["sh", "-c", sys.argv[2]], timeout_s=60)
    Path(sys.argv[1], "went-on").touch()
"""
"""A run on a node, with a shell for puppet."""
FAMILY = "echo $$ >>{0}/pids; setsid sleep 300 & echo $! >>{0}/pids; touch {0}/is; wait"
"""It begins another one in a session of its own, as puppet does."""
PATIENT = "echo $$ >>{0}/pids; touch {0}/is; until [ -e {0}/go ]; do sleep 0.05; done"
DAEMON = "sleep 300 & echo $! >>{0}/pids"
LIMIT_S = 20.0


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for pid in pids(tmp_path):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def pids(root: Path) -> list[int]:
    path = root / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def begun(root: Path, script: str) -> subprocess.Popen[bytes]:
    """Begin a run, and wait until its puppet is at work."""
    argv = [sys.executable, "-c", PROGRAM, str(root), script.format(root)]
    process = subprocess.Popen(argv, stderr=subprocess.PIPE)  # noqa: S603 - ours
    until((root / "is").exists)
    return process


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_free(root: Path) -> bool:
    try:
        with store.locked(Site(Layout(root), run), 0):
            return True
    except NodeError:
        return False


def test_who_is_told_to_end_ends_puppet_first(root: Path) -> None:
    program = begun(root, FAMILY)

    program.terminate()

    _, said = program.communicate(timeout=LIMIT_S)
    assert not [pid for pid in pids(root) if lives(pid)]
    assert is_free(root)
    assert said.decode().strip() == "this run was ended by SIGTERM"
    assert program.returncode
    assert not (root / "went-on").exists()


def test_a_lost_connection_ends_nothing(root: Path) -> None:
    program = begun(root, PATIENT)

    program.send_signal(signal.SIGHUP)

    (root / "go").touch()
    program.communicate(timeout=LIMIT_S)
    assert program.returncode == 0
    assert (root / "went-on").exists()


def test_a_killed_run_holds_the_node_until_its_puppet_has_ended(root: Path) -> None:
    program = begun(root, PATIENT)
    site = Site(Layout(root), run)

    program.kill()
    program.communicate(timeout=LIMIT_S)

    assert lives(pids(root)[0])
    with (
        pytest.raises(NodeError, match=f"process {program.pid}.* was killed") as told,
        store.locked(site, 0),
    ):
        raise AssertionError
    assert "sudo pkill" in told.value.hint
    (root / "go").touch()
    until(lambda: is_free(root))


def test_what_puppet_leaves_running_does_not_hold_the_node(root: Path) -> None:
    argv = [sys.executable, "-c", PROGRAM, str(root), DAEMON.format(root)]

    subprocess.run(argv, check=True, timeout=LIMIT_S)  # noqa: S603 - ours

    assert lives(pids(root)[0])
    assert is_free(root)


def test_what_takes_too_long_ends_with_all_that_it_began(root: Path) -> None:
    began = time.monotonic()

    ran = run(["sh", "-c", FAMILY.format(root)], timeout_s=0.5)

    assert ran.code is None
    assert not [pid for pid in pids(root) if lives(pid)]
    assert time.monotonic() - began < LIMIT_S


def test_a_program_that_holds_the_node_ends_as_it_does_without(root: Path) -> None:
    site = Site(Layout(root), run)
    with store.locked(site, 0) as held:
        ran = held.run(["sh", "-c", "cat; echo out; echo no >&2; exit 6"], timeout_s=9)

    assert (ran.code, ran.out, ran.error) == (6, "out\n", "no\n")
