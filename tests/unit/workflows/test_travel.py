"""Nodes on their way: from where they are, past what goes wrong with one of them."""

from __future__ import annotations

import pytest

from tests.builders import a_node
from tests.fakes.clock import FakeClock
from tests.unit.workflows.trips import (
    AT_REST,
    BOTH,
    INSPECT,
    PROVIDE,
    S,
    Trip,
    nodes_in,
)
from tripleo_cli.domain.events import Event, Failed, Progressed
from tripleo_cli.domain.node import Node, NodeId, Verb
from tripleo_cli.domain.transition import Goal
from tripleo_cli.errors import ConflictError
from tripleo_cli.workflows.travel import Travel


def test_nodes_get_to_manageable_from_where_they_are() -> None:
    trip = Trip(*nodes_in(*AT_REST))
    outcomes = trip.go(Goal())

    assert {name: o.result for name, o in outcomes.items()} == {
        "enroll": "done",
        "manageable": "unchanged",
        # Available is more than manageable, and stays.
        "available": "unchanged",
        "inspect-failed": "done",
        "clean-failed": "done",
    }
    assert {state for state, _ in trip.states().values()} == {"manageable", "available"}


@pytest.mark.parametrize("goal", [PROVIDE, BOTH])
def test_nodes_get_available_and_powered_off(goal: Goal) -> None:
    trip = Trip(*nodes_in(*AT_REST))
    trip.ironic.change_state(NodeId("uuid-available"), power_on=None)
    trip.ironic.change_state(NodeId("uuid-manageable"), power_on=None)
    trip.ironic.change_state(NodeId("uuid-inspect-failed"), power_on=True)

    trip.go(goal)

    assert set(trip.states().values()) == {("available", False)}


def test_a_node_of_unknown_power_is_off_before_it_is_available() -> None:
    trip = Trip(a_node("a", state=S.MANAGEABLE))
    trip.ironic.change_state(NodeId("uuid-a"), power_on=None)
    trip.go(PROVIDE)
    changes = [c for c in trip.ironic.calls if c.startswith("set_")]

    assert changes == ["set_power", "set_provision_state"]


def test_inspected_nodes_end_manageable() -> None:
    trip = Trip(*nodes_in(*AT_REST))
    trip.go(INSPECT)

    assert {state for state, _ in trip.states().values()} == {"manageable"}
    assert all(node.inspected_at for node in trip.ironic.nodes())


def test_going_again_does_nothing() -> None:
    trip = Trip(*nodes_in(*AT_REST))
    trip.go(PROVIDE)
    trip.ironic.calls.clear()

    outcomes = trip.go(PROVIDE)

    assert {outcome.result for outcome in outcomes.values()} == {"unchanged"}
    assert trip.ironic.calls == ["nodes", "states"]


@pytest.mark.parametrize(
    ("verb", "goal", "expected"),
    [
        (Verb.MANAGE, Goal(), "Ironic cannot manage it: no route to BMC"),
        (Verb.INSPECT, INSPECT, "inspection failed: no route to BMC"),
        (Verb.PROVIDE, PROVIDE, "cleaning failed: no route to BMC"),
    ],
)
def test_a_failure_has_ironics_reason_and_the_others_go_on(
    verb: Verb, goal: Goal, expected: str
) -> None:
    trip = Trip(*(a_node(name, state=S.ENROLL) for name in ("good", "bad", "fine")))
    trip.ironic.will_fail("bad", verb, "no route to BMC")

    outcomes = trip.go(goal)

    assert outcomes["bad"].error == expected
    assert outcomes["bad"].remedy
    assert [name for name, o in outcomes.items() if not o.error] == ["good", "fine"]
    assert Failed("move", "bad", expected) in trip.events


def test_a_failed_inspection_is_tried_as_often_as_wanted() -> None:
    trip = Trip(a_node("a", state=S.MANAGEABLE))
    trip.ironic.will_fail("a", Verb.INSPECT, "lost")
    trip.go(Goal(inspect=True, max_retries=2))
    told = [e for e in trip.events if isinstance(e, Progressed) and "again" in e.text]

    # Three inspections, and a way back to manageable between them.
    assert trip.ironic.calls.count("set_provision_state") == 5
    assert len(told) == 2


def test_an_inspection_that_fails_once_succeeds_when_tried_again() -> None:
    trip = Trip(a_node("a", state=S.MANAGEABLE))
    trip.ironic.will_fail("a", Verb.INSPECT, "lost")
    heal = trip.ironic.heal

    class Healing(list[Event]):
        def append(self, event: Event) -> None:
            heal("a")
            super().append(event)

    trip.events = Healing()
    outcomes = trip.go(INSPECT)

    assert outcomes["a"].result == "done"


def test_an_inspection_without_an_answer_is_aborted() -> None:
    trip = Trip(a_node("mute"), a_node("good"), node_timeout=600)
    trip.ironic.never_answers("mute", Verb.INSPECT)

    outcomes = trip.go(Goal(inspect=True, max_retries=0))

    assert outcomes["mute"].error == (
        "inspection gave no answer in time and was aborted"
    )
    assert trip.states()["mute"][0] == "inspect failed"
    assert not outcomes["good"].error
    assert 600 <= trip.clock.slept < 700


def test_what_takes_too_long_otherwise_is_left_to_ironic() -> None:
    trip = Trip(a_node("slow", state=S.MANAGEABLE), node_timeout=60)
    trip.ironic.never_answers("slow", Verb.PROVIDE)

    outcomes = trip.go(PROVIDE)

    assert outcomes["slow"].error == "is still in state cleaning after 60 s"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (a_node("a", instance_id="srv"), "is in use by server srv"),
        (a_node("a", state=S.ACTIVE), "is in use (active)"),
        (a_node("a", state=S.DEPLOY_WAIT), "is in use (wait call-back)"),
        (a_node("a", state=S.ERROR), "is in state error: Ironic gives no reason"),
    ],
)
def test_a_node_that_serves_somebody_is_refused(node: Node, expected: str) -> None:
    trip = Trip(node)

    assert trip.go(BOTH)["a"].error == expected
    assert trip.ironic.calls == ["nodes", "states"]


def test_a_node_under_maintenance_is_refused_with_the_reason() -> None:
    trip = Trip(a_node("a"))
    reason = {"maintenance": True, "maintenance_reason": "fan broken"}
    trip.ironic.change_state(NodeId("uuid-a"), **reason)
    outcome = trip.go(INSPECT)["a"]

    assert outcome.error == "is under maintenance: fan broken"
    assert "openstack overcloud node maintenance unset a" in outcome.remedy


@pytest.mark.parametrize("goal", [INSPECT, BOTH])
def test_an_inspection_under_way_is_not_begun_again(goal: Goal) -> None:
    trip = Trip(a_node("a", state=S.MANAGEABLE))
    trip.ironic.set_provision_state(NodeId("uuid-a"), Verb.INSPECT)
    outcomes = trip.go(goal)
    asked = trip.ironic.calls.count("set_provision_state")

    assert outcomes["a"].result == "done (was being inspected already)"
    assert asked == (2 if goal.provide else 1)


def test_a_locked_node_is_waited_for() -> None:
    class Unlocking(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            trip.ironic.change_state(NodeId("uuid-a"), reserved_by=None)

    trip = Trip(a_node("a", state=S.MANAGEABLE))
    trip.ironic.change_state(NodeId("uuid-a"), reserved_by="conductor-1")
    trip.clock = Unlocking()

    assert trip.go(PROVIDE)["a"].result == "done"


def test_a_refused_call_fails_one_node() -> None:
    trip = Trip(a_node("bad", state=S.ENROLL), a_node("good", state=S.ENROLL))
    refusal = ConflictError("locked by conductor-1", hint="wait a minute")
    trip.ironic.refuses("bad", "set_provision_state", refusal)

    outcomes = trip.go(PROVIDE)

    assert (outcomes["bad"].error, outcomes["bad"].remedy) == (
        "locked by conductor-1",
        "wait a minute",
    )
    assert outcomes["good"].result == "done"


def test_a_node_that_vanishes_fails_alone() -> None:
    trip = Trip(a_node("a"), a_node("b", state=S.MANAGEABLE))
    travel = Travel(trip.ironic, trip.clock, trip.limits, trip.events.append)
    nodes = [(node, PROVIDE) for node in trip.ironic.nodes()]
    trip.ironic.delete(NodeId("uuid-a"))

    outcomes = {outcome.name: outcome for outcome in travel.go("move", nodes)}

    assert outcomes["a"].error == "is gone from Ironic"
    assert outcomes["b"].result == "done"
