"""Regular expressions of operators are read like Python's, and stopped in time."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.expression import ExpressionFlawError, expression
from tripleo_cli.errors import TripleoError


@pytest.mark.parametrize(
    ("text", "subject", "is_found"),
    [
        ("^ProLiant", "ProLiant DL360", True),
        ("^ProLiant", "HP ProLiant", False),
        (r"sd[a-c]\b", "disk sdb", True),
        ("(a+)+$", "a" * 40 + "b", False),
    ],
)
def test_it_is_found_anywhere(text: str, subject: str, *, is_found: bool) -> None:
    assert expression(text).found_in(subject) is is_found


@pytest.mark.parametrize("text", ["(", "[a", "a**", "(?P<x", "(?<=a+"])
def test_what_is_no_expression_is_said_with_its_place(text: str) -> None:
    with pytest.raises(ExpressionFlawError) as caught:
        expression(text)

    assert caught.value.reason
    assert 0 <= caught.value.position <= len(text)


def test_an_expression_that_takes_for_ever_is_stopped() -> None:
    slow = expression("^(a|a)*$")
    subject = "a" * 40 + "b"

    with pytest.raises(TripleoError, match=r"takes longer than .* \"aaa") as caught:
        slow.found_in(subject)

    assert "repetition" in str(caught.value.hint)
