"""Which of the collector's facts are measurements, and how to read them.

The ``hardware`` collector measures with sysbench and fio; names and units are its
own: ``loops_per_sec``, ``bandwidth_1M`` (MB/s), ``standalone_read_1M_KBps``,
``simultaneous_randread_4k_IOps``. The card setting that it calls ``latency`` of a
network card is none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tripleo_cli.domain.facts.plain import number

MEASURED: Final = (
    "bogomips",
    "loops_per_sec",
    "bandwidth",
    "threaded_bandwidth_",
    "forked_bandwidth_",
    "standalone_",
    "simultaneous_",
    "requests_per_sec",
)
"""How the names of measurements begin."""
_AREAS: Final = frozenset({"cpu", "disk", "memory", "network"})
Quadruple = tuple[str, str, str, object]


def is_lower_better(metric: str) -> bool:
    """Whether a lower value of a dotted metric means a faster machine."""
    return metric.lower().endswith(("latency", "duration", "_lat", "_ms", "_us"))


def benchmarks_from(facts: Iterable[Quadruple]) -> Mapping[str, float]:
    """Pick the measurements out of a collector's facts, by dotted name."""
    found = {}
    for area, item, key, value in facts:
        if key.startswith(MEASURED) and area in _AREAS:
            measured = number(value)
            if measured is not None:
                found[f"{area}.{item}.{key}"] = measured
    return found
