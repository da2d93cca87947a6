"""A BMC that speaks IPMI 2.0, for tests that may open sockets.

It runs in a process of its own (``python -m tests.fakes.ipmi_server``), because pyghmi
keeps all its sessions, a client's and a server's, in one place per process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyghmi.ipmi.bmc import Bmc

HOST = "127.0.0.1"
CHECKOUT = Path(__file__).parents[2]


class _Machine(Bmc):
    """A machine that can be switched on and off; says so on standard output."""

    def __init__(self, passwords: dict[str, str]) -> None:
        untyped: Any = super().__init__
        untyped(passwords, port=0, address=f"::ffff:{HOST}")
        # By which pyghmi finds a session again.
        self.port = self.serversocket.getsockname()[1]
        self._power = "off"

    def get_power_state(self) -> str:
        return self._power

    def power_on(self) -> None:
        self._switch("on")

    def power_off(self) -> None:
        self._switch("off")

    def get_boot_device(self) -> str:
        return "default"

    def set_boot_device(self, _device: str) -> None:
        """Take note of nothing: this machine boots nothing."""

    def _switch(self, state: str) -> None:
        self._power = state
        _say(state)


@dataclass(frozen=True)
class IpmiBmc:
    """Where the BMC answers, and what has become of its machine."""

    port: int
    log: Path

    @property
    def power(self) -> str:
        """What the machine was switched to at last; it is off at first."""
        _port, *states = self.log.read_text().split()
        return states[-1] if states else "off"


@contextmanager
def serving_ipmi(log: Path, user: str, password: str) -> Iterator[IpmiBmc]:
    """Have a BMC on a free port of this machine; ``log`` is a file of its own."""
    argv = [sys.executable, "-m", "tests.fakes.ipmi_server"]
    with (
        log.open("w") as output,
        subprocess.Popen(  # noqa: S603 - our own words
            argv, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=output, text=True
        ) as server,
    ):
        assert server.stdin
        try:
            server.stdin.write(json.dumps({user: password}) + "\n")
            server.stdin.flush()
            yield IpmiBmc(port=_port(log, server), log=log)
        finally:
            server.kill()


def _port(log: Path, server: subprocess.Popen[str]) -> int:
    while server.poll() is None:
        said = log.read_text()
        if said.endswith("\n"):
            return int(said)
        time.sleep(0.05)
    raise AssertionError(f"the BMC ended with {server.returncode}")


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    machine: Any = _Machine(json.loads(sys.stdin.readline()))
    _say(machine.port)
    machine.listen()
