"""Ranges are expanded, step by step with each other."""

from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.domain.specs.ranges import (
    MAX_ENTRIES,
    TooManyError,
    generate,
    generate_by_name,
)


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("host8-10", ["host8", "host9", "host10"]),
        ("host08-10", ["host08", "host09", "host10"]),
        ("host3-1", ["host3", "host2", "host1"]),
        ("a1-2:7-8b", ["a1b", "a2b", "a7b", "a8b"]),
        ("10.0.1-2.8-9", ["10.0.1.8", "10.0.1.9", "10.0.2.8", "10.0.2.9"]),
        ("10.0.0.1-2:9", ["10.0.0.1", "10.0.0.2", "10.0.0.9"]),
        (["x", "y"], ["x", "y"]),
        ({"a": "n1-2", "b": 1}, [{"a": "n1", "b": 1}, {"a": "n2", "b": 1}]),
    ],
)
def test_a_range_gives_its_values(pattern: Any, values: list[Any]) -> None:
    assert [entry["key"] for entry in generate({"key": pattern})] == values


@pytest.mark.parametrize(
    "model", [{"a": "x"}, {"a": 1, "b": None}, {"a": "D7-H.1.0.0"}, {}]
)
def test_what_has_no_range_is_one_entry(model: dict[str, Any]) -> None:
    assert generate(model) == [model]


def test_the_shortest_range_says_how_many_there_are() -> None:
    assert generate({"ip": "10.0.0.1-9", "name": "n1-2", "gw": "10.0.0.254"}) == [
        {"ip": "10.0.0.1", "name": "n1", "gw": "10.0.0.254"},
        {"ip": "10.0.0.2", "name": "n2", "gw": "10.0.0.254"},
    ]


def test_only_marked_keys_are_expanded_where_there_are_any() -> None:
    assert generate({"date": "2014-2016", "=name": "n1-2"}) == [
        {"date": "2014-2016", "name": "n1"},
        {"date": "2014-2016", "name": "n2"},
    ]


def test_names_are_ranges_too_and_come_together() -> None:
    models: dict[str, dict[str, Any]] = {"a1-2": {"x": "1-2"}, "a2": {"y": 1}}

    assert generate_by_name(models) == {"a1": {"x": "1"}, "a2": {"x": "2", "y": 1}}


@pytest.mark.parametrize("pattern", ["10.0-255.0-255.0-255", "n1-999999999999"])
def test_a_slip_of_the_hand_does_not_fill_the_memory(pattern: str) -> None:
    with pytest.raises(TooManyError, match=str(MAX_ENTRIES)):
        generate({"ip": pattern})


def test_absurd_numbers_are_texts() -> None:
    number = "9" * 5000

    assert generate({"a": f"x{number}-{number}"}) == [{"a": f"x{number}-{number}"}]
