"""The pid file of a fleet in the background."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tripleo_cli.errors import BusyError, TripleoError

STOP_WITHIN_S: Final = 15.0
_MARK: Final = "tripleo-fleet"


def running(path: Path) -> int | None:
    """Give the pid of the fleet that owns the file; ``None`` where none runs."""
    try:
        pid = int(path.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    # The number may have gone to another program since.
    words = command.decode(errors="replace").split("\0")
    is_fleet = any(_MARK in word or "tripleo_cli.simulator" in word for word in words)
    return pid if is_fleet else None


@contextmanager
def held(path: Path | None) -> Iterator[None]:
    """Own the pid file while the fleet runs.

    Raises:
        BusyError: another fleet owns it.
    """
    if path is None:
        yield
        return
    other = running(path)
    if other and other != os.getpid():
        raise BusyError(
            f"a fleet runs already as process {other} ({path})",
            hint=f"tripleo-fleet stop --pid-file {path}",
        )
    path.write_text(f"{os.getpid()}\n")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def stop(path: Path) -> str:
    """Ask the fleet to stop and wait for it; says what happened."""
    pid = running(path)
    if pid is None:
        return f"no fleet runs by {path}"
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + STOP_WITHIN_S
    while running(path) == pid:
        if time.monotonic() > end:
            raise TripleoError(f"process {pid} did not stop within {STOP_WITHIN_S:g} s")
        time.sleep(0.1)
    return f"stopped the fleet (process {pid})"
