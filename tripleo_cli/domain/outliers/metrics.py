"""What the measurements of the ``hardware`` collector tell of."""

from __future__ import annotations

from enum import Enum
from functools import cache

from tripleo_cli.domain.facts.efficiency import SUFFIX


class Kind(Enum):
    """What a metric measures; the values are the names used on the command line."""

    CPU = "cpu"
    MEMORY = "memory"
    DISK_SEQUENTIAL = "disk-sequential"
    DISK_RANDOM = "disk-random"
    NETWORK = "network"
    CPU_EFFICIENCY = "cpu-efficiency"
    MEMORY_EFFICIENCY = "memory-efficiency"

    @property
    def is_disk(self) -> bool:
        """Whether it is about a single disk."""
        return self in (Kind.DISK_SEQUENTIAL, Kind.DISK_RANDOM)

    @property
    def is_efficiency(self) -> bool:
        """Whether it compares results of one machine with each other."""
        return self in (Kind.CPU_EFFICIENCY, Kind.MEMORY_EFFICIENCY)


@cache
def kind_of(metric: str) -> Kind:
    """Say what a dotted metric measures.

    The collector files memory bandwidth under the CPU that used it.
    """
    area, _, rest = metric.partition(".")
    if area == "disk":
        return Kind.DISK_RANDOM if "_rand" in rest else Kind.DISK_SEQUENTIAL
    if area == "network":
        return Kind.NETWORK
    is_memory = area == "memory" or "bandwidth" in rest
    if rest.endswith(SUFFIX):
        return Kind.MEMORY_EFFICIENCY if is_memory else Kind.CPU_EFFICIENCY
    return Kind.MEMORY if is_memory else Kind.CPU
