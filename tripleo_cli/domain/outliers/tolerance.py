"""What deviation is never worth telling, by kind of metric or by metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from tripleo_cli.domain.outliers.metrics import Kind

DEFAULTS: Final[Mapping[Kind, float]] = {
    Kind.CPU: 0.07,
    Kind.MEMORY: 0.07,
    Kind.DISK_SEQUENTIAL: 0.07,
    Kind.DISK_RANDOM: 0.08,
    Kind.NETWORK: 0.08,
    Kind.CPU_EFFICIENCY: 0.1,
    Kind.MEMORY_EFFICIENCY: 0.1,
}
"""Of the median. The original's upper tolerances were 7, 7, 10, 15 and 15 %; those
above 8 % would hide what is slow by 15 % among results that scatter by 3 %. Those of
efficiencies were 2 and 10 %: a ratio scatters as much as both of its parts, which the
results themselves are judged by more strictly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """Tolerances, relative to the median; ``by_pattern`` goes before ``by_kind``.

    Patterns are the shell's ("disk.*.standalone_*"), and the last that fits counts.
    """

    by_kind: Mapping[Kind, float] = field(default_factory=lambda: DEFAULTS)
    by_pattern: Mapping[str, float] = field(default_factory=dict)

    def of(self, metric: str, kind: Kind) -> float:
        """Give the tolerance for a metric."""
        given = [
            tolerance
            for pattern, tolerance in self.by_pattern.items()
            if fnmatchcase(metric, pattern)
        ]
        return given[-1] if given else self.by_kind[kind]
