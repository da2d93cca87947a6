"""Taking turns at a file that several programs of ours read and write again."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tripleo_cli.clients.refusals import telling
from tripleo_cli.errors import HostError

TURN_SECONDS = 20.0
"""How long others may keep a file that they only read and write again."""
_PAUSE_SECONDS = 0.02


@contextmanager
def turn(path: Path, seconds: float = TURN_SECONDS) -> Iterator[None]:
    """Have a file for oneself; the kernel lets go when the process dies.

    Args:
        path: The file; it need not be there, but its folder must.
        seconds: How long to wait for whoever has it.

    Raises:
        HostError: Somebody keeps it for longer, or there can be no lock beside it.
    """
    # Not the file itself: that is another one after each write.
    lock = path.with_name(f".{path.name}.lock")
    with telling(f"cannot lock {path}", path):
        file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with telling(f"cannot lock {path}", path):
            _await_turn(file, lock, seconds)
        yield
    finally:
        os.close(file)


def _await_turn(file: int, lock: Path, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                told = f"another run has held {lock} for {seconds:g} s"
                raise HostError(told, hint=f"fuser -v {lock}") from None
        time.sleep(_PAUSE_SECONDS)
