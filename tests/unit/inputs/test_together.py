from __future__ import annotations

import pytest

from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.inputs.together import Together


def test_all_that_is_wrong_is_told_at_once() -> None:
    together = Together()
    with together:
        raise InvalidInputError("a.yaml", [Problem("x", "is odd", "make it even")])
    with together:
        raise InvalidInputError("b.yaml", [Problem("", "is empty")], hint="fill it")

    with pytest.raises(InvalidInputError) as caught:
        together.check("two files")

    assert str(caught.value).splitlines() == [
        "two files: 2 problems:",
        "  a.yaml: x: is odd (make it even)",
        "  b.yaml: is empty",
    ]
    assert caught.value.hint == "fill it"


def test_a_single_error_stays_as_it_is() -> None:
    together = Together()
    error = InvalidInputError("a.yaml", [Problem("x", "is odd")])
    with together:
        raise error
    with together:
        """Read what is all right."""

    with pytest.raises(InvalidInputError) as caught:
        together.check("two files")

    assert caught.value is error


def test_nothing_wrong_says_nothing() -> None:
    together = Together()
    with together:
        """Read what is all right."""

    together.check("one file")


def test_other_errors_are_not_collected() -> None:
    together = Together()

    with pytest.raises(KeyError), together:
        raise KeyError("a defect of ours")
