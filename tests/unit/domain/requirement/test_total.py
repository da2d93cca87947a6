"""What disks or network cards of a machine come to together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.inputs.document import Problems, parse_document
from tripleo_cli.inputs.requirements import parse_requirements

GIB_OF_A_GB = 1000**3 / 1024**3


def machine(*disks: tuple[float | None, bool | None]) -> HardwareFacts:
    """A machine with disks of these sizes (GB) that turn, do not, or nobody knows."""
    return HardwareFacts(
        disks=tuple(
            Disk(
                name=f"/dev/sd{index}",
                size_gib=None if size is None else size * GIB_OF_A_GB,
                is_rotational=turns,
            )
            for index, (size, turns) in enumerate(disks)
        )
    )


def reason(text: str, facts: HardwareFacts) -> str | None:
    problems = Problems("test")
    found = parse_requirements(problems, "requires", parse_document(text, source="x"))
    problems.check()
    assert found is not None
    said = found.reject(facts, {})
    assert found.judge()(facts, {}) is (said is None)
    return said


TURNING = "{total: disks.size_gb, where: {is_rotational: true}, %s}"


@pytest.mark.parametrize(
    ("limit", "disks", "expected"),
    [
        ("at_least: 30", [(10, True), (20, True)], None),
        (
            "at_least: 31",
            [(10, True), (20, True), (50, False)],
            "has 30 GB in 2 disks that are rotational, needs at least 31 GB together",
        ),
        (
            "above: 10",
            [(10, True)],
            "has 10 GB in 1 disk that is rotational, needs more than 10 GB together",
        ),
        (
            "at_least: 1",
            [],
            "has no disk that is rotational, needs at least 1 GB together",
        ),
        (
            "at_least: 20",
            [(10, True), (10, None), (None, True)],
            "has 10 GB in 2 disks that are rotational and 2 of which it is not known, "
            "needs at least 20 GB together",
        ),
        ("at_most: 20", [(10, True), (99, False)], None),
        ("at_most: 20", [], None),
        (
            "at_most: 20",
            [(10, True), (10, None)],
            "has 10 GB in 1 disk that is rotational and 1 of which it is not known, "
            "needs at most 20 GB together",
        ),
        (
            "below: 20",
            [(10, True), (None, True)],
            "has 10 GB in 2 disks that are rotational and 1 of which it is not known, "
            "needs less than 20 GB together",
        ),
    ],
)
def test_sizes_are_added_up(
    limit: str, disks: list[tuple[float | None, bool | None]], expected: str | None
) -> None:
    assert reason(TURNING % limit, machine(*disks)) == expected


def test_without_a_condition_all_count() -> None:
    text = "{total: disks.size_gb, between: [50, 70]}"

    assert reason(text, machine((20, True), (40, None))) is None
    assert reason(text, machine((20, True), (60, None))) == (
        "has 80 GB in 2 disks, needs at most 70 GB together"
    )


def test_memory_is_counted_for_each_cpu() -> None:
    text = "memory_gib_per_cpu: {at_least: 4}"

    assert reason(text, HardwareFacts(cpus=2, memory_mib=8192)) is None
    assert reason(text, HardwareFacts(cpus=4, memory_mib=8192)) == (
        "has 2 GiB of memory per CPU, needs at least 4 GiB"
    )
    assert reason(text, HardwareFacts(memory_mib=8192)) == (
        "has no known amount of memory per CPU, needs at least 4 GiB"
    )


sizes = st.one_of(st.none(), st.integers(1, 9))
disks = st.lists(st.tuples(sizes, st.sampled_from([True, False, None])), max_size=4)


@given(found=disks, limit=st.integers(0, 30))
def test_what_is_not_known_satisfies_nothing_and_neither_the_contrary(
    found: list[tuple[float | None, bool | None]], limit: int
) -> None:
    facts = machine(*found)

    enough = reason(TURNING % f"at_least: {limit}", facts) is None
    few = reason(TURNING % f"below: {limit}", facts) is None

    in_doubt = any(turns is None or (turns and not size) for size, turns in found)
    assert not (enough and few)
    assert (enough or few) or in_doubt
