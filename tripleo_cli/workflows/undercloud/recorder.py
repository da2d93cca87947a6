"""A host that writes down what is done to it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from tripleo_cli.domain.host import Call, File, Result
from tripleo_cli.domain.undercloud.secrets import masked
from tripleo_cli.errors import HostError
from tripleo_cli.workflows.undercloud.ports import Host


class RecordedHost:
    """Does what another host does, and logs commands, files and outputs.

    What goes into a command by its environment or its standard input is not logged,
    and secrets in its output are masked.
    """

    def __init__(self, host: Host, log: str, secrets: Mapping[str, str]) -> None:
        self._host = host
        self._log = log
        self._secrets = secrets

    def note(self, text: str) -> None:
        """Add a line to the log."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        self._host.append(self._log, f"{stamp} {masked(text, self._secrets)}\n")

    def run(self, call: Call) -> Result:
        """Run a command; the log gets its end, its time and its output."""
        line = shlex.join(call.argv)
        try:
            result = self._host.run(call)
        except HostError as error:
            self.note(f"$ {line}\n{error}")
            raise
        output = (result.stdout + result.stderr).rstrip()
        self.note(
            f"$ {line}  # as {call.user}: exit {result.returncode},"
            f" {result.seconds:.1f} s" + (f"\n{output}" if output else "")
        )
        return result

    def interrupt(self) -> None:
        """End the interruptible commands."""
        self._host.interrupt()

    def put(self, file: File) -> bool:
        """Write a file; the log gets its path where it changed."""
        has_changed = self._host.put(file)
        if has_changed:
            self.note(f"wrote {file.path} ({file.owner}, {file.mode:04o})")
        return has_changed

    def append(self, path: str, text: str) -> None:
        """Add to a file."""
        self._host.append(path, text)

    def read(self, path: str) -> str | None:
        """Read a file."""
        return self._host.read(path)

    def exists(self, path: str) -> bool:
        """Tell whether anything is at a path."""
        return self._host.exists(path)

    def mkdir(self, path: str, *, owner: str, mode: int) -> None:
        """Make a folder."""
        self._host.mkdir(path, owner=owner, mode=mode)

    def remove(self, path: str) -> None:
        """Remove a file or folder."""
        self._host.remove(path)
        self.note(f"removed {path}")

    def turn(self, path: str) -> AbstractContextManager[None]:
        """Have a file for oneself."""
        return self._host.turn(path)

    def lock(self, path: str) -> AbstractContextManager[None]:
        """Hold a lock."""
        return self._host.lock(path)

    def connects(self, address: str, port: int) -> bool:
        """Tell whether something accepts connections."""
        return self._host.connects(address, port)

    def http_status(self, url: str) -> int | None:
        """Ask for a URL."""
        return self._host.http_status(url)
