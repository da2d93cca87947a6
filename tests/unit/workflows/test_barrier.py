"""A step that was done before, and that does not hold any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes.overcloud import FakeProbes
from tests.unit.workflows.overclouds import COMPUTE, CONTROLLER, OvercloudWorld
from tripleo_cli.domain.overcloud.bundle import BundleStep
from tripleo_cli.domain.overcloud.configuration import RoleConfiguration
from tripleo_cli.domain.overcloud.probing import CallAnswer
from tripleo_cli.domain.overcloud.service import Check, CheckPlace, Service
from tripleo_cli.errors import (
    PartialFailureError,
    ServiceError,
    StepFailedError,
)
from tripleo_cli.workflows.barrier import QUICK_SECONDS
from tripleo_cli.workflows.configure import configure
from tripleo_cli.workflows.ledger import read_ledger
from tripleo_cli.workflows.overcloud import Configuring

RUNS = "Controller runs"


def done() -> OvercloudWorld:
    """An overcloud that is configured."""
    world = OvercloudWorld()
    world.configure()
    world.forget_calls()
    return world


def test_a_service_that_somebody_stopped_is_started_again() -> None:
    world = done()
    world.nodes.stopped[CONTROLLER, 4] = RUNS

    ledger = world.configure()

    assert world.applied() == [(4, (CONTROLLER,))]
    assert any(
        note.startswith(f'step 4 of {CONTROLLER}: done before, but its check "{RUNS}"')
        for note in world.notes()
    )
    row = ledger.row(CONTROLLER, 4)
    assert row
    assert (row.state, row.checks) == ("applied", "passed")
    assert "2 nodes, 1 changes" in world.told()


def test_it_is_found_quickly_and_then_given_its_own_time() -> None:
    world = done()
    world.nodes.stopped[CONTROLLER, 4] = RUNS
    world.nodes.patience.clear()

    world.configure()

    assert world.nodes.patience == [QUICK_SECONDS, None]


def test_a_node_gets_the_time_that_its_checks_take() -> None:
    world = OvercloudWorld()
    wish = world.wish()
    bundles = {
        name: replace(bundle, steps={**bundle.steps, 4: _slow(bundle.steps[4])})
        for name, bundle in wish.overcloud.bundles.items()
    }

    configure(
        world.run, replace(wish, overcloud=replace(wish.overcloud, bundles=bundles))
    )

    assert [limit > 3600 for limit in world.nodes.limits] == [False] * 3 + [True, False]


def _slow(step: BundleStep) -> BundleStep:
    return replace(step, checks=({**step.checks[0], "timeout_s": 3600},))


def test_the_first_step_that_does_not_hold_comes_first() -> None:
    world = done()
    world.nodes.stopped |= {(CONTROLLER, 4): RUNS, (CONTROLLER, 2): RUNS}

    world.configure()

    order = [(verb, step) for verb, step, _ in world.nodes.calls if step]
    assert order[5:] == [
        ("apply", 2),
        ("check", 2),
        ("check", 4),
        ("apply", 4),
        ("check", 4),
    ]


def test_later_steps_that_recover_by_themselves_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = done()
    world.nodes.stopped |= {(CONTROLLER, 4): RUNS, (CONTROLLER, 2): RUNS}
    apply = world.nodes.apply

    def apply_all(targets: Any, step: int, **others: Any) -> Any:
        outcomes = apply(targets, step, **others)
        world.nodes.stopped.clear()
        return outcomes

    monkeypatch.setattr(world.nodes, "apply", apply_all)

    world.configure()

    assert world.applied() == [(2, (CONTROLLER,))]


def test_what_does_not_help_is_not_tried_twice() -> None:
    world = done()
    world.nodes.sick[CONTROLLER, 4] = RUNS

    with pytest.raises(StepFailedError, match=f"step 4 stopped: {CONTROLLER} failed"):
        world.configure()

    assert world.applied() == [(4, (CONTROLLER,))]


def test_what_this_run_has_applied_is_not_applied_again() -> None:
    world = OvercloudWorld()
    world.nodes.stopped[CONTROLLER, 2] = RUNS
    world.nodes.sick[CONTROLLER, 2] = RUNS

    with pytest.raises(StepFailedError):
        world.configure()

    assert [step for step, _ in world.applied()] == [1, 2]


def test_a_failed_check_heals_with_the_next_run() -> None:
    world = OvercloudWorld()
    world.nodes.sick[CONTROLLER, 2] = RUNS
    with pytest.raises(StepFailedError):
        world.configure()
    world.nodes.sick.clear()
    world.nodes.stopped[CONTROLLER, 2] = RUNS
    world.forget_calls()

    world.configure()

    assert [step for step, _ in world.applied()] == [2, 3, 4, 5]
    assert world.applied()[0] == (2, (CONTROLLER,))


def test_nothing_is_applied_on_top_of_what_does_not_hold() -> None:
    world = OvercloudWorld(hiera={"GlanceWorkers": 1})
    world.configure()
    world.forget_calls()
    world.hiera = {"GlanceWorkers": 2}
    world.nodes.stopped[CONTROLLER, 2] = RUNS

    world.configure()

    assert world.applied() == [(2, (CONTROLLER,)), (4, (CONTROLLER,))]


def test_a_compute_node_that_cannot_be_healed_is_left_behind() -> None:
    world = done()
    world.nodes.sick[COMPUTE, 4] = "Compute runs"

    with pytest.raises(PartialFailureError, match="1 of 2 nodes failed"):
        world.configure()

    assert world.applied() == [(4, (COMPUTE,))]


def test_an_answer_that_was_lost_is_asked_for_again() -> None:
    world = done()
    world.nodes.lost[CONTROLLER] = 1

    ledger = world.configure()

    assert world.applied() == []
    assert world.checked() == [1, 2, 3, 4, 5] * 2
    assert {row.checks for row in ledger.rows} == {"passed"}
    assert world.told().count("the connection was lost") == 1


def test_a_lost_answer_hides_no_check_that_fails() -> None:
    world = done()
    world.nodes.lost[CONTROLLER] = 1
    world.nodes.sick[CONTROLLER, 4] = RUNS

    with pytest.raises(StepFailedError, match=f"step 4 stopped: {CONTROLLER} failed"):
        world.configure()


def test_steps_whose_checks_were_not_made_have_not_passed() -> None:
    world = done()
    world.nodes.lost[CONTROLLER] = 99

    with pytest.raises(StepFailedError, match="the connection was lost"):
        world.configure()

    rows = read_ledger(world.workdir).rows
    assert {row.checks for row in rows if row.hostname == CONTROLLER} == {"failed"}


def test_what_was_left_behind_is_asked_for_nothing_more() -> None:
    world = done()
    world.nodes.lost[COMPUTE] = 99

    with pytest.raises(PartialFailureError, match="1 of 2 nodes failed"):
        world.configure()

    assert world.applied() == [(1, (COMPUTE,))]


def test_looking_makes_no_checks_and_heals_nothing() -> None:
    world = done()
    world.nodes.stopped[CONTROLLER, 4] = RUNS

    world.configure(is_check=True)

    assert world.checked() == []
    assert world.applied() == []


def wish_with_listing(world: OvercloudWorld, probes: FakeProbes) -> Configuring:
    """Nova runs on the controller, and is asked for its services in step 4."""
    check = Check(
        name="Nova's services are up",
        kind="openstack",
        values={"call": "compute_services"},
        on=CheckPlace.DEPLOYER,
        target="host",
        timeout_s=60,
    )
    nova = Service(name="nova-api", checks={4: (check,)})
    wish = world.wish()
    layout = wish.overcloud.layout
    configurations = {
        **layout.configurations,
        "Controller": RoleConfiguration(role="Controller", services=(nova,)),
    }
    overcloud = replace(
        wish.overcloud, layout=replace(layout, configurations=configurations)
    )
    return replace(wish, overcloud=overcloud, tools=replace(wish.tools, probes=probes))


def test_what_users_see_of_a_service_heals_on_its_nodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, probes = OvercloudWorld(), FakeProbes()
    up = CallAnswer(records=({"binary": "x", "host": CONTROLLER, "state": "up"},))
    down = CallAnswer(records=({"binary": "x", "host": CONTROLLER, "state": "down"},))
    probes.listings["compute_services"] = [up]
    configure(world.run, wish_with_listing(world, probes))
    world.forget_calls()
    probes.listings["compute_services"] = [down]
    apply = world.nodes.apply

    def apply_and_start(targets: Any, step: int, **others: Any) -> Any:
        probes.listings["compute_services"] = [up]
        return apply(targets, step, **others)

    monkeypatch.setattr(world.nodes, "apply", apply_and_start)
    began = world.clock.now()

    configure(world.run, wish_with_listing(world, probes))

    assert world.applied() == [(4, (CONTROLLER,))]
    assert world.clock.now() - began <= QUICK_SECONDS + 2


def test_what_fails_for_users_is_told_with_what_a_node_knows_of_it() -> None:
    world, probes = OvercloudWorld(), FakeProbes()
    probes.listings["compute_services"] = [CallAnswer(failure="HTTP 503")]
    wish = wish_with_listing(world, probes)
    own: dict[str, Any] = {
        "name": "it runs",
        "service": "nova-api",
        "systemd": {"unit": "nova-api"},
    }
    own["timeout_s"] = 5
    told = wish.overcloud.bundles[CONTROLLER]
    step = replace(told.steps[4], checks=(own,))
    bundles = {
        **wish.overcloud.bundles,
        CONTROLLER: replace(told, steps={**told.steps, 4: step}),
    }

    with pytest.raises(StepFailedError) as caught:
        configure(
            world.run, replace(wish, overcloud=replace(wish.overcloud, bundles=bundles))
        )

    assert f"(unit nova-api on {CONTROLLER}): " in str(caught.value)


def wish_with_keystone(world: OvercloudWorld) -> Configuring:
    wish = world.wish()
    layout = wish.overcloud.layout
    keystone = RoleConfiguration(
        role="Controller", services=(Service(name="keystone"),)
    )
    configurations = {**layout.configurations, "Controller": keystone}
    changed = replace(layout, configurations=configurations)
    return replace(wish, overcloud=replace(wish.overcloud, layout=changed))


def test_a_keystone_that_has_stopped_is_started_to_be_told_of_services() -> None:
    world = OvercloudWorld()
    world.identity.faults.append(ServiceError("Keystone: no"))
    with pytest.raises(StepFailedError):
        configure(world.run, wish_with_keystone(world))
    assert world.applied()[-1][0] == 3
    world.forget_calls()
    world.identity.faults.append(ServiceError("Keystone: no answer"))

    configure(world.run, wish_with_keystone(world))

    assert world.applied()[0] == (3, (CONTROLLER,))
    assert any("Keystone: no answer: applied once more" in one for one in world.notes())


def test_a_keystone_that_refuses_for_good_stops_the_run() -> None:
    world = OvercloudWorld()
    world.identity.faults.append(ServiceError("Keystone: no"))
    with pytest.raises(StepFailedError):
        configure(world.run, wish_with_keystone(world))
    refusal = ServiceError("Keystone: wrong password", hint="look")
    world.identity.faults += [refusal, refusal]

    with pytest.raises(StepFailedError, match="wrong password") as told:
        configure(world.run, wish_with_keystone(world))

    assert str(told.value.hint).startswith("look; then run the same")
