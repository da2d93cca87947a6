"""Many nodes on their way: none hides, stops or outlasts the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_node
from tests.fakes.baremetal import FakeBaremetal
from tests.fakes.clock import FakeClock
from tripleo_cli.domain.events import (
    Event,
    Failed,
    Finished,
    Noted,
    Progressed,
    Skipped,
)
from tripleo_cli.domain.node import Node, NodeId, NodeState, ProvisionState, Verb
from tripleo_cli.domain.transition import Goal
from tripleo_cli.errors import ConflictError, PartialFailureError, ServiceError
from tripleo_cli.workflows.travel import Limits, NodeOutcome, Travel, raise_failures

S = ProvisionState
INSPECT = Goal(inspect=True)
PROVIDE = Goal(provide=True)
BOTH = Goal(inspect=True, provide=True)


class Trip:
    """A journey of fake nodes, and what was reported of it."""

    def __init__(self, *nodes: Node, **limits: Any) -> None:
        self.ironic = FakeBaremetal(nodes)
        self.clock = FakeClock()
        self.events: list[Event] = []
        self.limits = Limits(**limits)

    def go(self, goal: Goal) -> dict[str, NodeOutcome]:
        nodes = [(node, goal) for node in self.ironic.nodes()]
        travel = Travel(self.ironic, self.clock, self.limits, self.events.append)
        outcomes = {outcome.name: outcome for outcome in travel.go("move", nodes)}
        assert list(outcomes) == [node.name for node, _ in nodes]
        return outcomes

    def states(self) -> dict[str, tuple[str, bool | None]]:
        return {
            node.name: (node.provision.value, node.state.power_on)
            for node in self.ironic.nodes()
        }


def nodes_in(*states: ProvisionState) -> list[Node]:
    return [a_node(state.value.replace(" ", "-"), state=state) for state in states]


AT_REST = (S.ENROLL, S.MANAGEABLE, S.AVAILABLE, S.INSPECT_FAILED, S.CLEAN_FAILED)


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

    assert outcomes["a"].result == "done"
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


class Failing(FakeBaremetal):
    """Fails some of its polls."""

    def __init__(self, *nodes: Node, failing: range) -> None:
        super().__init__(nodes)
        self._failing = failing
        self._polls = 0

    def states(self) -> Mapping[NodeId, NodeState]:
        self._polls += 1
        if self._polls in self._failing:
            raise ServiceError("Ironic does not answer")
        return super().states()


def test_a_short_outage_of_ironic_is_survived() -> None:
    trip = Trip()
    trip.ironic = Failing(a_node("a", state=S.ENROLL), failing=range(2, 6))

    assert trip.go(PROVIDE)["a"].result == "done"
    assert trip.events.count(Noted("trying again: Ironic does not answer")) == 4


@pytest.mark.parametrize("failing", [range(1, 2), range(2, 99)])
def test_a_long_outage_ends_with_what_is_left(failing: range) -> None:
    trip = Trip(concurrency=1)
    nodes = [a_node("a", state=S.ENROLL), a_node("b", state=S.ENROLL)]
    trip.ironic = Failing(*nodes, failing=failing)

    with pytest.raises(ServiceError, match="0 of 2 nodes had ended"):
        trip.go(PROVIDE)


class Interrupting(FakeClock):
    """The operator presses Ctrl-C in the first pause."""

    def sleep(self, seconds: float) -> None:
        raise KeyboardInterrupt(seconds)


def test_ctrl_c_begins_nothing_new_and_tells_what_is_left() -> None:
    trip = Trip(*(a_node(f"n{i}", state=S.ENROLL) for i in range(5)), concurrency=2)
    trip.clock = Interrupting()

    with pytest.raises(PartialFailureError) as caught:
        trip.go(PROVIDE)

    assert "2 were under way and go on in Ironic, 3 were not begun" in str(caught.value)
    assert "under way: n0, n1" in str(caught.value)
    assert trip.ironic.calls.count("set_provision_state") == 2


def test_no_more_nodes_are_under_way_than_wanted() -> None:
    class Counting(FakeClock):
        most = 0

        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            at_work = [n for n in trip.ironic.nodes() if not n.provision.is_stable]
            self.most = max(self.most, len(at_work))

    trip = Trip(*(a_node(f"n{i}", state=S.ENROLL) for i in range(30)), concurrency=4)
    trip.clock = clock = Counting()
    trip.go(BOTH)

    assert clock.most == 4


def test_one_poll_serves_all_nodes() -> None:
    trip = Trip(*(a_node(f"n{i}", state=S.ENROLL) for i in range(200)), concurrency=200)
    trip.go(PROVIDE)

    assert trip.ironic.calls.count("states") < 12


def test_polls_become_rarer_while_nothing_moves() -> None:
    trip = Trip(a_node("mute", state=S.MANAGEABLE), node_timeout=100)
    trip.ironic.never_answers("mute", Verb.PROVIDE)
    trip.go(PROVIDE)

    assert 20 < trip.ironic.calls.count("states") < 30


def test_nothing_to_do_costs_nothing() -> None:
    trip = Trip()

    assert trip.go(BOTH) == {}
    assert trip.ironic.calls == ["nodes"]
    assert trip.events == []


def test_ends_are_reported_once_per_node() -> None:
    trip = Trip(*nodes_in(*AT_REST))
    trip.go(PROVIDE)
    ends = [e for e in trip.events if isinstance(e, (Finished, Skipped, Failed))]

    assert sorted(end.subject for end in ends) == sorted(trip.states())


def test_failed_nodes_end_the_command_with_their_causes() -> None:
    outcomes = [
        NodeOutcome(id=None, name="a", result="done"),
        NodeOutcome(id=None, name="b", result="failed", error="e", remedy="do r"),
    ]

    with pytest.raises(PartialFailureError) as caught:
        raise_failures(outcomes, "introspect")

    assert str(caught.value) == "could not introspect 1 of 2 nodes:\n  b: e (do r)"
    raise_failures(outcomes[:1], "introspect")


@settings(max_examples=60)
@given(
    states=st.lists(st.sampled_from(AT_REST), max_size=8),
    faults=st.lists(st.sampled_from([None, *Verb]), min_size=8, max_size=8),
    goal=st.sampled_from([Goal(), INSPECT, PROVIDE, BOTH]),
    concurrency=st.integers(1, 5),
)
def test_every_node_ends_whatever_fails(
    states: list[ProvisionState],
    faults: list[Verb | None],
    goal: Goal,
    concurrency: int,
) -> None:
    nodes = [a_node(f"n{i}", state=state) for i, state in enumerate(states)]
    trip = Trip(*nodes, concurrency=concurrency)
    for node, verb in zip(nodes, faults, strict=False):
        if verb in (Verb.MANAGE, Verb.INSPECT, Verb.PROVIDE):
            trip.ironic.will_fail(node.name, verb, "ordered")

    outcomes = trip.go(goal)

    arrived = {name for name, outcome in outcomes.items() if not outcome.error}
    final = {node.name: node for node in trip.ironic.nodes()}
    if goal.provide:
        assert {final[name].provision for name in arrived} <= {S.AVAILABLE}
    if goal.inspect:
        assert all(final[name].inspected_at for name in arrived)
