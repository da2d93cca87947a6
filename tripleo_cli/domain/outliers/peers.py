"""Which machines a result may be compared with.

How fast a CPU is does not depend on the disks beside it. A result is therefore
compared among machines that are alike in what it measures, which are more than
those that are alike in everything; and where they are still too few, among those
that are alike in less.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from tripleo_cli.domain.outliers.group import DiskKind, GroupKey
from tripleo_cli.domain.outliers.metrics import Kind


@dataclass(frozen=True, slots=True)
class Peers:
    """Machines that share ``key``; ``label`` says it in words."""

    key: tuple[Hashable, ...]
    label: str = field(compare=False)


def peers_for(
    key: GroupKey, kind: Kind, disk: DiskKind | None = None, *, per_cpu: bool = False
) -> tuple[Peers, ...]:
    """Say with whom to compare, the closest first.

    Args:
        key: The group of the machine.
        kind: What is compared.
        disk: The kind of disk that was measured, where it is known.
        per_cpu: Whether it is the result of one logical CPU, not of all together.
    """
    frame = (key.manufacturer, key.product)
    if kind.is_disk:
        return _disk_peers(key, frame, disk)
    if kind is Kind.NETWORK:
        return (Peers(("network", *frame, key.nics), _say(key, f"{key.nics} NICs")),)
    cpus = f"{key.cpus} CPUs" if key.cpus >= 0 else "CPUs unknown"
    processors = (*frame, key.cpu_model, key.cpus)
    anywhere = Peers(("one cpu", key.cpu_model), f"one {key.cpu_model or 'CPU'}")
    wider = (anywhere,) if per_cpu and key.cpu_model else ()
    if kind in (Kind.CPU, Kind.CPU_EFFICIENCY):
        return (Peers(("cpu", *processors), _say(key, cpus)), *wider)
    memory = f"{key.memory_gib} GiB" if key.memory_gib >= 0 else "memory unknown"
    return (
        Peers(("memory", *processors, key.memory_gib), _say(key, cpus, memory)),
        Peers(("memory", *processors), _say(key, cpus, "any memory")),
        *wider,
    )


def _disk_peers(
    key: GroupKey, frame: tuple[Hashable, ...], disk: DiskKind | None
) -> tuple[Peers, ...]:
    disks = [f"{count} x {kind}" for kind, count in key.disks]
    closest = Peers(("disk", *frame, key.disks), _say(key, *disks))
    if disk is None:
        return (closest,)
    any_machine = f"{disk.model} {disk} in any machine".strip()
    return (
        closest,
        Peers(("disk", *frame, disk), _say(key, f"any number of {disk}")),
        Peers(("disk", disk), any_machine),
    )


def _say(key: GroupKey, *parts: str) -> str:
    return ", ".join((key.machine, *parts))
