"""Requirements for tests that are about roles, not about facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tripleo_cli.domain.facts import HardwareFacts
from tripleo_cli.domain.requirement import Judge


@dataclass(frozen=True, slots=True)
class HalfTheMedian:
    """Wants a benchmark to be at least half of what is usual."""

    metric: str

    def reject(self, facts: HardwareFacts, medians: Mapping[str, float]) -> str | None:
        """Compare."""
        value, usual = facts.benchmarks[self.metric], medians.get(self.metric)
        if usual is None:
            return "has nobody to be compared with"
        return f"measured {value} of {usual}" if value < usual / 2 else None

    def judge(self) -> Judge:
        """Compare, without words."""
        return lambda facts, medians: self.reject(facts, medians) is None

    def describe(self, verb: str) -> str:
        """Say it."""
        return f"that {verb} fast in {self.metric}"

    def compared(self) -> frozenset[str]:
        """Name the metric."""
        return frozenset({self.metric})
