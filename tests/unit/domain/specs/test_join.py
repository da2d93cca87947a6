"""Joining finds a way exactly where there is one, and always the same."""

from __future__ import annotations

import json
import random
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.specs.build import (
    Row,
    facts,
    facts_of,
    rows,
    solved,
    spec_of,
    variables,
)
from tripleo_cli.domain.specs.facts import binding, index_facts, meets
from tripleo_cli.domain.specs.join import IntractableError, Solution, solve
from tripleo_cli.domain.specs.spec import Fact, Spec
from tripleo_cli.domain.specs.table import make_table

DATA = Path(__file__).parents[3] / "data"
HOSTS = json.loads((DATA / "facts" / "real-6-hosts.json").read_text())


def agrees(spec: Spec, chosen: tuple[Fact, ...]) -> bool:
    """The definition: each line is met, and a variable stands for one text."""
    bound: dict[str, str] = {}
    for line, fact in zip(spec.lines, chosen, strict=True):
        if not meets(fact, line):
            return False
        for name, text in binding(fact, line).items():
            if bound.setdefault(name, text) != text:
                return False
    return True


def is_possible(spec: Spec, all_facts: tuple[Fact, ...]) -> bool:
    """Try everything."""
    chosen = permutations(all_facts, len(spec.lines))
    return any(agrees(spec, one) for one in chosen)


@given(rows, facts)
def test_there_is_a_match_exactly_when_trying_everything_finds_one(
    lines: list[Row], found: list[Row]
) -> None:
    spec, all_facts = spec_of(lines), facts_of(found)

    solution = solve(make_table(spec.lines, index_facts(all_facts)))

    assert (solution is not None) == is_possible(spec, all_facts)
    if solution:
        assert agrees(spec, solution.facts)
        left = list(all_facts)
        for fact in solution.facts:
            left.remove(fact)


@given(rows, facts, st.randoms(use_true_random=False))
def test_the_order_of_lines_makes_no_difference(
    lines: list[Row], found: list[Row], dice: random.Random
) -> None:
    expected = solved(lines, found)

    dice.shuffle(lines)

    assert solved(lines, found) == expected


def test_the_order_of_lines_makes_no_difference_on_a_real_machine() -> None:
    lines: list[Row] = [
        ("disk", "$disk1", "size", "gt(200)"),
        ("disk", "$disk2", "size", "$size=gt(200)"),
        ("disk", "$disk2", "standalone_randread_4k_IOps", "gt(395)"),
        ("network", "$nic1", "serial", "$$mac"),
        ("network", "$nic1", "ipv4", "network(10.29.99.0/24)"),
        ("network", "$nic2", "link", "yes"),
        ("cpu", "$core", "loops_per_sec", "$loops=ge(458)"),
        ("cpu", "$core", "bandwidth_1M", "gt(8900)"),
    ]
    expected = {
        "core": "logical_5",
        "disk1": "1I:1:1",
        "disk2": "sda",
        "loops": "458",
        "mac": "9c:b6:54:88:2d:b0",
        "nic1": "eth0",
        "nic2": "eth0",  # its line is met by another fact of the same card
        "size": "299",
    }

    for seed in range(20):
        random.Random(seed).shuffle(lines)  # noqa: S311 - an order of lines
        assert variables(lines, HOSTS[0]) == expected


def test_a_fact_serves_one_line_only() -> None:
    found = [("disk", "sda", "size", "8"), ("disk", "sdb", "size", "8")]
    line = ("disk", "$a", "size", "8")

    assert solved([line], found)
    assert solved([line, line], found) is None
    assert solved([("disk", "sda", "size", "8")] * 2, found) is None
    assert solved([("disk", "$a", "size", "8"), ("disk", "$b", "size", "8")], found)


def test_earlier_facts_go_to_the_first_variables() -> None:
    found = [("disk", f"sd{at}", "size", "8") for at in "abcdefghijkl"]
    lines = [("disk", f"$disk{number}", "size", "8") for number in range(12, 0, -1)]

    answer = variables(lines, found)

    assert answer == {f"disk{n}": f"sd{at}" for n, at in enumerate("abcdefghijkl", 1)}
    assert list(answer) == [f"disk{n}" for n in range(1, 13)]


def test_whole_numbers_and_texts_of_one_look_are_equal() -> None:
    assert solved(
        [("memory", "banks", "count", 16)], [("memory", "banks", "count", 16)]
    )
    assert solved([("memory", "banks", "count", "16")], HOSTS[0])


def disks(count: int) -> list[Row]:
    return [
        ("disk", f"sd{number}", key, value)
        for number in range(count)
        for key, value in (("size", "1000"), ("vendor", "A"), ("rotational", "1"))
    ]


def wanted(count: int) -> list[Row]:
    return [
        ("disk", f"$disk{number}", key, value)
        for number in range(count)
        for key, value in (("size", "ge(1000)"), ("vendor", "A"), ("rotational", "1"))
    ]


@pytest.mark.parametrize("count", [8, 24, 60])
def test_one_disk_too_few_is_seen_at_once(count: int) -> None:
    # Trying would take a time that grows with the factorial of the count.
    assert solved(wanted(count), disks(count - 1)) is None
    assert solved(wanted(count), disks(count))


def test_there_is_no_limit_to_how_deep_a_match_is_searched() -> None:
    # The reference implementation gives up after 50 steps back.
    lines = [row for row in wanted(100) if row[2] != "rotational"]

    assert solved(lines, disks(100))


def test_a_spec_that_is_too_hard_is_stopped() -> None:
    dice = random.Random(1)  # noqa: S311 - an order of lines
    links = [
        ("link", str(one), str(other), "up")
        for pair in combinations(range(60), 2)
        if dice.random() < 0.5
        for one, other in (pair, pair[::-1])
    ]
    clique = [("link", f"$a{i}", f"$a{j}", "up") for i, j in combinations(range(14), 2)]
    table = make_table(spec_of(clique).lines, index_facts(facts_of(links)))

    with pytest.raises(
        IntractableError, match=r"choose \$a0, \$a1, .* \$a13"
    ) as caught:
        solve(table, max_steps=20_000)

    assert caught.value.variables == tuple(f"a{number}" for number in range(14))
    assert caught.value.hint


def test_given_variables_are_held() -> None:
    lines = [("disk", "$disk", "size", "$size")]
    found = facts_of([("disk", "sda", "size", "8"), ("disk", "sdb", "size", "9")])
    table = make_table(spec_of(lines).lines, index_facts(found))

    assert solve(table, {"size": "9"}) == Solution(
        facts=(("disk", "sdb", "size", "9"),), variables={"disk": "sdb", "size": "9"}
    )
    assert solve(table, {"size": "10"}) is None


def test_a_spec_without_lines_fits_every_machine() -> None:
    assert variables([], HOSTS[0]) == {}
