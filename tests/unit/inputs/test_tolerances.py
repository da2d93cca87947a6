"""Tolerances on the command line."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.outliers.metrics import Kind
from tripleo_cli.domain.outliers.tolerance import DEFAULTS
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.tolerances import parse_tolerances


def test_kinds_and_metrics_have_tolerances_in_percent() -> None:
    given = parse_tolerances(["cpu=5", "disk.*.standalone_* = 12.5%"])

    assert given.of("cpu.logical.loops_per_sec", Kind.CPU) == 0.05
    metric = "disk.M 447 GiB SSD.standalone_read_1M_KBps"
    assert given.of(metric, Kind.DISK_SEQUENTIAL) == 0.125
    assert given.of("cpu.x.bandwidth_1M", Kind.MEMORY) == DEFAULTS[Kind.MEMORY]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cpu", "must be METRIC=PERCENT"),
        ("cpu=", "must be METRIC=PERCENT"),
        ("=5", "must be METRIC=PERCENT"),
        ("cpu=-5", "must be METRIC=PERCENT"),
        ("cpu=0", "more than 0"),
        ("cpu=1e3", "must be METRIC=PERCENT"),
        ("cpu=1001", "up to 1000"),
        ("memroy=5", 'did you mean "memory"'),
        ("bogus=5", "kinds are cpu, memory"),
    ],
)
def test_what_is_no_tolerance_is_told(text: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        parse_tolerances([text])


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_tolerances(["cpu=x", "memory=5", "disc=5"])

    assert len(caught.value.problems) == 2
