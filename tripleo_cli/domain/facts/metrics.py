"""Which of the collector's facts are measurements, and how to read them."""

from __future__ import annotations


def is_lower_better(metric: str) -> bool:
    """Whether a lower value of a dotted metric means a faster machine."""
    return metric.rpartition(".")[2].lower().startswith(("latency", "duration"))
