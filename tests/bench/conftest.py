"""What benchmarks share: a shell on the live undercloud, and the cost of a program."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.e2e.conftest import BIN, Shell, cleanups, live_shell, local_shell

__all__ = ["cleanups", "live_shell", "local_shell"]

Say = Callable[[str], None]


@dataclass(frozen=True)
class Cost:
    """What a program took, in seconds: of the clock, and of processors."""

    wall: float
    cpu: float


def cost_of(shell: Shell, *arguments: str) -> Cost:
    """Run an ``openstack`` command that has to succeed."""
    said = shell.cwd / "said.log"
    began = time.monotonic()
    with said.open("w") as log:
        process = subprocess.Popen(
            [str(BIN / "openstack"), *arguments],
            cwd=shell.cwd,
            env=shell.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said.read_text()[-4000:]
    return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Print a figure, whatever pytest captures."""

    def print_line(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}")

    return print_line
