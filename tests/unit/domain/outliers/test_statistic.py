"""Median and MAD, and what the original's mean and sigma could not see."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.outliers.statistic import (
    CUT,
    ENOUGH,
    FARTHEST,
    STRETCH,
    deviations,
    limit,
    median,
    scatter,
    shared_scatter,
)

LIKELY = st.floats(min_value=1, max_value=1e6)


@pytest.mark.parametrize(
    "values", [[1e308] * 4, [1, 1, 1e308], [-1e308, 1e308, 1e308], [1e-320, 1e-320, 1]]
)
def test_results_without_sense_have_distances(values: list[float]) -> None:
    distances = deviations(values)

    assert all(math.isfinite(distance) for distance in distances)
    assert max(map(abs, distances)) <= FARTHEST


@given(st.lists(LIKELY, min_size=1))
def test_the_median_is_that_of_everybody_else(values: list[float]) -> None:
    assert median(values) == pytest.approx(statistics.median(values))


def original(values: list[float]) -> list[float]:
    """List what the original flags: beyond mean ± 2 sigma, of the sample."""
    mean, sigma = statistics.mean(values), statistics.stdev(values)
    return [value for value in values if abs(value - mean) > 2 * sigma]


def ours(values: list[float], tolerance: float = 0.07) -> list[float]:
    distances = deviations(values)
    allowed = limit(distances, shared_scatter([distances]), tolerance)
    return [v for v, d in zip(values, distances, strict=True) if abs(d) > allowed]


@given(good=st.floats(min_value=1, max_value=1e6), bad=st.floats(0, 1e9))
def test_of_five_machines_the_original_flags_none_however_bad(
    good: float, bad: float
) -> None:
    """With sample sigma, nothing is farther than (n-1)/sqrt(n) = 1.79 of them."""
    assert original([good, good * 1.01, good * 0.99, good, bad]) == []


@pytest.mark.parametrize("count", [3, 4, 5])
def test_a_machine_at_a_tenth_of_the_speed_is_found_among_few(count: int) -> None:
    values = [*[100.0, 101.0, 99.0, 100.5][: count - 1], 10.0]

    assert original(values) == []
    assert ours(values) == [10.0]


def test_a_bad_machine_does_not_hide_another() -> None:
    values = [100.0, 101, 99, 100, 101, 99, 1.0, 84.0]

    assert original(values) == [1.0]
    assert ours(values) == [1.0, 84.0]


def test_noise_among_machines_that_are_nearly_the_same_is_not_told() -> None:
    assert ours([1000.0] * 11 + [1001.0, 990.0, 940.0]) == []
    assert ours([1000.0] * 11 + [929.0]) == [929.0]


def test_results_that_scatter_much_need_a_larger_deviation() -> None:
    values = [80.0, 85, 90, 95, 98, 100, 102, 105, 110, 115, 120]

    assert ours([*values, 70.0]) == []
    assert ours([*values, 20.0]) == [20.0]


def test_few_machines_cannot_stretch_the_tolerance_far() -> None:
    assert limit([0.0] * (ENOUGH - 1), shared=1.0, tolerance=0.1) == STRETCH * 0.1
    assert limit([0.0] * (ENOUGH - 1), shared=0.0, tolerance=0.1) == 0.1
    noisy = [0.2, -0.2] * (ENOUGH // 2)
    assert limit(noisy, shared=0, tolerance=0.1) == CUT * scatter(noisy)


def test_a_median_of_zero_leaves_nothing_to_be_a_percentage_of() -> None:
    assert deviations([0, 0, 5, -1, 0]) == [0, 0, 1, -1, 0]


def test_deviations_of_negative_results_keep_their_side() -> None:
    assert deviations([-10, -20, -5]) == [0, -1, 0.5]


def test_scatter_is_the_usual_groups_and_of_three_or_more() -> None:
    groups = [[0.0, 0.01, -0.01], [0.0, 0.5], [0.0, 0.02, -0.02], [0.0, 0.9, -0.9]]

    assert shared_scatter(groups) == pytest.approx(0.02 * 1.4826)
    assert shared_scatter([]) == 0
    assert scatter([]) == 0


@given(st.lists(LIKELY, min_size=3, max_size=30), st.floats(0.01, 100))
def test_the_unit_does_not_matter(values: list[float], factor: float) -> None:
    assert deviations([v * factor for v in values]) == pytest.approx(
        deviations(values), abs=1e-6, rel=1e-6
    )
