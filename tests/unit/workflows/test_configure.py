"""Configuring nodes in steps: the barrier, going on, and what may fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.nodes import HINT
from tests.unit.workflows.overclouds import COMPUTE, CONTROLLER, GLANCE, OvercloudWorld
from tripleo_cli.domain.events import Finished, Skipped
from tripleo_cli.domain.overcloud.outcome import StepState
from tripleo_cli.errors import (
    InvalidInputError,
    PartialFailureError,
    ServiceError,
    StepFailedError,
)
from tripleo_cli.workflows.barrier import QUICK_SECONDS

BOTH = (CONTROLLER, COMPUTE)


def test_all_nodes_do_a_step_before_any_begins_the_next() -> None:
    world = OvercloudWorld()

    ledger = world.configure()

    assert world.applied() == [(step, BOTH) for step in (1, 2, 3, 4, 5)]
    assert world.checked() == [1, 2, 3, 4, 5]
    assert {row.state for row in ledger.rows} == {"applied"}
    assert {row.checks for row in ledger.rows} == {"passed"}


def test_checks_of_a_step_come_before_the_next_step() -> None:
    world = OvercloudWorld()

    world.configure()

    order = [(verb, step) for verb, step, _ in world.nodes.calls if step]
    pairs = [(verb, step) for step in (1, 2, 3, 4, 5) for verb in ("apply", "check")]
    assert order == pairs


def test_keystone_learns_of_services_after_step_3() -> None:
    world = OvercloudWorld()
    world.nodes.failing[CONTROLLER, 4] = "no"

    with pytest.raises(StepFailedError):
        world.configure()

    assert [change.item for change in world.identity.saved] == [GLANCE]


def test_a_keystone_that_refuses_stops_step_3() -> None:
    world = OvercloudWorld()
    world.identity.faults.append(ServiceError("Keystone: wrong password"))

    with pytest.raises(
        StepFailedError, match="step 3: Keystone: wrong password"
    ) as told:
        world.configure()

    assert "goes on from step 3" in str(told.value.hint)
    assert world.checked() == [1, 2]
    world.forget_calls()
    world.configure()
    assert world.applied() == [(4, BOTH), (5, BOTH)]
    assert world.checked() == [1, 2, 3, 4, 5]


def test_an_unchanged_overcloud_is_checked_once_more_and_nothing_else() -> None:
    world = OvercloudWorld()
    world.configure()
    world.forget_calls()

    world.configure()

    assert world.applied() == []
    assert world.checked() == [1, 2, 3, 4, 5]
    assert world.nodes.patience[-1:] == [QUICK_SECONDS]
    assert Finished("checks of steps 1, 2, 3, 4, 5", "", "10 passed") in world.events
    assert Finished("configure", "", "2 nodes, nothing to do on its nodes") in (
        world.events
    )


def test_one_changed_parameter_is_applied_where_it_is_used_and_named() -> None:
    world = OvercloudWorld(hiera={"GlanceWorkers": 1, "glance::api::x": "y"})
    world.configure()
    world.forget_calls()
    world.hiera = {"GlanceWorkers": 2, "glance::api::x": "y"}

    world.configure()

    assert world.applied() == [(4, (CONTROLLER,))]
    assert f"step 4 of {CONTROLLER}: GlanceWorkers changed" in world.notes()
    # Nothing is applied on top of what does not hold any more.
    assert world.checked() == [1, 2, 3, 4, 5]
    assert Skipped("step 4", COMPUTE, "done before") in world.events


def test_force_applies_all_again() -> None:
    world = OvercloudWorld()
    world.configure()
    world.forget_calls()

    world.configure(force=True)

    assert world.applied() == [(step, BOTH) for step in (1, 2, 3, 4, 5)]


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_run_goes_on_at_the_step_that_failed(step: int) -> None:
    world = OvercloudWorld()
    world.nodes.failing[CONTROLLER, step] = "Could not find class ::nonsense"
    with pytest.raises(StepFailedError) as told:
        world.configure()
    text = str(told.value)
    assert f"step {step} stopped: {CONTROLLER} failed" in text
    assert "Exec[fails] (/step.pp:1)" in text
    assert "Could not find class ::nonsense" in text
    world.nodes.failing.clear()
    world.forget_calls()

    world.configure()

    again = [(step, (CONTROLLER,))]
    assert world.applied() == again + [(n, BOTH) for n in range(step + 1, 6)]


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_deployer_killed_in_a_step_costs_nothing_that_was_done(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = OvercloudWorld()

    class Killed(BaseException):
        """Stands for kill -9: nobody may catch it."""

    def die(*_args: Any, **_kwargs: Any) -> Any:
        raise Killed

    apply = world.nodes.apply

    def apply_until(targets: Any, number: int, **others: Any) -> Any:
        outcomes = apply(targets, number, **others)
        return die() if number == step else outcomes

    with monkeypatch.context() as killing:
        killing.setattr(world.nodes, "apply", apply_until)
        with pytest.raises(Killed):
            world.configure()
    world.nodes.kill(CONTROLLER, step)
    world.forget_calls()

    world.configure()

    # The compute node had ended the step; the controller's puppet died with us.
    again = [(step, (CONTROLLER,))]
    assert world.applied() == again + [(n, BOTH) for n in range(step + 1, 6)]
    assert f"step {step} of {CONTROLLER}: interrupted before" in world.notes()


def test_a_run_that_died_before_the_checks_makes_them_first() -> None:
    world = OvercloudWorld()
    world.nodes.sick[CONTROLLER, 2] = "Controller runs"
    with pytest.raises(StepFailedError) as told:
        world.configure()
    assert 'check "Controller runs" failed' in str(told.value)
    world.nodes.sick.clear()
    world.forget_calls()

    world.configure()

    order = [(verb, step) for verb, step, _ in world.nodes.calls if step]
    assert order[:3] == [("check", 1), ("check", 2), ("apply", 3)]


def test_a_lost_table_costs_only_checks() -> None:
    world = OvercloudWorld()
    world.configure()
    world.workdir.files.clear()
    world.forget_calls()

    ledger = world.configure()

    assert world.applied() == []
    assert world.checked() == [1, 2, 3, 4, 5]
    assert {row.state for row in ledger.rows} == {"applied"}


def test_a_reinstalled_node_does_all_its_steps_again() -> None:
    world = OvercloudWorld()
    world.configure()
    world.nodes.reinstall(COMPUTE)
    world.forget_calls()

    world.configure()

    assert world.applied() == [(step, (COMPUTE,)) for step in (1, 2, 3, 4, 5)]


def test_one_step_can_be_asked_for() -> None:
    world = OvercloudWorld()
    world.configure()
    world.forget_calls()

    world.configure(step=2, force=True)

    assert world.applied() == [(2, BOTH)]
    assert world.checked() == [2]


def test_one_node_can_be_asked_for() -> None:
    world = OvercloudWorld()

    world.configure(limit=frozenset({COMPUTE}))

    assert {names for _, names in world.applied()} == {(COMPUTE,)}


def test_what_does_not_exist_cannot_be_asked_for() -> None:
    world = OvercloudWorld()

    with pytest.raises(InvalidInputError) as told:
        world.configure(limit=frozenset({"oc-controler-0"}), step=7)

    assert f'did you mean "{CONTROLLER}"' in str(told.value)
    assert "there are steps 1 to 5" in str(told.value)
    assert world.nodes.calls == []


def test_a_failed_compute_node_does_not_hold_up_the_others() -> None:
    world = OvercloudWorld(computes=2)
    world.nodes.failing[COMPUTE, 1] = "disk is full"

    with pytest.raises(PartialFailureError) as told:
        world.configure()

    assert "1 of 3 nodes failed" in str(told.value)
    assert "disk is full" in str(told.value)
    others = (CONTROLLER, "oc-novacompute-1")
    assert world.applied()[1:] == [(step, others) for step in (2, 3, 4, 5)]


def test_too_many_failed_compute_nodes_stop_all() -> None:
    world = OvercloudWorld(computes=2)
    world.nodes.failing[COMPUTE, 1] = "disk is full"

    with pytest.raises(StepFailedError, match="1 of 2 compute nodes failed"):
        world.configure(tolerance=49)

    assert [step for step, _ in world.applied()] == [1]


def test_a_compute_node_that_never_answers_is_left_behind() -> None:
    world = OvercloudWorld()
    world.nodes.unreachable.add(COMPUTE)

    with pytest.raises(PartialFailureError, match="does not let us in after 60 s"):
        world.configure()

    assert world.clock.slept >= world.ssh_seconds
    assert {names for _, names in world.applied()} == {(CONTROLLER,)}


def test_a_controller_that_never_answers_stops_all() -> None:
    world = OvercloudWorld()
    world.nodes.unreachable.add(CONTROLLER)

    with pytest.raises(StepFailedError, match="before step 1 stopped") as told:
        world.configure()

    assert "Connection refused" in str(told.value)
    assert world.applied() == []


def test_a_machine_that_boots_slowly_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = OvercloudWorld()
    world.nodes.unreachable.add(CONTROLLER)
    sleep = world.clock.sleep

    def boot(seconds: float) -> None:
        sleep(seconds)
        world.nodes.unreachable.clear()

    monkeypatch.setattr(world.clock, "sleep", boot)

    world.configure()

    assert world.applied()[-1] == (5, BOTH)


def test_skipped_checks_are_not_made_and_not_taken_for_passed() -> None:
    world = OvercloudWorld()
    world.configure(skipped_checks=frozenset({"Compute runs"}))
    world.forget_calls()

    world.configure()

    assert world.applied() == []
    assert world.checked() == [1, 2, 3, 4, 5]


def test_a_look_shows_differences_and_applies_nothing() -> None:
    world = OvercloudWorld()

    world.configure(is_check=True)

    assert world.applied() == []
    assert world.checked() == []
    assert any("+4-{}" in note for note in world.notes())
    assert world.workdir.files == {}
    assert world.nodes.bundles == {}
    assert world.nodes.previews.keys() == set(BOTH)


def test_a_look_tells_of_nodes_that_fell_silent_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = OvercloudWorld()
    ask = world.nodes.states

    def fall_silent(targets: Any) -> Any:
        world.nodes.unreachable.add(COMPUTE)
        return ask(targets)

    monkeypatch.setattr(world.nodes, "states", fall_silent)

    with pytest.raises(PartialFailureError) as told:
        world.configure(is_check=True)

    assert "1 of 2 nodes failed, the others were looked at" in str(told.value)
    assert f"what to do: {HINT}" in str(told.value)


def test_the_table_survives_what_was_done_before() -> None:
    world = OvercloudWorld()
    world.nodes.failing[CONTROLLER, 2] = "no"
    with pytest.raises(StepFailedError):
        world.configure()
    world.nodes.failing.clear()

    ledger = world.configure()

    row = ledger.row(COMPUTE, 2)
    assert row
    assert row.state == StepState.APPLIED.value


def test_nodes_that_tell_what_they_remember_are_not_asked_for_it() -> None:
    world = OvercloudWorld()
    world.nodes.tells = True
    world.configure()

    ledger = world.configure()

    assert [verb for verb, _, _ in world.nodes.calls if verb == "states"] == []
    assert {row.state for row in ledger.rows} == {"applied"}


def test_nodes_know_the_keys_of_all_that_were_met_and_do_no_step_for_one_more() -> None:
    world = OvercloudWorld()
    line = "{0},{0}.localdomain,{1} ssh-ed25519 key-of-{0}"
    lines = [line.format(CONTROLLER, "192.0.2.1"), line.format(COMPUTE, "192.0.2.2")]

    world.configure(limit=frozenset({CONTROLLER}))
    assert world.nodes.bundles[CONTROLLER]["known_hosts"] == f"{lines[0]}\n"
    world.configure()
    world.forget_calls()
    world.computes = 2
    world.configure()

    more = "oc-novacompute-1"
    lines.append(line.format(more, "192.0.2.3"))
    for name in (*BOTH, more):
        assert world.nodes.bundles[name]["known_hosts"].splitlines() == lines
    assert {names for _, names in world.applied()} == {(more,)}
