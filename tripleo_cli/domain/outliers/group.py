"""What makes machines alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tripleo_cli.domain.facts import Disk, HardwareFacts

_MIB_PER_GIB = 1024
_GIB_PER_TIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DiskKind:
    """Disks that are alike; sizes in GiB, -1 for unknown.

    ``medium`` is "HDD", "SSD", or "disk" where nobody knows.
    """

    medium: str
    size_gib: int
    model: str

    def __str__(self) -> str:
        if self.size_gib < 0:
            return self.medium
        if self.size_gib < _GIB_PER_TIB:
            return f"{self.size_gib} GiB {self.medium}"
        return f"{self.size_gib / _GIB_PER_TIB:.1f} TiB {self.medium}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupKey:
    """What like machines have in common; unknown numbers are -1.

    ``disks`` holds each kind of disk with the number of them.
    """

    manufacturer: str
    product: str
    cpu_model: str
    cpus: int
    memory_gib: int
    disks: tuple[tuple[DiskKind, int], ...]
    nics: int

    def __str__(self) -> str:
        return ", ".join((self.machine, *self.parts))

    @property
    def machine(self) -> str:
        """Its product, or its maker, in words."""
        return self.product or self.manufacturer or "unknown product"

    @property
    def parts(self) -> tuple[str, ...]:
        """CPUs, memory, disks and network cards in words; unknown ones left out."""
        return (
            *([f"{self.cpus} CPUs"] if self.cpus >= 0 else []),
            *([f"{self.memory_gib} GiB"] if self.memory_gib >= 0 else []),
            *(f"{count} x {kind}" for kind, count in self.disks),
            f"{self.nics} NICs",
        )


def group_of(facts: HardwareFacts) -> GroupKey:
    """Say to which group of like machines one belongs."""
    memory = facts.memory_mib
    return GroupKey(
        manufacturer=facts.manufacturer,
        product=facts.product,
        cpu_model=facts.cpu_model,
        cpus=-1 if facts.cpus is None else facts.cpus,
        memory_gib=-1 if memory is None else round(memory / _MIB_PER_GIB),
        disks=tuple(sorted(Counter(map(disk_kind, facts.disks)).items())),
        nics=len(facts.nics),
    )


def disk_kind(disk: Disk) -> DiskKind:
    """Say which other disks a disk is like."""
    media = {True: "HDD", False: "SSD", None: "disk"}
    size = disk.size_gib
    return DiskKind(
        medium=media[disk.is_rotational],
        size_gib=-1 if size is None else round(size),
        model=disk.model,
    )
