"""What operators are told of steps."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.overcloud.outcome import (
    Account,
    CheckOutcome,
    PrepareOutcome,
    ResourceFailure,
    StepOutcome,
    StepState,
)
from tripleo_cli.domain.overcloud.step_report import (
    StepTime,
    check_failure,
    outcome_text,
    prepare_failure,
    previews,
    step_failure,
    summary,
)
from tripleo_cli.errors import Problem

FAILURE = ResourceFailure(
    resource="Exec[x]", message="cannot\n  do it", file="/step.pp", line=3
)


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (StepOutcome(step=1, state=StepState.APPLIED), "no changes"),
        (
            StepOutcome(step=1, state=StepState.APPLIED, changed=2, seconds=3.4),
            "2 changed, 3 s",
        ),
        (
            StepOutcome(step=1, state=StepState.FAILED, failed=1, skipped=4),
            "no changes, 1 failed, 4 skipped",
        ),
        (
            StepOutcome(step=1, state=StepState.PREVIEWED, changed=2),
            "would change 2",
        ),
    ],
)
def test_how_a_step_ended_in_short(outcome: StepOutcome, text: str) -> None:
    assert outcome_text(outcome) == text


def test_a_failure_names_resource_file_line_and_message() -> None:
    failures = (FAILURE, *(ResourceFailure(resource="", message="m") for _ in range(6)))
    outcome = StepOutcome(
        step=4,
        state=StepState.FAILED,
        failed=7,
        skipped=2,
        failures=failures,
        hint="make room",
    )

    lines = step_failure("c-0", outcome).splitlines()

    assert lines[0] == (
        "step 4 of c-0: failed: 7 resources failed, 2 skipped because of it"
    )
    assert lines[1:4] == ["  Exec[x] (/step.pp:3):", "    cannot", "        do it"]
    assert "  the manifest:" in lines
    assert lines[-2:] == ["  and 2 more", "  what to do: make room"]


def test_a_silent_node_says_why() -> None:
    outcome = StepOutcome(step=4, state=StepState.UNREACHABLE, reason="no route")

    assert step_failure("c-0", outcome) == "step 4 of c-0: unreachable: no route"


def test_a_failed_check_has_its_unit_and_the_last_lines() -> None:
    log = tuple(f"line {number}" for number in range(20))
    account = Account(unit="x", log=log, resource="Service[x] (/x.pp:3)")
    check = CheckOutcome(
        name="it runs", passed=False, detail="dead", account=account, seconds=30
    )

    lines = check_failure("c-0", 4, check).splitlines()

    assert lines[0] == (
        'step 4 of c-0: check "it runs" failed after 30 s (unit x): dead'
    )
    assert lines[1] == "  puppet's Service[x] (/x.pp:3)"
    assert lines[2:] == [f"    line {number}" for number in range(10, 20)]


def test_a_check_made_from_here_says_whose_unit_it_names() -> None:
    account = Account(unit="x", log=("gone",))
    check = CheckOutcome(name="a page", passed=False, account=account, told_by="c-1")

    lines = check_failure("x-api", 4, check).splitlines()

    assert lines[0].endswith('check "a page" failed (unit x on c-1): no detail')
    assert lines[1:] == ["    gone"]


def test_a_check_without_words_says_so() -> None:
    check = CheckOutcome(name="it runs", passed=False)

    assert check_failure("c-0", 4, check).endswith("failed: no detail")


def test_all_that_keeps_a_node_from_beginning_is_told() -> None:
    outcome = PrepareOutcome(problems=(Problem("clock", "is late"), Problem("a", "b")))

    text = prepare_failure("c-0", outcome)

    assert text == "c-0:\n  clock: is late\n  a: b"


def test_a_look_shows_the_difference_where_there_is_one() -> None:
    same = StepOutcome(step=4, state=StepState.PREVIEWED)
    other = StepOutcome(step=4, state=StepState.PREVIEWED, changed=1, diff="-a\n+b")

    assert list(previews({"c-0": same, "n-0": other})) == [
        "step 4 of c-0: would change 0",
        "step 4 of n-0: would change 1\n-a\n+b",
    ]


def test_the_summary_says_where_time_went() -> None:
    slowest = (("Exec[a]", 9.0), ("Exec[b]", 1.0))
    outcome = StepOutcome(step=3, state=StepState.APPLIED, changed=5, slowest=slowest)
    times = [
        StepTime(step=1, checking=2),
        StepTime(
            step=3,
            applying=20.4,
            registering=4,
            checking=3,
            outcomes={"c-0": outcome},
        ),
    ]

    assert list(summary(times, 12)) == [
        "nodes ready for their steps after 12 s",
        "step 3: applying 20 s (5 changes), registering services 4 s, checks 3 s; "
        "slowest: Exec[a] of c-0 9 s",
    ]
