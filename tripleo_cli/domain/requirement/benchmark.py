"""How fast a machine is, by itself or compared with those like it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Protocol

from tripleo_cli.domain.facts import is_lower_better
from tripleo_cli.domain.facts.metrics import expression_of
from tripleo_cli.domain.facts.units import number_text
from tripleo_cli.domain.requirement.check import Bound
from tripleo_cli.domain.requirement.condition import Medians
from tripleo_cli.domain.requirement.requirement import Judge

_PERCENT: Final = 100


class Measure(Protocol):
    """Judges one measured value; frozen."""

    @property
    def phrase(self) -> str:
        """The measure in words that follow the metric."""

    def against(self, metric: str, value: float, medians: Medians) -> str | None:
        """Give ``None`` or the reason against the value of a metric."""

    def negated(self) -> Measure:
        """Give the measure that other values pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The value is on one side of a limit."""

    bound: Bound

    @property
    def phrase(self) -> str:
        """Say it: "of at least 500"."""
        return f"of {self.bound.phrase}"

    def against(self, metric: str, value: float, medians: Medians) -> str | None:
        """Compare with the limit."""
        del medians
        if self.bound.test()(value):
            return None
        return f"measured {number_text(value)} in {metric}, needs {self.bound.phrase}"

    def negated(self) -> Limit:
        """Take the other side."""
        return Limit(bound=self.bound.negated())


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMedian:
    """The value is within some percent of the median of the machines like it.

    With ``is_faster_fine`` only what is slower than that is refused. A metric that
    has no median satisfies nothing.
    """

    percent: float
    is_faster_fine: bool = False
    is_wanted: bool = True

    @property
    def phrase(self) -> str:
        """Say it: "at most 15 % slower than the median"."""
        limit = f"{'at most' if self.is_wanted else 'more than'} {self._percent}"
        way = "slower than" if self.is_faster_fine else "away from"
        return f"{limit} {way} the median"

    def against(self, metric: str, value: float, medians: Medians) -> str | None:
        """Compare with the median."""
        median = medians.get(metric)
        if not median:
            return f"has no median of {metric} to compare with"
        behind = (median - value) / abs(median) * _PERCENT
        if is_lower_better(metric):
            behind = -behind
        is_near = (behind if self.is_faster_fine else abs(behind)) <= self.percent
        if is_near is self.is_wanted:
            return None
        distance = _distance(value, median)
        return f"measured {number_text(value)} in {metric}, {distance}, {self._need()}"

    def negated(self) -> NearMedian:
        """Ask for values further away."""
        return replace(self, is_wanted=not self.is_wanted)

    @property
    def _percent(self) -> str:
        return f"{number_text(self.percent)} %"

    def _need(self) -> str:
        limit = f"{'at most' if self.is_wanted else 'more than'} {self._percent}"
        return f"needs {limit} {'slower' if self.is_faster_fine else 'away'}"


def _distance(value: float, median: float) -> str:
    percent = number_text(abs(value - median) / abs(median) * _PERCENT)
    side = "below" if value < median else "above"
    return f"{percent} % {side} the median {number_text(median)} of machines like it"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkTest:
    """All metrics that a pattern names were measured and pass.

    ``*`` in the pattern stands for anything without a dot. For the contrary
    (``is_every`` false) it is enough that one does.
    """

    pattern: str
    measure: Measure
    is_every: bool = True

    def judge(self) -> Judge:
        """Judge every metric."""
        return lambda owner, medians: self.reject(owner, medians) is None

    def reject(self, owner: Any, medians: Medians) -> str | None:
        """Give the reason against the first metric that does not pass."""
        measured: Mapping[str, float] = owner.benchmarks
        metrics = metrics_named(self.pattern, measured)
        if not metrics:
            return f"has no benchmark {self.pattern}"
        first = None
        for metric in metrics:
            reason = self.measure.against(metric, measured[metric], medians)
            if reason is None and not self.is_every:
                return None
            first = first or reason
            if first and self.is_every:
                return first
        return first

    def describe(self, verb: str) -> str:
        """Say it of a machine."""
        del verb
        return f"with {self.pattern} {self.measure.phrase}"

    def compared(self) -> frozenset[str]:
        """Name the pattern if it is compared with medians."""
        is_near = isinstance(self.measure, NearMedian)
        return frozenset((self.pattern,) if is_near else ())

    def negated(self) -> BenchmarkTest:
        """Ask that one of them does not pass."""
        return replace(self, measure=self.measure.negated(), is_every=not self.is_every)


def metrics_named(pattern: str, measured: Mapping[str, float]) -> tuple[str, ...]:
    """List the metrics that a pattern names."""
    if "*" not in pattern:
        return (pattern,) if pattern in measured else ()
    # Like machines have like metrics: few different sets of names in any fleet.
    return _named(pattern, tuple(measured))


@lru_cache(maxsize=1024)
def _named(pattern: str, metrics: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(re.compile(expression_of(pattern)).fullmatch, metrics))
