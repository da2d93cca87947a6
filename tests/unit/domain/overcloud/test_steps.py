"""Who has which step to do, why, and when all have to stop."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.overcloud.outcome import (
    NodeRecord,
    StepOutcome,
    StepState,
    Target,
)
from tripleo_cli.domain.overcloud.steps import (
    Choice,
    Member,
    check_choice,
    chosen,
    due,
    fingerprint,
    percent,
    stops,
    to_repeat,
    why,
)
from tripleo_cli.errors import InvalidInputError

APPLIED, FAILED = StepState.APPLIED, StepState.FAILED


def a_member(
    name: str = "c-0",
    state: StepState | None = None,
    known: str = "h",
    *,
    tolerated: bool = False,
) -> Member:
    """A node that wants hash ``h`` in step 4, and knows another state and hash."""
    steps = {4: StepOutcome(step=4, state=state, hash=known)} if state else {}
    return Member(
        target=Target(name, "192.0.2.1"),
        role="Controller",
        hashes={4: "h"},
        record=NodeRecord(steps=steps),
        tolerated=tolerated,
    )


@pytest.mark.parametrize(
    ("member", "is_due"),
    [
        (a_member(), True),
        (a_member(state=APPLIED), False),
        (a_member(state=StepState.UNCHANGED), False),
        (a_member(state=APPLIED, known="other"), True),
        (a_member(state=FAILED), True),
        (a_member(state=StepState.RUNNING), True),
        (a_member(state=StepState.INTERRUPTED), True),
    ],
)
def test_a_step_is_due_where_it_is_not_done_as_it_is_wanted(
    member: Member, *, is_due: bool
) -> None:
    assert bool(due([member], 4, Choice())) is is_due
    assert due([member], 4, Choice(force=True)) == (member,)
    assert due([member], 4, Choice(is_check=True)) == (member,)
    assert due([member], 5, Choice(force=True)) == ()


@pytest.mark.parametrize(
    ("member", "changed", "reason"),
    [
        (a_member(), (), "not applied yet"),
        (a_member(state=APPLIED), (), "as it is"),
        (a_member(state=FAILED), ("X",), "failed before"),
        (a_member(state=FAILED, known="other"), ("X",), "X changed"),
        (a_member(state=FAILED, known="other"), (), "failed before"),
        (a_member(state=APPLIED, known="other"), (), "its configuration changed"),
        (
            a_member(state=APPLIED, known="other"),
            ("A", "B", "C", "D", "E"),
            "A, B, C and 2 more changed",
        ),
    ],
)
def test_why_a_node_has_a_step_to_do(
    member: Member, changed: tuple[str, ...], reason: str
) -> None:
    assert why(member, 4, changed, Choice()) == reason


def test_what_is_done_and_forced_was_asked_for() -> None:
    member = a_member(state=APPLIED)

    assert why(member, 4, (), Choice(force=True)) == "asked for again"


def test_a_node_that_is_needed_stops_all() -> None:
    members = [a_member("c-0"), a_member("n-0", tolerated=True)]

    assert stops(members, {"c-0"}, 100) == "c-0 failed"
    assert stops(members, set(), 0) is None


@pytest.mark.parametrize(
    ("failed", "tolerance", "is_stopped"),
    [(1, 100, False), (1, 25, False), (1, 24, True), (2, 49, True), (2, 50, False)],
)
def test_a_share_of_computes_may_fail(
    failed: int, tolerance: int, *, is_stopped: bool
) -> None:
    computes = [a_member(f"n-{number}", tolerated=True) for number in range(4)]
    lost = {f"n-{number}" for number in range(failed)}

    found = stops([a_member("c-0"), *computes], lost, tolerance)

    assert bool(found) is is_stopped


def test_when_nobody_is_left_it_is_over() -> None:
    assert stops([a_member(tolerated=True)], {"c-0"}, 100) == "no node is left"


def test_what_is_not_there_cannot_be_chosen() -> None:
    with pytest.raises(InvalidInputError) as told:
        check_choice({"c-0"}, Choice(step=9, limit=frozenset({"c-1"})))

    assert 'did you mean "c-0"' in str(told.value)
    assert "there are steps 1 to 5" in str(told.value)


def test_a_limit_leaves_the_others_out() -> None:
    members = [a_member("c-0"), a_member("c-1")]

    assert chosen(members, Choice(limit=frozenset({"c-1"}))) == (members[1],)
    assert chosen(members, Choice()) == tuple(members)


@pytest.mark.parametrize(
    ("choice", "is_whole"),
    [
        (Choice(), True),
        (Choice(force=True, tolerance=5), True),
        (Choice(step=4), False),
        (Choice(limit=frozenset({"x"})), False),
        (Choice(skipped_checks=frozenset({"x"})), False),
        (Choice(is_check=True), False),
    ],
)
def test_a_run_that_leaves_nothing_out_is_whole(
    choice: Choice, *, is_whole: bool
) -> None:
    assert choice.is_whole is is_whole


def test_the_first_step_that_does_not_hold_is_repeated_where_it_was_not() -> None:
    failing = [(4, ("c-0",)), (2, ("c-1", "c-0")), (2, ("c-1",))]

    assert to_repeat(failing, set()) == (2, ("c-0", "c-1"))
    assert to_repeat(failing, {("c-0", 2), ("c-1", 4)}) == (2, ("c-1",))
    assert to_repeat(failing, {("c-0", 2), ("c-1", 2)}) == (2, ())


def test_a_fingerprint_knows_nothing_of_order() -> None:
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})
    assert fingerprint({"a": "1"}) != fingerprint({"a": "2"})


@pytest.mark.parametrize(
    ("done", "total", "text"), [(0, 5, 0), (2, 3, 66), (0, 0, 100)]
)
def test_percents_are_rounded_down(done: int, total: int, text: int) -> None:
    assert percent(done, total) == text
