"""How much of what CPUs do alone is left when all of them work together.

A machine whose CPUs are as fast as others' one by one, and slower together, is short
of power, cooling or memory channels. 1 is as fast together as alone; memory is far
below that, since CPUs share it, and like machines share it alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import Final

from tripleo_cli.domain.facts.values import HardwareFacts

SUFFIX: Final = "_efficiency"
"""How the names of these numbers end, after that of what was measured together."""
_ALONE: Final = re.compile(r"cpu\.logical_\d+\.(loops_per_sec|bandwidth_[0-9]+[KMG])")
_TOGETHER: Final = re.compile(
    r"cpu\.logical\.(?:threaded_|forked_)?(loops_per_sec|bandwidth_[0-9]+[KMG])"
)


def efficiencies(facts: HardwareFacts) -> dict[str, float]:
    """Compare what was measured with all CPUs to the sum of what each does alone.

    Where only some CPUs were measured alone (newer collectors measure one of each
    socket), all others are taken to be like them.

    Returns:
        Ratios by metric, such as ``cpu.logical.loops_per_sec_efficiency`` and
        ``cpu.logical.threaded_bandwidth_1M_efficiency``; none for what was not
        measured both ways.
    """
    alone: dict[str, list[float]] = defaultdict(list)
    together: list[tuple[str, str, float]] = []
    for metric, value in facts.benchmarks.items():
        job, is_alone = _job(metric)
        if is_alone:
            alone[job].append(value)
        elif job:
            together.append((metric, job, value))
    found = {}
    for metric, job, value in together:
        values = alone.get(job, ())
        expected = sum(values) * (facts.cpus or len(values))
        if expected > 0:
            found[f"{metric}{SUFFIX}"] = value * len(values) / expected
    return found


@lru_cache(maxsize=65536)
def _job(metric: str) -> tuple[str, bool]:
    """Say what was measured, and whether by one CPU alone; empty for other metrics.

    The names are the same in all machines, and there are hundreds of them in each.
    """
    if found := _ALONE.fullmatch(metric):
        return found[1], True
    shared = _TOGETHER.fullmatch(metric)
    return (shared[1] if shared else ""), False
