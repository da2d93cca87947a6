"""Programs of the node, run with a time limit."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Protocol

from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.layout import Layout

PATH = (
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/puppetlabs/bin"
)
GRACE_S = 10.0
"""How long a program that took too long gets to end by itself."""
_POLL_S = 0.1
_KEEPER = ("sh", "-c", 'trap : TERM; "$@" </dev/null; exit $?', "sh")
"""Runs a program, and has a file open until that has ended, whoever kills us.

The program does not get the file: what it leaves running would hold it for ever.
"""


@dataclass(frozen=True)
class Ran:
    """How a program ended; ``code`` is ``None`` where it was killed at its limit."""

    code: int | None
    out: str = ""
    error: str = ""


class Runner(Protocol):
    """Runs programs."""

    def __call__(
        self, argv: Sequence[str], *, timeout_s: float, holding: int | None = None
    ) -> Ran:
        """Run one to its end, or for ``timeout_s`` seconds.

        The file ``holding`` stays open until then, even if this program is killed.

        Raises:
            NodeError: There is no such program.
        """


def free(path: Path) -> int:
    """Say how many bytes can be written below a folder, which need not exist."""
    there = path
    while not there.exists():
        there = there.parent
    found = os.statvfs(there)
    return found.f_bavail * found.f_frsize


@dataclass(frozen=True)
class Site:
    """The node, as the program sees it: paths, programs and time (of the epoch).

    ``program`` is the file that this program itself runs from.
    """

    layout: Layout
    run: Runner
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    free_bytes: Callable[[Path], int] = free
    hostname: Callable[[], str] = socket.gethostname
    program: Path = Path(sys.argv[0])


def run(argv: Sequence[str], *, timeout_s: float, holding: int | None = None) -> Ran:
    """Run a program in a session of its own, and end it at the limit, or with us.

    Its output goes to files, so that daemons it leaves behind cannot hold us up.

    Raises:
        NodeError: There is no such program.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        try:
            process = subprocess.Popen(  # noqa: S603 - argument lists only, no shell
                argv if holding is None else [*_KEEPER, *argv],
                stdin=subprocess.DEVNULL if holding is None else holding,
                stdout=out,
                stderr=error,
                env=_environment(),
                start_new_session=True,
            )
        except OSError as failure:
            raise NodeError(f"cannot run {argv[0]}: {failure.strerror}") from failure
        code = _wait(process, timeout_s)
        return Ran(code, _text(out), _text(error))


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Let this program, when it is told to end, end first what it has begun."""
    if threading.current_thread() is not threading.main_thread():
        # Signals are for the main one.
        yield
        return
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, _frame: FrameType | None) -> None:
    # Once is enough: ending in order takes a while.
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit("this run was ended by SIGTERM")


def _wait(process: subprocess.Popen[bytes], timeout_s: float) -> int | None:
    code = None
    try:
        code = process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        pass
    finally:
        # Also where we are to end ourselves: it must not go on without us.
        if code is None:
            _end(process)
    return code


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it is waiting for."""
    groups = sorted({process.pid, *_groups(process.pid)})
    deadline = time.monotonic() + GRACE_S
    try:
        is_left = _signal(groups, signal.SIGTERM)
        while is_left and time.monotonic() < deadline:
            time.sleep(_POLL_S)
            process.poll()
            is_left = _signal(groups, 0)
    finally:
        _signal(groups, signal.SIGKILL)
        process.wait()


def _groups(pid: int) -> set[int]:
    """Find the groups of a process and its descendants: puppet's have their own."""
    found: set[int] = set()
    with suppress(OSError):
        found.add(os.getpgid(pid))
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in path.read_text().split():
                found |= _groups(int(child))
    return found


def _signal(groups: Iterable[int], number: int) -> bool:
    """Send a signal; tells whether anybody was there."""
    is_there = False
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, number)
            is_there = True
    return is_there


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")


def _environment() -> Mapping[str, str]:
    return {"PATH": PATH, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/root"}
