"""Processes of this machine and what they say about themselves."""

from __future__ import annotations

import os
import pwd
import time
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import psutil

from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.health import Usage
from tripleo_cli.errors import HostError

END_TIMEOUT_S = 30
"""As long as supervisord gives them."""
END_TIMEOUTS_S = {
    # They keep data.
    **dict.fromkeys(("mariadbd", "mysqld", "beam.smp"), 120),
    # It keeps nothing, has 4 seconds for requests, and spins once its log is gone.
    "uwsgi": 8,
}
"""By the names of processes."""
_POLL_S = 0.5
_ROUNDS = 5


def usage(pids: Collection[int]) -> Mapping[int, Usage]:
    """Measure in one pass over all processes."""
    children: dict[int, set[int]] = defaultdict(set)
    resident: dict[int, int] = {}
    for process in psutil.process_iter(["ppid", "memory_info"]):
        memory = process.info["memory_info"]
        if memory is None:  # it ended, or is the kernel's
            continue
        resident[process.pid] = memory.rss
        children[process.info["ppid"]].add(process.pid)
        with suppress(ProcessLookupError, PermissionError):
            # Supervisord makes each service the leader of a process group.
            children[os.getpgid(process.pid)].add(process.pid)
    found = {}
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            uptime = time.time() - psutil.Process(pid).create_time()
            rss = sum(resident.get(one, 0) for one in _family(pid, children))
            found[pid] = Usage(memory_mb=rss >> 20, uptime_s=round(uptime))
    return found


def _family(pid: int, children: Mapping[int, set[int]]) -> set[int]:
    family: set[int] = set()
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        if one not in family:
            family.add(one)
            waiting.extend(children.get(one, ()))
    return family


def belongs_to(process: psutil.Process, config: UndercloudConfig) -> bool:
    """Tell a process of this undercloud: its user's, and named by its state folder.

    Parenthood does not tell it: all leave their parent when it is killed.
    """
    try:
        account = pwd.getpwnam(config.service_user)
        if process.uids().effective != account.pw_uid:
            return False
        # Services that set their title overwrite arguments and environment alike;
        # supervisord starts every one in a folder of ours.
        folder = f"{process.cwd()}/"
        words = (folder, *process.cmdline(), *process.environ().values())
    except (KeyError, psutil.Error):  # no such user, or the process has ended
        return False
    return any(f"{config.state_dir}/" in word for word in words)


def end_strays(config: UndercloudConfig) -> Sequence[str]:
    """Ask them to end, and end those that do not.

    Databases and the message queue have two minutes, API servers eight seconds,
    others 30.

    Raises:
        HostError: Some are still there.
    """
    strays = {process: _name(process) for process in _belonging(config)}
    for process in strays:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _end_in_time({process: _patience_s(process) for process in strays})
    return list(strays.values())


def end_all(config: UndercloudConfig) -> None:
    """Kill every process of it at once, its supervisor among them.

    Raises:
        HostError: Some are still there.
    """
    # A supervisor may start others until it is gone itself.
    for _ in range(_ROUNDS):
        found = _belonging(config)
        if not found:
            return
        _end_in_time(dict.fromkeys(found, 0))
    _complain(_belonging(config))


def _belonging(config: UndercloudConfig) -> list[psutil.Process]:
    """Find its processes, but for this one and those that it started."""
    me = psutil.Process()
    mine = {process.pid for process in (me, *me.children(recursive=True))}
    return [
        process
        for process in psutil.process_iter()
        if process.pid not in mine and belongs_to(process, config)
    ]


def _end_in_time(patience: Mapping[psutil.Process, float]) -> None:
    """Kill each when its time is over."""
    began = time.monotonic()
    left = list(patience)
    for limit in sorted(set(patience.values())):
        rest = began + limit - time.monotonic()
        _, left = psutil.wait_procs(left, timeout=max(rest, 0))
        for process in left:
            if patience[process] <= limit:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
    _, left = psutil.wait_procs(left, timeout=END_TIMEOUT_S)
    _complain(left)


def _complain(left: Collection[psutil.Process]) -> None:
    if left:
        pids = " ".join(str(process.pid) for process in left)
        raise HostError(f"processes do not end: {pids}", hint=f"ps -fp {pids}")


def _patience_s(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        return END_TIMEOUTS_S.get(process.name(), END_TIMEOUT_S)
    return 0


def _name(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return f"{process.name()} ({process.pid})"
    return f"process ({process.pid})"


def tail(path: Path, lines: int, *, follow: bool) -> Iterator[str]:
    """Give lines without their ends; goes on in the new file after a rotation.

    Raises:
        HostError: The file cannot be read.
    """
    try:
        stream = path.open(errors="replace")
        try:
            yield from (line.rstrip("\n") for line in deque(stream, maxlen=lines))
            while follow:
                yield from _complete_lines(stream)
                if _is_rotated(stream, path):
                    stream.close()
                    stream = path.open(errors="replace")
                else:
                    time.sleep(_POLL_S)
        finally:
            stream.close()
    except OSError as error:
        raise HostError(f"cannot read {path}: {error.strerror}") from error


def _complete_lines(stream: TextIO) -> Iterator[str]:
    """Give the lines written since; one that is being written waits for its end."""
    while True:
        before = stream.tell()
        line = stream.readline()
        if not line.endswith("\n"):
            stream.seek(before)
            return
        yield line[:-1]


def _is_rotated(stream: TextIO, path: Path) -> bool:
    now = os.fstat(stream.fileno())
    return path.exists() and not os.path.samestat(now, path.stat())
