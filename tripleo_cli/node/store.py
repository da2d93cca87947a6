"""What the node remembers of its steps, and the lock that one run at a time holds."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

from tripleo_cli.node import files
from tripleo_cli.node.errors import NodeError, file_error
from tripleo_cli.node.layout import Layout
from tripleo_cli.node.system import Site, ending_in_order

FORMAT = 1
POLL_S = 1.0

Record = Mapping[str, Any]
"""What is printed of a step, see :mod:`tripleo_cli.node.step`."""


def records(layout: Layout) -> dict[int, Record]:
    """Read what became of each step.

    A file that cannot be read as such is no reason to refuse: the steps are then done
    once more.

    Raises:
        NodeError: It is there, but cannot be opened.
    """
    try:
        data = json.loads(files.read(layout.state) or "{}")
        return {int(step): dict(one) for step, one in data.get("steps", {}).items()}
    except (ValueError, AttributeError, TypeError):
        return {}


def remember(layout: Layout, step: int, record: Record) -> None:
    """Keep a step's record; the others stay. The caller holds the lock.

    Raises:
        NodeError: It cannot be written.
    """
    known = records(layout)
    known[step] = record
    steps = {str(number): one for number, one in sorted(known.items())}
    data = {"format": FORMAT, "steps": steps}
    files.write(layout.state, json.dumps(data, indent=1) + "\n")


def shown(layout: Layout) -> dict[int, Record]:
    """Give all records; a step that was begun and not ended is ``interrupted``.

    Raises:
        NodeError: They cannot be read.
    """
    found = records(layout)
    if not any(map(_runs, found.values())):
        return found
    if _is_held(layout.lock):
        return found
    return {step: _ended(one) for step, one in found.items()}


@contextmanager
def locked(site: Site, wait_s: float) -> Iterator[Site]:
    """Hold the node; a run that was left behind is waited for.

    Programs that are run with the site given hold the node until they have ended,
    even if this program is killed.

    Raises:
        NodeError: The other run has not ended in ``wait_s`` seconds.
    """
    path = site.layout.lock
    files.folder(path.parent)
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, files.SECRET)
    except OSError as error:
        raise file_error(f"open {path}", error) from error
    try:
        _take(site, file, wait_s)
        os.pwrite(file, f"{os.getpid():<12}\n".encode(), 0)
        with ending_in_order():
            yield replace(site, run=partial(site.run, holding=file))
    finally:
        os.close(file)


def utc(seconds: float) -> str:
    """Write a time of the epoch as ISO 8601 in UTC."""
    at = datetime.fromtimestamp(seconds, tz=timezone.utc)
    return at.isoformat(timespec="seconds")


def _take(site: Site, file: int, wait_s: float) -> None:
    deadline = site.now() + wait_s
    while not _takes(file):
        if site.now() >= deadline:
            holder = os.pread(file, 12, 0).decode(errors="replace").strip()
            is_there = (site.layout.root / "proc" / holder).exists()
            raise (_held if is_there else _left)(holder, wait_s)
        site.sleep(POLL_S)


def _held(holder: str, wait_s: float) -> NodeError:
    return NodeError(
        f"another run (process {holder}) has held this node for more than "
        f"{wait_s:.0f} s",
        f"look at it on the node: ps -fp {holder}; end it with: sudo kill {holder}",
    )


def _left(holder: str, wait_s: float) -> NodeError:
    return NodeError(
        f"another run (process {holder}) was killed, and its puppet has been at work "
        f"on this node for more than {wait_s:.0f} s",
        "look at it on the node: pgrep -af 'puppet appl[y]'; end it with: "
        "sudo pkill -f 'puppet appl[y]'",
    )


def _takes(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_held(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _takes(file)
    finally:
        os.close(file)


def _ended(record: Record) -> Record:
    return {**record, "state": "interrupted"} if _runs(record) else record


def _runs(record: Record) -> bool:
    return record.get("state") == "running"
