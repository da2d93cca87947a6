"""The order of tasks, and when one has to run again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tripleo_cli.domain.undercloud.journal import (
    Entry,
    inputs_of,
    is_leftover,
    reason_to_run,
)
from tripleo_cli.domain.undercloud.programs import PROGRAMS
from tripleo_cli.domain.undercloud.services import SERVICES
from tripleo_cli.domain.undercloud.tasks import TASKS, Task, in_order, ready

TASK = Task(name="b", title="B", inputs=("x",), renewed_by=("a",))
HASHES = {"x": "1"}
RAN = Entry(token="t0", is_finished=True, was_finished=True)
DONE = replace(RAN, inputs={"x": "1", "run of a": "t0"})


def test_every_task_follows_what_it_needs() -> None:
    order = [task.name for task in in_order(TASKS)]

    assert len(order) == len(TASKS)
    for task in TASKS:
        assert all(order.index(need) < order.index(task.name) for need in task.needs)
        assert set(task.renewed_by) <= set(order)


@pytest.mark.parametrize("service", ["nova-scheduler", "nova-compute"])
def test_who_reads_the_catalogue_once_starts_when_it_is_there(service: str) -> None:
    starts = {task.name: task for task in TASKS}

    assert "identity" in starts[f"start {service}"].needs


def test_a_circle_is_told() -> None:
    one = Task(name="one", title="", needs=("two",))
    two = Task(name="two", title="", needs=("one",))

    with pytest.raises(ValueError, match="one, two"):
        in_order((one, two))


def test_downloads_run_side_by_side() -> None:
    begun = {"account", "folders"}

    names = {task.name for task in ready(TASKS, begun, begun)}

    assert {"packages", "environment", "configuration"} <= names


def test_databases_are_made_side_by_side() -> None:
    done = {task.name for task in TASKS if not task.name.startswith("sync ")}
    names = {task.name for task in ready(TASKS, done, done)}

    assert len([name for name in names if name.startswith("sync ")]) == 9


def test_the_task_that_most_wait_for_comes_first() -> None:
    done = {"account", "folders", "packages", "configuration"}
    begun = done | {"database files"}

    assert ready(TASKS, done, begun)[0].name == "environment"


def test_every_listed_service_is_started_by_a_program() -> None:
    assert {spec.name for spec in SERVICES} == {program.name for program in PROGRAMS}


REASONS = {
    "never ran": (None, HASHES, "has not run yet"),
    "interrupted": (replace(DONE, is_finished=False), HASHES, "was interrupted"),
    "as before": (DONE, HASHES, ""),
    "changed input": (DONE, {"x": "2"}, "changed: x"),
    "needed task ran": (
        replace(DONE, inputs={"x": "1", "run of a": "older"}),
        HASHES,
        "changed: run of a",
    ),
    "input is new": (
        replace(DONE, inputs={"run of a": "t0"}),
        HASHES,
        "changed: x",
    ),
}


@pytest.mark.parametrize("case", REASONS)
def test_a_task_runs_again_for_a_reason(case: str) -> None:
    entry, hashes, reason = REASONS[case]
    inputs = inputs_of(TASK, hashes, {"a": RAN})

    assert reason_to_run(TASK, inputs, entry) == reason


def test_only_a_first_run_leaves_nothing_of_value() -> None:
    assert not is_leftover(None)
    assert is_leftover(Entry(token="t"))
    assert not is_leftover(Entry(token="t", was_finished=True))
    assert not is_leftover(DONE)


def test_an_entry_survives_being_written() -> None:
    assert Entry.from_dict(DONE.to_dict()) == DONE
