"""Median and MAD: what is usual, and how far from it is too far.

Half of the machines may be bad before either moves much; a mean and a standard
deviation move with a single one (docs/adr/0009-outliers.md). Deviations, scatter and
limits are relative to the median: 0.1 is 10 %.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Iterable
from typing import Final

CUT: Final = 3.5
"""How many robust standard deviations from the median are too many.

Source: B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, 1993.
"""
NORMAL: Final = 1.4826
"""MAD times this is the standard deviation of normally distributed values."""
FEWEST: Final = 3
"""With two machines, nobody can say which of them is the odd one."""
ENOUGH: Final = 10
"""From so many machines up, their own MAD says well enough how much they scatter."""
FARTHEST: Final = 1e6
"""What is farther from the median than this makes no more sense."""
STRETCH: Final = 1.5
"""How much scatter may stretch the tolerance where there are fewer than that: one bad
machine of three makes up a third of all there is to estimate scatter from."""
OF_THREE: Final = 0.6
"""What counts of the scatter of three. Their MAD is the distance of the closest two,
which are the good ones beside a bad one: 1.128 standard deviations, not 1 / 1.4826.
"""


def median(values: Iterable[float]) -> float:
    """Give the value in the middle; the sum of two may be too large for a number."""
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return ordered[half - 1] / 2 + ordered[half] / 2


def deviations(values: Collection[float]) -> list[float]:
    """Give each value's distance from their median, with its sign.

    Nothing is a percentage of zero: with that as the median, all other values count
    as 100 % away. None is farther than a number can say.
    """
    middle = median(values)
    if middle == 0:
        return [0.0 if value == 0 else math.copysign(1, value) for value in values]
    distances = ((value - middle) / abs(middle) for value in values)
    return [min(max(distance, -FARTHEST), FARTHEST) for distance in distances]


def scatter(distances: Iterable[float]) -> float:
    """Estimate the standard deviation from distances from the median."""
    sizes = [abs(distance) for distance in distances]
    return NORMAL * statistics.median(sizes) if sizes else 0.0


def is_unstable(distances: Collection[float], tolerance: float) -> bool:
    """Tell whether like machines scatter by more than is tolerated.

    One that is bad does not do that: half of them have to be apart.
    """
    return _own_scatter(distances) > tolerance


def limit(distances: Collection[float], shared: float, tolerance: float) -> float:
    """Say how far from the median is still usual.

    Args:
        distances: How far the machines that are compared are from their median.
        shared: How much metrics of that kind scatter in the whole fleet.
        tolerance: What is not worth telling, however alike the others are.
    """
    if len(distances) >= ENOUGH or is_unstable(distances, tolerance):
        return max(tolerance, CUT * _own_scatter(distances))
    return min(max(tolerance, CUT * shared), STRETCH * tolerance)


def _own_scatter(distances: Collection[float]) -> float:
    share = OF_THREE if len(distances) == FEWEST else 1
    return share * scatter(distances)


def shared_scatter(groups: Iterable[Collection[float]]) -> float:
    """Estimate how much results scatter in the usual group of a fleet."""
    known = [scatter(group) for group in groups if len(group) >= FEWEST]
    return statistics.median(known) if known else 0.0
