"""Results that scatter: a verdict on the group, not on its machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_node
from tests.unit.domain.facts.samples import real_facts
from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.compare import compare
from tripleo_cli.domain.outliers.findings import Verdict
from tripleo_cli.domain.outliers.majority import majorities
from tripleo_cli.domain.outliers.survey import Survey, survey
from tripleo_cli.domain.outliers.tolerance import Tolerances

RANDOM_WRITES = (591, 975, 956, 469, 538, 878)
"""What six real machines with the same disks wrote."""
WRITE = "disk.sda.standalone_randwrite_4k_IOps"
READ = "disk.sda.standalone_randread_4k_IOps"
THREADED = "cpu.logical.threaded_bandwidth_2G"
SSD = Disk(name="/dev/sda", size_gib=447, is_rotational=False, model="M")
BOX = HardwareFacts(cpus=8, product="Box", disks=(SSD,))
REAL = [a_node(f"h{index}", facts=real_facts(index)) for index in range(6)]


def boxes(*results: Mapping[str, float]) -> list[Node]:
    return [
        a_node(f"n{index}", facts=replace(BOX, benchmarks=one))
        for index, one in enumerate(results)
    ]


def writing(values: Sequence[float]) -> list[Node]:
    return boxes(*({WRITE: value} for value in values))


def named(found: Survey, verdict: Verdict) -> list[str]:
    return sorted(all_[0].node.name for all_ in found.of(verdict).values())


def slow(nodes: Sequence[Node]) -> list[str]:
    return named(survey(nodes, Tolerances()), Verdict.SLOW)


def test_machines_that_scatter_are_unstable_together_and_none_is_odd() -> None:
    found = survey(writing(RANDOM_WRITES), Tolerances())

    [comparison] = found.unstable
    assert comparison.metric.endswith("standalone_randwrite_4k_IOps")
    assert found.findings == ()


def test_what_the_operator_tolerates_is_not_unstable() -> None:
    wide = Tolerances(by_pattern={"disk.*": 0.5})

    [comparison] = compare(writing(RANDOM_WRITES), wide).made

    assert not comparison.is_unstable


def test_far_beyond_the_scatter_a_machine_is_odd_all_the_same() -> None:
    nodes = writing([100, 110, 90, 112, 88, 10])

    [comparison] = compare(nodes, Tolerances()).made

    assert comparison.is_unstable
    assert [dot.node.name for dot in comparison.odd] == ["n5"]


@pytest.mark.parametrize("bad", [10, 60, 75])
def test_of_three_the_scatter_is_that_of_the_two_that_are_closest(bad: float) -> None:
    """As they would be if the third is bad: two good ones 6 % apart are stable."""
    [comparison] = compare(writing([100, 106, bad]), Tolerances()).made

    assert not comparison.is_unstable
    assert [dot.node.name for dot in comparison.odd] == ["n2"]


@pytest.mark.parametrize(
    ("value", "writes", "odd"),
    [
        (88, [100] * 6, ["n5"]),
        (88, RANDOM_WRITES, []),
        (70, RANDOM_WRITES, ["n5"]),
    ],
)
def test_one_result_beside_unstable_ones_has_to_be_farther_off(
    value: float, writes: Sequence[float], odd: Sequence[str]
) -> None:
    reads = [100, 100, 100, 100, 100, value]
    nodes = boxes(
        *({READ: r, WRITE: w} for r, w in zip(reads, writes, strict=True)),
    )

    assert slow(nodes) == odd


@given(st.lists(st.floats(1, 1000), min_size=3, max_size=12))
def test_the_slow_are_never_half_of_those_they_are_compared_with(
    values: list[float],
) -> None:
    [comparison] = compare(writing(values), Tolerances()).made

    count = Counter(dot.verdict for dot in comparison.dots)
    assert 2 * count[Verdict.SLOW] < len(values)
    assert 2 * count[Verdict.FITS] >= len(values)


def test_of_six_real_machines_one_has_too_little_memory_and_one_is_odd() -> None:
    """h0 has a quarter of the others' memory modules, and so of their bandwidth."""
    found = survey(REAL, Tolerances())

    assert named(found, Verdict.SLOW) == ["h0", "h5"]
    assert named(found, Verdict.FAST) == ["h0"]
    odd = {one.subject for one in found.findings if one.node.name == "h5"}
    assert odd == {THREADED, f"{THREADED}_efficiency"}
    unstable = [one.metric for one in found.unstable]
    assert [metric for metric in unstable if metric.startswith("disk.")] == [
        f"disk.LOGICAL VOLUME 278 GiB disk.{job}"
        for job in (
            "simultaneous_randwrite_4k_IOps",
            "simultaneous_write_1M_KBps",
            "standalone_randwrite_4k_IOps",
            "standalone_write_1M_KBps",
        )
    ]


def test_a_majority_is_told_by_the_group_that_would_lose_it() -> None:
    found = survey(REAL, Tolerances())

    few = majorities(found.comparisons, [node.id for node in REAL[:2]])
    [many] = majorities(found.comparisons, [node.id for node in REAL[:3]])

    assert few == ()
    assert [node.name for node in many.lost] == ["h0", "h1", "h2"]
    assert many.count == len(REAL)
