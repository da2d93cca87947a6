"""Many nodes on their way: none hides, stops or outlasts the others."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_node
from tests.fakes.baremetal import FakeBaremetal
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
from tripleo_cli.domain.events import (
    Failed,
    Finished,
    Noted,
    Skipped,
)
from tripleo_cli.domain.node import Node, NodeId, NodeState, ProvisionState, Verb
from tripleo_cli.domain.transition import Goal
from tripleo_cli.errors import PartialFailureError, ServiceError
from tripleo_cli.workflows.travel import NodeOutcome, raise_failures


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
