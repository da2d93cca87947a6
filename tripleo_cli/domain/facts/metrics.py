"""Which of the collector's facts are measurements, and how to read them.

The ``hardware`` collector measures with sysbench and fio; names and units are its
own: ``loops_per_sec``, ``bandwidth_1M`` (MB/s), ``standalone_read_1M_KBps``,
``simultaneous_randread_4k_IOps``. The card setting that it calls ``latency`` of a
network card is none of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

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
MEASURED_AREAS: Final = frozenset({"cpu", "disk", "memory", "network"})
KEY_PATTERN: Final = (
    r"bogomips|loops_per_sec|requests_per_sec"
    r"|(threaded_|forked_)?bandwidth(_[0-9]+[KMG])?"
    r"|(standalone|simultaneous)_(rand)?(read|write)_[0-9]+[kKM]_(KBps|IOps)"
)
_KEY: Final = re.compile(KEY_PATTERN)
USUAL_KEYS: Final = (
    "bogomips",
    "loops_per_sec",
    "bandwidth_1M",
    "threaded_bandwidth_1M",
    "forked_bandwidth_1M",
    *(
        f"{together}_{job}_{unit}"
        for together in ("standalone", "simultaneous")
        for job in ("read_1M", "randread_4k", "write_1M", "randwrite_4k")
        for unit in ("KBps", "IOps")
    ),
)
"""What the collector measures by default, for documentation and suggestions."""


def is_lower_better(metric: str) -> bool:
    """Whether a lower value of a dotted metric means a faster machine."""
    return metric.lower().endswith(("latency", "duration", "_lat", "_ms", "_us"))


def is_metric_pattern(pattern: str) -> bool:
    """Whether a pattern could name measurements: area, item, and what is measured.

    ``*`` stands for anything without a dot.
    """
    area, _, rest = pattern.partition(".")
    item, _, key = rest.rpartition(".")
    is_key = "*" in key or _KEY.fullmatch(key) is not None
    return area in MEASURED_AREAS and bool(item) and is_key


def expression_of(pattern: str) -> str:
    """Write a pattern of metrics as a regular expression."""
    return re.escape(pattern).replace(r"\*", "[^.]*")


@lru_cache(maxsize=65536)
def metric_name(area: object, item: object, key: object) -> str:
    """Name a measurement, the same text for all machines; empty for other facts."""
    is_measured = (
        area in MEASURED_AREAS and isinstance(key, str) and key.startswith(MEASURED)
    )
    return f"{area}.{item}.{key}" if is_measured else ""
