"""Programs of the node, run with a time limit."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.layout import Layout

PATH = (
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/puppetlabs/bin"
)
GRACE_S = 10.0
"""How long a program that took too long gets to end by itself."""


@dataclass(frozen=True)
class Ran:
    """How a program ended; ``code`` is ``None`` where it was killed at its limit."""

    code: int | None
    out: str = ""
    error: str = ""


class Runner(Protocol):
    """Runs programs."""

    def __call__(self, argv: Sequence[str], *, timeout_s: float) -> Ran:
        """Run one to its end, or for ``timeout_s`` seconds.

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


def run(argv: Sequence[str], *, timeout_s: float) -> Ran:
    """Run a program in a process group of its own, which ends with it at the limit.

    Its output goes to files, so that daemons it leaves behind cannot hold us up.

    Raises:
        NodeError: There is no such program.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        try:
            process = subprocess.Popen(  # noqa: S603 - argument lists only, no shell
                argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=error,
                env=_environment(),
                start_new_session=True,
            )
        except OSError as failure:
            raise NodeError(f"cannot run {argv[0]}: {failure.strerror}") from failure
        code = _wait(process, timeout_s)
        return Ran(code, _text(out), _text(error))


def _wait(process: subprocess.Popen[bytes], timeout_s: float) -> int | None:
    try:
        return process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGTERM)
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()
    return None


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")


def _environment() -> Mapping[str, str]:
    return {"PATH": PATH, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/root"}
