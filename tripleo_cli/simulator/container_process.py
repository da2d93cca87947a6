"""Finding, stopping and killing the processes of a container."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tripleo_cli.errors import HostError
from tripleo_cli.simulator import host
from tripleo_cli.simulator.container import Condition

POWER_OFF: Final = signal.SIGRTMIN + 4
"""Asks systemd for ``poweroff.target``."""
LOOK_EVERY_S: Final = 0.1
DIES_WITHIN_S: Final = 60.0
GROUP_ENDS_WITHIN_S: Final = 3.0
FIELDS_BEFORE_START: Final = 19
"""Fields of /proc/PID/stat after the name, before the time that it began."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process, so that nobody takes another one of the same number for it."""

    pid: int
    started: str
    boot: str


def boot_id() -> str:
    """Give what changes with each start of the host."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def process_of(pid_file: Path) -> Process | None:
    """Read what the launcher wrote."""
    try:
        pid, started, boot = pid_file.read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return Process(int(pid), started, boot)


def condition(pid_file: Path) -> Condition:
    """Say how the container of that launcher is found."""
    process = process_of(pid_file)
    if process is None:
        return Condition.HALTED
    if process.boot != boot_id():
        return Condition.LOST
    return Condition.RUNNING if _is_alive(process) else Condition.HALTED


def _is_alive(process: Process) -> bool:
    try:
        text = Path(f"/proc/{process.pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    state, *rest = text.rpartition(")")[2].split()
    return state not in "ZX" and rest[FIELDS_BEFORE_START - 1] == process.started


def cgroup_root() -> Path:
    """Find the unified hierarchy on the host.

    Raises:
        HostError: it is mounted nowhere.
    """
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(place)
    raise HostError(
        "control groups of version 2 are mounted nowhere",
        hint="mkdir -p /run/cgroup2 && mount -t cgroup2 cgroup2 /run/cgroup2",
    )


def members(group: Path) -> Iterator[int]:
    """Give every process in a control group and below it."""
    for folder in _groups(group):
        try:
            text = (folder / "cgroup.procs").read_text()
        except OSError as error:
            _raise_unless_ended(error)
        else:
            yield from map(int, text.split())


def _groups(group: Path) -> Iterator[Path]:
    """Give a control group and all below it, each before those in it."""
    for folder, _, _ in os.walk(group, onerror=_raise_unless_ended):
        yield Path(folder)


def _raise_unless_ended(error: OSError) -> None:
    """Let pass that a group ends while it is read: it has no processes."""
    if error.errno not in (errno.ENOENT, errno.ENODEV):
        raise error


def leader(group: Path) -> int | None:
    """Find the container's first process, by the host's number."""
    for pid in members(group):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        line = next(x for x in status.splitlines() if x.startswith("NSpid:"))
        # Its number on the host, and in each namespace of processes below.
        _, _, *below = line.split()
        if below[-1:] == ["1"]:
            return pid
    return None


def wait_for(is_so: Callable[[], bool], within_s: float) -> bool:
    """Wait until something is so; say whether it came to be."""
    end = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def shut_down(group: Path, pid_file: Path, *, within_s: float) -> None:
    """Have a container shut down; what still runs after that time is killed.

    Raises:
        HostError: it survives even that.
    """

    def is_over() -> bool:
        return not any(members(group)) and condition(pid_file) is not Condition.RUNNING

    first = leader(group)
    if first is not None:
        _signal(first, POWER_OFF)
        if wait_for(is_over, within_s):
            return

    def is_killed() -> bool:
        # Again and again: a process may have begun another one meanwhile.
        for pid in members(group):
            _signal(pid, signal.SIGKILL)
        return is_over()

    if not wait_for(is_killed, DIES_WITHIN_S):
        raise HostError(f"{group.name}: its processes survive being killed")


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def drop_group(group: Path) -> bool:
    """Remove a control group without processes; say whether it is gone.

    The kernel holds a group until it has buried the dead in it, which may take a
    moment. An empty group that stays harms nobody: the next boot uses it again.
    """
    return wait_for(lambda: _removed(group), GROUP_ENDS_WITHIN_S)


def _removed(group: Path) -> bool:
    # From the bottom up.
    try:
        for folder in reversed([*_groups(group)]):
            folder.rmdir()
    except FileNotFoundError:
        return not group.exists()
    except OSError as error:
        if error.errno == errno.EBUSY:
            return False
        raise
    return True


def wait_for_leader(group: Path, pid_file: Path, log: Path, within_s: float) -> None:
    """Wait until a container's first process runs.

    Raises:
        HostError: it does not; with the last lines of its console.
    """

    def is_settled() -> bool:
        # No pid file yet means that the launcher has not come that far.
        is_dead = pid_file.exists() and condition(pid_file) is Condition.HALTED
        return is_dead or leader(group) is not None

    if not wait_for(is_settled, within_s) or leader(group) is None:
        raise HostError(f"the container did not start: {host.tail(log)}")
