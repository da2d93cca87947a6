"""A machine that nobody logs in to, and the way from it to the undercloud.

The undercloud under test answers on this machine alone. So what a node may reach of it
is forwarded from the address of the node's gateway, and can be cut.
"""

from __future__ import annotations

import json
import select
import socket
import socketserver
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from tests.e2e.conftest import Shell, wait_until

AGENT = "/usr/local/lib/tripleo/agent.pyz"
UNIT = "tripleo-pull"
PATIENCE_S = 300
SERVICE = """\
description: Notes that each step was done, and takes its time in step 3.
packages: [python3]
passwords: [PulledPassword]
hiera:
  pulled::password: "%{lookup('PulledPassword')}"
steps:
  1:
    manifest: |
      exec { 'step one': command => '/bin/sh -c "echo 1 >> /var/lib/pulled"' }
  2:
    manifest: |
      exec { 'step two': command => '/bin/sh -c "echo 2 >> /var/lib/pulled"' }
      file { '/var/lib/pulled-secret':
        content => lookup('pulled::password'), mode => '0600', show_diff => false,
      }
  3:
    manifest: |
      exec { 'step three':
        command => '/bin/sh -c "echo 3 >> /var/lib/pulled; sleep 10"',
      }
  4:
    manifest: |
      exec { 'step four': command => '/bin/sh -c "echo 4 >> /var/lib/pulled"' }
  5:
    manifest: |
      exec { 'step five': command => '/bin/sh -c "echo 5 >> /var/lib/pulled"' }
checks:
  3:
    - name: step 3 was done once
      command: {argv: [grep, -c, "3", /var/lib/pulled], stdout: "1"}
      timeout_s: 10
"""


class _Gate(socketserver.ThreadingTCPServer):
    """Passes what comes in on to a port of this machine itself."""

    allow_reuse_address = True

    def __init__(self, place: tuple[str, int], inner: int) -> None:
        super().__init__(place, partial(_Passage, inner))

    def server_bind(self) -> None:
        # The gateway's address is made with the first machine.
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TRANSPARENT, 1)
        super().server_bind()


class _Passage(socketserver.BaseRequestHandler):
    """One connection, and the one that it is passed on to."""

    def __init__(self, inner: int, *connection: Any) -> None:
        self._inner = ("127.0.0.1", inner)
        super().__init__(*connection)

    def handle(self) -> None:
        with socket.create_connection(self._inner) as inner, suppress(ConnectionError):
            while _passes(self.request, inner):
                pass


def _passes(outer: socket.socket, inner: socket.socket) -> bool:
    """Pass on what either side says next; tells whether both are there still."""
    ready, _, _ = select.select((outer, inner), (), ())
    for source, target in ((outer, inner), (inner, outer)):
        if source in ready:
            data = source.recv(1 << 16)
            if not data:
                return False
            target.sendall(data)
    return True


class Door:
    """A port of the gateway behind which a service of this machine is.

    It is one that is free: tests that run beside have doors to the same services.
    """

    def __init__(self, address: str, inner: int) -> None:
        self._place = (address, 0)
        self._inner = inner
        self._gate: _Gate | None = None

    @property
    def url(self) -> str:
        """Where nodes find the service, once it was opened."""
        address, port = self._place
        return f"http://{address}:{port}"

    def open(self) -> None:
        """Let nodes in, at the same port each time."""
        self._gate = _Gate(self._place, self._inner)
        self._place = (self._place[0], int(self._gate.server_address[1]))
        threading.Thread(target=self._gate.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more; harmless where nobody is let in."""
        if self._gate:
            self._gate.shutdown()
            self._gate.server_close()
        self._gate = None


def open_doors(shell: Shell, cleanups: list[Callable[[], object]]) -> dict[str, Door]:
    """Let nodes in to Keystone and Heat, wherever these are; gives the ways there."""
    networks = shell.json("subnet", "list", "--network", "ctlplane")
    words = ("subnet", "show", networks[0]["ID"], "-c", "gateway_ip")
    gateway = shell.json(*words)["gateway_ip"]
    doors: dict[str, Door] = {}
    for row in shell.json("endpoint", "list", "--interface", "public"):
        port = urlsplit(row["URL"]).port
        if row["Service Type"] in ("identity", "orchestration") and port:
            door = doors[row["Service Type"]] = Door(gateway, port)
            door.open()
            cleanups.append(door.close)
    return doors


def told_of(doors: Mapping[str, Door]) -> dict[str, Any]:
    """Give what nodes have to know of the ways, as operators write it."""
    return {"PullEndpoints": {kind: door.url for kind, door in doors.items()}}


@dataclass(frozen=True)
class Box:
    """A container machine, entered from its host; ``leader`` is its first process."""

    leader: int

    @property
    def root(self) -> Path:
        return Path(f"/proc/{self.leader}/root")

    def run(self, *argv: str) -> str:
        """Run a program there, which has to succeed."""
        whole = ["nsenter", "--target", str(self.leader), "--all", *argv]
        done = subprocess.run(whole, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def text(self, path: str) -> str:
        """Give a file's text; empty where there is none."""
        file = self.root / path.lstrip("/")
        return file.read_text() if file.exists() else ""

    def state(self, step: int) -> str:
        """Say how a step stands, as the node itself remembers it."""
        steps: dict[str, Any] = json.loads(
            self.text("/var/lib/tripleo/state.json") or "{}"
        ).get("steps", {})
        return str(steps.get(str(step), {}).get("state", ""))


def enter(hostname: str) -> Box:
    """Enter a machine as soon as its agent is there."""
    wait_until(lambda: _agent_of(hostname) is not None, within_s=PATIENCE_S)
    agent = _agent_of(hostname)
    assert agent
    return Box(leader=agent.ppid())


def _agent_of(hostname: str) -> psutil.Process | None:
    """Find the agent of a machine among all processes of this host."""
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if words[1:] != [AGENT]:
            continue
        try:
            named = Path(f"/proc/{process.pid}/root/etc/hostname").read_text()
        except OSError:
            # It ended while we looked.
            continue
        if named.strip() == hostname:
            return process
    return None
