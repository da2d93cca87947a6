"""One number per node and metric, out of many for its like parts.

A node with twelve like disks has twelve results of each job, one with 128 logical
CPUs 128. What matters is the worst of them: one slow disk slows the machine down. It
also keeps false alarms rare, which grow with the number of comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tripleo_cli.domain.facts import HardwareFacts, is_lower_better
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
    key: str
    kind: Kind


def readings_of(facts: HardwareFacts) -> Mapping[str, Reading]:
    """Give a machine's results, by metric."""
    disks = {
        disk.name.removeprefix("/dev/"): disk_kind(disk)
        for disk in facts.disks
        if disk.name
    }
    found: dict[str, Reading] = {}
    for metric, value in facts.benchmarks.items():
        name = _parse(metric)
        if math.isfinite(value) and not _is_double(name, metric, facts.benchmarks):
            new = _reading(name, value, disks.get(name.item))
            found[new.metric] = _worse(found.get(new.metric), new)
    return found


def _reading(name: _Name, value: float, disk: DiskKind | None) -> Reading:
    if name.area == "disk" and disk:
        parts = f"{disk.model} {disk}".strip()
    else:
        parts = _pattern(name.item)
    return Reading(
        metric=f"{name.area}.{parts}.{name.key}",
        kind=name.kind,
        value=value,
        part=name.item,
        disk=disk,
    )


def _worse(known: Reading | None, new: Reading) -> Reading:
    if known is None:
        return new
    is_worse = (
        new.value > known.value if new.lower_is_better else new.value < known.value
    )
    worst = new if is_worse else known
    return Reading(
        metric=worst.metric,
        kind=worst.kind,
        value=worst.value,
        part=worst.part,
        parts=known.parts + 1,
        disk=worst.disk,
    )


def _is_double(name: _Name, metric: str, all_: Mapping[str, float]) -> bool:
    """Whether the same measurement is there under the unit that suits it better.

    fio gives each job's result as KB/s and as operations per second.
    """
    if name.kind is Kind.DISK_RANDOM:
        return metric.endswith("_KBps") and f"{metric[:-5]}_IOps" in all_
    if name.kind is Kind.DISK_SEQUENTIAL:
        return metric.endswith("_IOps") and f"{metric[:-5]}_KBps" in all_
    return False


@cache
def _parse(metric: str) -> _Name:
    area, _, rest = metric.partition(".")
    item, _, key = rest.rpartition(".")
    return _Name(area=area, item=item, key=key, kind=kind_of(metric))


@cache
def _pattern(item: str) -> str:
    """Write ``*`` for the number in "logical_12"; other names are as they are."""
    stem, _, number = item.rpartition("_")
    return f"{stem}_*" if stem and number.isdigit() else item
