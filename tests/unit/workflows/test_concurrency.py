"""The same work for many: bounded, and no failure hides another."""

from __future__ import annotations

import threading

import pytest

from tripleo_cli.domain.events import Event, Failed
from tripleo_cli.errors import PartialFailureError, ServiceError
from tripleo_cli.workflows.concurrency import StoppedError, each, require_all


def half(number: int) -> int:
    if number % 2:
        raise ServiceError(f"{number} is odd")
    return number // 2


def test_every_subject_has_an_outcome_in_order() -> None:
    outcomes = each(range(50), half, concurrency=7)

    assert [outcome.subject for outcome in outcomes] == list(range(50))
    assert [o.result for o in outcomes if not o.error] == list(range(25))
    assert [str(o.error) for o in outcomes if o.error][:2] == ["1 is odd", "3 is odd"]


def test_nothing_to_do_is_no_work() -> None:
    assert each([], half) == []


def test_no_more_than_wanted_at_a_time() -> None:
    lock, at_work, most = threading.Lock(), 0, 0
    together = threading.Barrier(3)

    def work(_: int) -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        together.wait(10)
        with lock:
            at_work -= 1

    each(range(9), work, concurrency=3)

    assert most == 3


def test_some_failures_are_all_told_and_end_it() -> None:
    events: list[Event] = []
    error = ServiceError("no")

    with pytest.raises(PartialFailureError) as told:
        require_all("t", [("a", None), ("b", error)], events.append, "are not tagged")

    assert str(told.value) == "1 of 2 nodes are not tagged:\n  b: no"
    assert events == [Failed("t", "b", "no")]


def test_no_failure_is_nothing_to_tell() -> None:
    events: list[Event] = []

    require_all("t", [("a", None)], events.append, "are not tagged")

    assert not events


def test_a_bug_ends_all() -> None:
    with pytest.raises(ZeroDivisionError):
        each([1, 0, 2], lambda number: 1 // number, concurrency=1)


def test_ctrl_c_lets_what_is_under_way_end_and_counts_the_rest() -> None:
    ended: list[int] = []

    def work(number: int) -> None:
        if number == 1:
            raise KeyboardInterrupt
        ended.append(number)

    with pytest.raises(StoppedError, match="of 100 were begun"):
        each(range(100), work, concurrency=1)

    assert ended[0] == 0
    assert len(ended) < 100
