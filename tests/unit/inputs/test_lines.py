"""The line of a YAML file on which something is wrong."""

from __future__ import annotations

import pytest

from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.inputs.lines import with_lines

TEXT = """\
a: &part
  x.y: 1
b:
  - *part
  - {c: 1,
     d: 2}
e: [1,
    2]
"""


def placed(where: str, text: str = TEXT) -> str:
    error = InvalidInputError("file", [Problem(where, "is wrong")])
    return with_lines(error, text).problems[0].where


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("a", "line 1: a"),
        ("a.x.y", "line 2: a.x.y"),
        ("b[0]", "line 1: b[0]"),  # where its anchor is
        ("b[1].d", "line 6: b[1].d"),
        ("e[1]", "line 8: e[1]"),
        ("b[0].x.y", "b[0].x.y"),
        ("b[2]", "b[2]"),
        ("", ""),
    ],
)
def test_where_it_is(where: str, expected: str) -> None:
    assert placed(where) == expected


@pytest.mark.parametrize("text", ["a: [", "", "&a [*a]"])
def test_texts_without_lines(text: str) -> None:
    assert placed("a", text) == "a"


def test_problems_come_in_the_order_of_lines() -> None:
    problems = [Problem(where, "is wrong") for where in ("gone", "e", "a")]

    sorted_ = with_lines(InvalidInputError("file", problems, hint="try"), TEXT)

    assert [problem.where for problem in sorted_.problems] == [
        "line 1: a",
        "line 7: e",
        "gone",
    ]
    assert (sorted_.source, sorted_.hint) == ("file", "try")
