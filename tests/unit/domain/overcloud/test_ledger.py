"""The table of steps: what it takes over from nodes, and what it keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tripleo_cli.domain.overcloud.bundle import Bundle, BundleStep
from tripleo_cli.domain.overcloud.ledger import (
    Ledger,
    Row,
    changed_keys,
    digests,
    ledger_from_json,
    ledger_to_json,
)
from tripleo_cli.domain.overcloud.outcome import NodeRecord, StepOutcome, StepState

PLACES = [("c-0", "Controller", 1), ("c-0", "Controller", 2), ("n-0", "Compute", 1)]
DONE = StepOutcome(
    step=1,
    state=StepState.APPLIED,
    hash="h1",
    changed=3,
    seconds=7.5,
    finished_at="2026-11-23T07:00:00+00:00",
)


def a_ledger(**states: str) -> Ledger:
    """Rows by node (``c0``), each with the state of its only step."""
    rows = (
        Row(hostname=name, role="Compute", step=1, state=state)
        for name, state in states.items()
    )
    return Ledger(rows=tuple(rows))


def row_of(ledger: Ledger, hostname: str, step: int) -> Row:
    row = ledger.row(hostname, step)
    assert row
    return row


def test_there_is_a_row_for_each_step_of_each_node_and_no_other() -> None:
    before = a_ledger(gone="applied").with_passed(1, "print")
    before = replace(before, seen={"gone": {}, "c-0": {"key": "digest"}})

    ledger = before.for_nodes(PLACES)

    assert [(r.hostname, r.role, r.step) for r in ledger.rows] == PLACES
    assert {row.state for row in ledger.rows} == {"waiting"}
    assert ledger.seen == {"c-0": {"key": "digest"}}
    assert ledger.passed == {1: "print"}


def test_what_is_known_of_a_step_stays_when_nodes_come() -> None:
    ledger = Ledger().for_nodes(PLACES).with_outcome("c-0", DONE)

    more = ledger.for_nodes([*PLACES, ("n-1", "Compute", 1)])

    assert row_of(more, "c-0", 1) == row_of(ledger, "c-0", 1)
    assert row_of(more, "n-1", 1).state == "waiting"


def test_an_outcome_has_its_numbers() -> None:
    ledger = Ledger().for_nodes(PLACES).with_outcome("c-0", DONE)

    row = row_of(ledger, "c-0", 1)
    assert (row.state, row.changed, row.seconds) == ("applied", 3, 7.5)
    assert row.finished_at == DONE.finished_at


def test_a_step_that_is_done_again_has_to_pass_its_checks_again() -> None:
    ledger = Ledger().for_nodes(PLACES).with_outcome("c-0", DONE)
    ledger = ledger.with_checks(1, ["c-0"], passed=True)

    same = ledger.with_outcome("c-0", DONE)
    later = replace(DONE, finished_at="2026-11-23T08:00:00+00:00")
    again = ledger.with_outcome("c-0", later)

    assert row_of(same, "c-0", 1).checks == "passed"
    assert row_of(again, "c-0", 1).checks == ""


def test_a_step_that_was_not_needed_keeps_what_it_once_took() -> None:
    ledger = Ledger().for_nodes(PLACES).with_outcome("c-0", DONE)
    nothing = StepOutcome(step=1, state=StepState.UNCHANGED)

    row = row_of(ledger.with_outcome("c-0", nothing), "c-0", 1)

    assert (row.state, row.changed, row.seconds) == ("unchanged", 3, 7.5)


def test_a_node_that_is_not_in_the_table_does_not_come_into_it() -> None:
    ledger = Ledger().for_nodes(PLACES)

    assert ledger.with_outcome("stranger", DONE) == ledger
    assert ledger.with_checks(1, ["stranger"], passed=True) == ledger


def test_what_a_node_has_done_in_another_form_is_outdated() -> None:
    record = NodeRecord(steps={1: DONE})

    fresh = Ledger().for_nodes(PLACES).with_record("c-0", record, {1: "h1"})
    stale = Ledger().for_nodes(PLACES).with_record("c-0", record, {1: "h2"})

    assert row_of(fresh, "c-0", 1).state == "applied"
    assert row_of(stale, "c-0", 1).state == "outdated"


def test_a_failure_in_another_form_is_a_failure() -> None:
    record = NodeRecord(steps={1: replace(DONE, state=StepState.FAILED)})

    ledger = Ledger().for_nodes(PLACES).with_record("c-0", record, {1: "h2"})

    assert row_of(ledger, "c-0", 1).state == "failed"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], ""),
        ([("applied", "passed"), ("unchanged", "passed")], "2/2"),
        ([("applied", "passed"), ("waiting", "")], "1/2"),
        (
            [("applied", "passed"), ("failed", ""), ("waiting", "")],
            "1/3, step 2 failed",
        ),
        ([("applied", "passed"), ("outdated", "")], "1/2, step 2 outdated"),
        ([("applied", "failed"), ("waiting", "")], "1/2, checks of step 1 failed"),
    ],
)
def test_how_far_a_node_is_in_short(rows: list[tuple[str, str]], text: str) -> None:
    made = (
        Row(hostname="c-0", role="Controller", step=step, state=state, checks=checks)
        for step, (state, checks) in enumerate(rows, 1)
    )
    other = Row(hostname="n-0", role="Compute", step=1, state="failed")

    assert Ledger(rows=(*made, other)).standing("c-0") == text


def test_a_ledger_is_written_and_read_again() -> None:
    ledger = Ledger().for_nodes(PLACES).with_outcome("c-0", DONE).with_passed(1, "p")
    ledger = replace(ledger, seen={"c-0": {"key": "digest"}})

    assert ledger_from_json(ledger_to_json(ledger)) == ledger


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        '{"format": 99}',
        '{"format": 1}',
        '{"format": 1, "rows": [{"x": 1}], "passed": {}, "seen": {}}',
        '{"format": 1, "rows": [], "passed": {"one": "x"}, "seen": {}}',
    ],
)
def test_a_damaged_ledger_is_a_lost_one(text: str | None) -> None:
    assert ledger_from_json(text) == Ledger()


def a_bundle(manifest: str = "notice('x')", **hiera: dict[str, Any]) -> Bundle:
    return Bundle(
        hostname="c-0",
        role="Controller",
        address="192.0.2.1",
        hiera=hiera,
        steps={4: BundleStep(hash="h", manifest=manifest)},
    )


def test_digests_tell_what_changed_and_no_secret() -> None:
    before = digests(a_bundle(passwords={"GlancePassword": "s3cret"}))
    after = digests(a_bundle("notice('y')", passwords={"GlancePassword": "new"}))

    assert changed_keys(before, after) == (
        "GlancePassword",
        "the manifest of step 4",
    )
    assert "s3cret" not in json.dumps(before)


def test_of_a_key_in_two_layers_the_first_one_counts() -> None:
    one = digests(a_bundle(role={"x": 1}, all_nodes={"x": 2}))
    other = digests(a_bundle(role={"x": 1}, all_nodes={"x": 3}))

    assert changed_keys(one, other) == ()


def test_parameters_are_named_before_what_follows_from_them() -> None:
    before = {"glance::api::workers": "1", "GlanceWorkers": "1", "gone": "1"}
    after = {"glance::api::workers": "2", "GlanceWorkers": "2", "new": "1"}

    assert changed_keys(before, after) == (
        *("GlanceWorkers", "gone", "new"),
        "glance::api::workers",
    )
    assert changed_keys({}, after) == ()
