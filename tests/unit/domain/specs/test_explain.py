"""A machine that does not match is told the first line that fails, and why."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given

from tests.unit.domain.specs.build import Row, facts, facts_of, rows, solved, spec_of
from tripleo_cli.domain.specs.explain import explain
from tripleo_cli.domain.specs.facts import index_facts

DATA = Path(__file__).parents[3] / "data"
HOST = index_facts(
    facts_of(json.loads((DATA / "facts" / "real-6-hosts.json").read_text())[0])
)
FINE: Row = ("disk", "$any", "size", "gt(4)")
SLOT: Row = ("disk", "$disk", "slot", "0")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (("memory", "banks", "count", "ge(24)"), "memory/banks/count is 16"),
        (
            ("memory", "total", "size", "ge(24)"),
            'no object "total" of memory/size (there are bank:0:0, bank:1:0)',
        ),
        (
            ("disk", "$d", "sise", "1"),
            'no key "sise" of disk (did you mean "size"?)',
        ),
        (
            ("dsk", "$d", "size", "1"),
            'no category "dsk" (did you mean "disk"?)',
        ),
        (
            ("disk", "$d", "size", "gt(1000)"),
            "disk/1I:1:1/size is 300, disk/1I:1:2/size is 300, disk/sda/size is 299 "
            "and 1 more",
        ),
        (
            ("disk", "regexp(^nvme)", "size", "gt(1)"),
            'no object "regexp(^nvme)" of disk/size (there are 1I:1:1, 1I:1:2, sda '
            "and 1 more)",
        ),
        (
            ("cpu", "logical", "$n", "$n"),
            "its variables differ within the line in cpu/logical/number",
        ),
    ],
)
def test_the_fact_that_comes_nearest_is_shown(line: Row, reason: str) -> None:
    refusal = explain(spec_of([FINE, line, line]), HOST)

    assert refusal.line
    assert refusal.line.number == 2
    assert refusal.reason == reason


@pytest.mark.parametrize(
    ("lines", "number", "reason"),
    [
        (
            [SLOT, FINE, ("disk", "$disk", "size", "299"), FINE],
            3,
            "cannot be met together with line 1: for $disk line 1 allows 1I:1:1, "
            "1I:1:2, line 3 allows sda, sdb",
        ),
        (
            [FINE, ("disk", "$a", "slot", "0"), SLOT, ("disk", "$c", "slot", "$s")],
            4,
            "cannot be met together with lines 2, 3: they need 3 facts, and only 2 fit "
            "any of them",
        ),
        (
            [
                row
                for name in "abc"
                for row in (
                    ("disk", f"${name}", "slot", "0"),
                    ("disk", f"${name}", "type", "SAS"),
                )
            ],
            5,
            "cannot be met together with lines 1, 3: they need 3 facts, and only 2 fit "
            "any of them",
        ),
        (
            [
                ("disk", "$disk", "size", "$x"),
                ("disk", "$disk", "rev", "4.68"),
                ("cpu", "physical_0", "cores", "$x"),
            ],
            3,
            "cannot be met together with line 1: for $x line 1 allows 300, 299, line 3 "
            "allows 8",
        ),
        (
            [
                ("disk", "$d", "model", "$m"),
                ("disk", "$d", "size", "$s"),
                ("disk", "$e", "size", "$s"),
                ("disk", "$e", "slot", "0"),
            ],
            4,
            "cannot be met together with lines 1, 2, 3: no choice of $d, $e, $s fits "
            "all",
        ),
    ],
)
def test_lines_that_cannot_be_met_together_are_named(
    lines: list[Row], number: int, reason: str
) -> None:
    refusal = explain(spec_of(lines), HOST)

    assert refusal.line
    assert (refusal.line.number, refusal.reason) == (number, reason)


def test_a_machine_without_facts_is_told_so() -> None:
    refusal = explain(spec_of([FINE]), index_facts(()))

    assert "never introspected" in refusal.reason


@given(rows, facts)
def test_the_first_line_that_fails_is_found(lines: list[Row], found: list[Row]) -> None:
    index = index_facts(facts_of(found))
    alone = [not index.fitting(line) for line in spec_of(lines).as_written]
    if solved(lines, found) or not found:
        return

    refusal = explain(spec_of(lines), index)

    assert refusal.line
    before = refusal.line.number - 1
    if any(alone):
        assert alone.index(True) == before
    else:
        assert solved(lines[:before], found)
        assert not solved(lines[: before + 1], found)
        assert set(named(refusal.reason)) <= set(range(1, before + 1))
        together = [*(lines[at - 1] for at in named(refusal.reason)), lines[before]]
        assert not solved(together, found)
        for left_out in range(len(together)):
            assert solved(together[:left_out] + together[left_out + 1 :], found)


def named(reason: str) -> list[int]:
    """Read which lines a reason names."""
    head, _, _ = reason.partition(":")
    return [int(number) for number in re.findall("[0-9]+", head)]
