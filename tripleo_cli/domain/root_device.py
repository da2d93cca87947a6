"""Which disk of a machine to install on, and how Ironic knows it again.

Source: https://docs.openstack.org/ironic/latest/install/advanced.html (root device
hints).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.facts import Disk, HardwareFacts

DEFAULT_MINIMUM_GIB = 4
STRATEGIES = ("smallest", "largest", "fastest")
ALIKE = 0.9
"""Disks of at least this part of the highest speed count as equally fast."""
_SPEED = "disk.{}.standalone_read_1M_KBps"


@dataclass(frozen=True, slots=True, kw_only=True)
class RootDisk:
    """How to choose: a strategy, or names of disks, the one wanted most first.

    Disks below ``minimum_gib`` are none to install on.
    """

    strategy: str = ""
    names: tuple[str, ...] = ()
    minimum_gib: float = DEFAULT_MINIMUM_GIB

    @classmethod
    def parse(cls, text: str, minimum_gib: float = DEFAULT_MINIMUM_GIB) -> RootDisk:
        """Read "smallest", or "sda,nvme0n1"."""
        if text in STRATEGIES:
            return cls(strategy=text, minimum_gib=minimum_gib)
        names = tuple(name.strip() for name in text.split(",") if name.strip())
        return cls(names=names, minimum_gib=minimum_gib)


def choose(facts: HardwareFacts, wanted: RootDisk) -> Disk | str:
    """Choose a disk, or say why there is none."""
    if not facts.disks:
        return "its inventory has no disks"
    fitting = [disk for disk in facts.disks if _size(disk) >= wanted.minimum_gib]
    if not fitting:
        largest = max(map(_size, facts.disks))
        return (
            f"its largest disk has {largest:.1f} GiB, "
            f"{wanted.minimum_gib:g} GiB are needed"
        )
    if wanted.names:
        return _by_name(fitting, wanted.names)
    return _STRATEGIES[wanted.strategy](fitting, facts.benchmarks)


def hint_for(disk: Disk, disks: Sequence[Disk]) -> Mapping[str, str]:
    """Give the hint that leads to this disk of a machine, and to no other."""
    for hint, of in _HINTS.items():
        value = of(disk)
        if value and [of(other) for other in disks].count(value) == 1:
            return {hint: value}
    return {"name": disk.name}


def local_gb(disk: Disk) -> int:
    """Give what Ironic is to take for its size: GiB, without what is rounded up."""
    return max(math.floor(_size(disk)) - 1, 0)


# The names of the kernel may change at the next boot; what is burned in does not.
_HINTS: Mapping[str, Callable[[Disk], str]] = {
    "wwn": lambda disk: disk.wwn,
    "serial": lambda disk: disk.serial,
    "by_path": lambda disk: disk.by_path,
}


def _size(disk: Disk) -> float:
    return disk.size_gib or 0.0


def _by_name(disks: Sequence[Disk], names: Sequence[str]) -> Disk | str:
    known = {_short(disk): disk for disk in disks}
    for name in names:
        if found := known.get(name.removeprefix("/dev/")):
            return found
    there = ", ".join(sorted(known))
    return f"it has no disk {' or '.join(names)} that is large enough, but {there}"


def _short(disk: Disk) -> str:
    return disk.name.removeprefix("/dev/")


def _smallest(disks: Sequence[Disk], _speeds: Mapping[str, float]) -> Disk:
    return min(disks, key=lambda disk: (_size(disk), disk.name))


def _largest(disks: Sequence[Disk], _speeds: Mapping[str, float]) -> Disk:
    return min(disks, key=lambda disk: (-_size(disk), disk.name))


def _fastest(disks: Sequence[Disk], speeds: Mapping[str, float]) -> Disk:
    """Flash before rotating disks; among one kind, what was measured; then small."""
    best = min(map(_kind, disks))
    of_kind = [disk for disk in disks if _kind(disk) == best]
    speed = {disk.name: speeds.get(_SPEED.format(_short(disk)), 0.0) for disk in disks}
    highest = max(speed[disk.name] for disk in of_kind)
    fast = [disk for disk in of_kind if speed[disk.name] >= ALIKE * highest]
    return _smallest(fast, speeds)


def _kind(disk: Disk) -> int:
    if _short(disk).startswith("nvme"):
        return 0
    return {False: 1, None: 2, True: 3}[disk.is_rotational]


_STRATEGIES: Mapping[str, Callable[[Sequence[Disk], Mapping[str, float]], Disk]] = {
    "smallest": _smallest,
    "largest": _largest,
    "fastest": _fastest,
}
