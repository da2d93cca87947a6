"""Strip plots: every node's result as a dot, on a scale of percent of the median."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tripleo_cli.domain.outliers.comparison import Comparison, Dot
from tripleo_cli.domain.outliers.findings import Verdict, in_words

WIDTH: Final = 640
HEIGHT: Final = 28
MARGIN: Final = 8
_LANES: Final = (0, -4, 4, -7, 7)
"""Where dots are put, off the middle line, so that they hide each other less."""
_NARROWEST: Final = 0.15
_WIDEST: Final = 1.0
_QUARTERS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A dot; ``verdict`` decides its shape, which no colour has to tell."""

    x: float
    y: float
    verdict: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One metric: its dots, the box of the middle half, and what is allowed."""

    part: str
    metric: str
    unit: str
    median: str
    scatter: str
    limit: str
    is_unstable: bool
    count: int
    middle: float
    box: tuple[float, float]
    allowed: tuple[float, float]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """All metrics of a kind of like machines, on one scale."""

    group: str
    kind: str
    count: int
    ticks: tuple[tuple[float, str], ...]
    strips: tuple[Strip, ...]
    slow: int
    fast: int


def blocks(comparisons: Sequence[Comparison]) -> tuple[Block, ...]:
    """Draw all comparisons; those with odd nodes first."""
    ordered = sorted(comparisons, key=lambda one: (one.group, one.kind.value))
    drawn = [
        _block(list(made))
        for _, made in groupby(ordered, key=lambda one: (one.group, one.kind))
    ]
    return tuple(sorted(drawn, key=lambda one: (-one.slow, -one.fast, one.group)))


def _block(made: Sequence[Comparison]) -> Block:
    reach = _reach(made)
    odd = [(dot.node.id, dot.verdict) for one in made for dot in one.odd]
    return Block(
        group=made[0].group,
        kind=made[0].kind.value,
        count=max(len(one.dots) for one in made),
        ticks=tuple(_ticks(reach)),
        strips=tuple(_strip(one, reach) for one in made),
        slow=len({node for node, verdict in odd if verdict is Verdict.SLOW}),
        fast=len({node for node, verdict in odd if verdict is Verdict.FAST}),
    )


def _reach(made: Sequence[Comparison]) -> float:
    """Say how far from the median the scale goes, to either side."""
    farthest = max(abs(dot.deviation) for one in made for dot in one.dots)
    widest_limit = max(one.limit for one in made)
    needed = max(farthest * 1.05, widest_limit * 1.2, _NARROWEST)
    return min(needed, _WIDEST)


def _place(deviation: float, reach: float) -> float:
    """Turn a deviation into a place; what is farther than the scale is at its end."""
    inside = min(max(deviation, -reach), reach)
    half = WIDTH / 2 - MARGIN
    return round(WIDTH / 2 + inside / reach * half, 1)


def _ticks(reach: float) -> Iterator[tuple[float, str]]:
    step = next(s for s in (0.05, 0.1, 0.25, 0.5) if reach / s <= _QUARTERS)
    for number in range(-int(reach / step), int(reach / step) + 1):
        yield _place(number * step, reach), f"{number * step:+.0%}" if number else "0"


def _strip(one: Comparison, reach: float) -> Strip:
    distances = [dot.deviation for dot in one.dots]
    part, _, metric = one.metric.partition(".")[2].rpartition(".")
    low, _, high = statistics.quantiles(distances, n=_QUARTERS, method="inclusive")
    return Strip(
        part=part,
        metric=metric,
        unit=unit(one.metric),
        median=in_words(one.median),
        scatter=f"{one.scatter:.1%}",
        limit=f"{one.limit:.0%}",
        is_unstable=one.is_unstable,
        count=len(one.dots),
        middle=_place(0, reach),
        box=(_place(low, reach), _place(high, reach)),
        allowed=(_place(-one.limit, reach), _place(one.limit, reach)),
        marks=tuple(_marks(one.dots, reach)),
    )


def _marks(dots: Sequence[Dot], reach: float) -> Iterator[Mark]:
    # Odd ones are drawn last, over the others.
    ordered = sorted(dots, key=lambda dot: dot.verdict is not Verdict.FITS)
    for index, dot in enumerate(ordered):
        reading, fits = dot.reading, dot.verdict is Verdict.FITS
        part = f" on {reading.part}" if reading.parts > 1 else ""
        name = dot.node.name or dot.node.id
        value = in_words(reading.value)
        yield Mark(
            x=_place(dot.deviation, reach),
            y=HEIGHT / 2 + (_LANES[index % len(_LANES)] if fits else 0),
            verdict=dot.verdict.value,
            title=f"{name}: {value} ({dot.deviation:+.0%}){part}",
        )


def unit(metric: str) -> str:
    """Read the unit off a metric's name, where it says one."""
    units = {"KBps": "KB/s", "IOps": "operations/s", "loops_per_sec": "loops/s"}
    for ending, meaning in units.items():
        if metric.endswith(ending):
            return meaning
    return "MB/s" if "bandwidth" in metric else ""
