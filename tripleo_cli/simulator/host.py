"""What the lab does to its host: programs, locks, files inside another root."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from tripleo_cli.errors import HostError

MOST_LINKS: Final = 40
"""As the kernel has it for one path."""
Sink = int | IO[bytes]
"""Where a program writes."""


def run(argv: Sequence[str], *, log: Path | None = None) -> str:
    """Run a program to its end; gives what it printed.

    Args:
        argv: the program and its arguments.
        log: where its output goes instead; what it leaves running writes there too.

    Raises:
        HostError: it is not there, or failed; with the last lines of its errors.
    """
    try:
        if log:
            with log.open("ab") as output:
                done = _run(argv, stdout=output, stderr=output)
        else:
            done = _run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        raise HostError(f"cannot run {argv[0]}: {error.strerror}") from error
    if done.returncode:
        said = done.stderr or done.stdout or (tail(log).encode() if log else b"")
        words = " ".join(argv[:6])
        last = " ".join(said.decode(errors="replace").split()[-60:])
        raise HostError(f"{words} failed with code {done.returncode}: {last}")
    return (done.stdout or b"").decode(errors="replace")


def _run(
    argv: Sequence[str], *, stdout: Sink, stderr: Sink
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - argument lists only, no shell
        list(argv), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, check=False
    )


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Say of what the host refuses what it was for; a full disk is the usual one.

    Raises:
        HostError: it refused something.
    """
    try:
        yield
    except OSError as error:
        raise HostError(f"cannot {what}: {error.strerror or error}") from error


def tail(path: Path, lines: int = 5) -> str:
    """Give the last lines of a log, as one."""
    try:
        text = path.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    return " | ".join(line.strip() for line in text.splitlines()[-lines:])


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other fleets of this host out, for as long as it takes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def inside(root: Path, path: str) -> Path:
    """Say where a path of a machine is on the host.

    Links are followed as the machine would: an absolute one stays in ``root``.

    Raises:
        HostError: links that lead in a circle.
    """
    parts = [part for part in path.split("/") if part]
    found: list[str] = []
    links = 0
    while parts:
        part = parts.pop(0)
        if part in (".", ".."):
            found = found[:-1] if part == ".." else found
            continue
        place = root.joinpath(*found, part)
        # The last part is what is written: a link there is replaced, not followed.
        if not parts or not place.is_symlink():
            found.append(part)
            continue
        links += 1
        if links > MOST_LINKS:
            raise HostError(f"{root}: {path} leads in a circle")
        target = str(place.readlink())
        found = [] if target.startswith("/") else found
        parts = [part for part in target.split("/") if part] + parts
    return root.joinpath(*found)


def write_inside(root: Path, path: str, content: bytes, *, mode: int) -> Path:
    """Write a file of a machine; folders that are missing are made."""
    place = inside(root, path)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink():
        place.unlink()
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    place.chmod(mode)
    return place


def remove(path: Path) -> None:
    """Remove a file, or a folder and all in it; nothing where it is not."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
