"""One number per node and metric, out of many for its like parts.

A node with twelve like disks has twelve results of each job, one with 128 logical
CPUs 128. What matters is the worst of them: one slow disk slows the machine down. It
also keeps false alarms rare, which grow with the number of comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from tripleo_cli.domain.facts import HardwareFacts, is_lower_better
from tripleo_cli.domain.facts.efficiency import efficiencies
from tripleo_cli.domain.outliers.group import DiskKind, disk_kind
from tripleo_cli.domain.outliers.metrics import Kind, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The worst result of a node's like parts.

    ``metric`` is the collector's name, with ``*`` or the kind of disk for the parts;
    ``part`` is the worst one ("logical_3", "sdc"), ``parts`` their number. ``value``
    is in the unit that the metric's name ends in.
    """

    metric: str
    kind: Kind
    value: float
    part: str
    parts: int = 1
    disk: DiskKind | None = None

    @property
    def is_per_cpu(self) -> bool:
        """Whether one logical CPU was measured, not all together."""
        return ".logical_*." in self.metric

    @property
    def lower_is_better(self) -> bool:
        """Whether a lower value means a faster machine."""
        return is_lower_better(self.metric)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A dotted metric taken apart."""

    area: str
    item: str
    parts: str
    """The item, with ``*`` for its number."""
    key: str
    kind: Kind
    better: str
    """The metric that says the same in a better unit."""


def readings_of(facts: HardwareFacts) -> Mapping[str, Reading]:
    """Give a machine's results, by metric."""
    disks = {
        disk.name.removeprefix("/dev/"): disk_kind(disk)
        for disk in facts.disks
        if disk.name
    }
    alike: dict[tuple[str, str, str], list[tuple[float, _Name]]] = {}
    for metric, value in facts.benchmarks.items():
        name = _parse(metric)
        is_double = name.better and name.better in facts.benchmarks
        if not is_double and math.isfinite(value):
            parts = name.parts
            if name.area == "disk" and name.item in disks:
                parts = _disk_name(disks[name.item])
            place = (name.area, parts, name.key)
            alike.setdefault(place, []).append((value, name))
    found = (
        _worst(".".join(place), results, disks) for place, results in alike.items()
    )
    ratios = (
        Reading(metric=metric, kind=kind_of(metric), value=ratio, part="all CPUs")
        for metric, ratio in efficiencies(facts).items()
        if math.isfinite(ratio)
    )
    return {reading.metric: reading for reading in (*found, *ratios)}


def _worst(
    metric: str,
    results: Sequence[tuple[float, _Name]],
    disks: Mapping[str, DiskKind],
) -> Reading:
    # Of equal results, the part that comes first: the order is the collector's.
    pick = max if is_lower_better(metric) else min
    value, name = pick(results, key=itemgetter(0))
    return Reading(
        metric=metric,
        kind=name.kind,
        value=value,
        part=name.item,
        parts=len(results),
        disk=disks.get(name.item) if name.area == "disk" else None,
    )


@cache
def _disk_name(kind: DiskKind) -> str:
    return f"{kind.model} {kind}".strip()


def _better_unit(metric: str, kind: Kind) -> str:
    """Name the same measurement under the unit that suits it better, if not its own.

    fio gives each job's result as KB/s and as operations per second.
    """
    if kind is Kind.DISK_RANDOM and metric.endswith("_KBps"):
        return f"{metric[:-5]}_IOps"
    if kind is Kind.DISK_SEQUENTIAL and metric.endswith("_IOps"):
        return f"{metric[:-5]}_KBps"
    return ""


@cache
def _parse(metric: str) -> _Name:
    area, _, rest = metric.partition(".")
    item, _, key = rest.rpartition(".")
    kind = kind_of(metric)
    return _Name(
        area=area,
        item=item,
        parts=_pattern(item),
        key=key,
        kind=kind,
        better=_better_unit(metric, kind),
    )


def _pattern(item: str) -> str:
    """Write ``*`` for the number in "logical_12"; other names are as they are."""
    stem, _, number = item.rpartition("_")
    return f"{stem}_*" if stem and number.isdigit() else item
