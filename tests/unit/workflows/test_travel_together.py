"""Two runs that bring one node somewhere at the same time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.builders import a_node
from tests.unit.workflows.trips import BOTH, INSPECT, PROVIDE, S, Trip
from tripleo_cli.domain.node import NodeId, NodeState, ProvisionState, Verb
from tripleo_cli.domain.transition import Goal

A = NodeId("uuid-a")
FOLLOWED = "done (was being inspected already)"


def overtake(trip: Trip, where: Verb) -> list[Verb]:
    """Let another run ask for a verb just before this one; returns what this asks."""
    ask = trip.ironic.set_provision_state
    asked: list[Verb] = []

    def slower(node: NodeId, verb: Verb) -> None:
        asked.append(verb)
        if verb is where and asked.count(verb) == 1:
            ask(node, verb)
        ask(node, verb)

    trip.ironic.set_provision_state = slower  # type: ignore[method-assign]
    return asked


def meddle(trip: Trip, state: ProvisionState, act: Callable[[], None]) -> None:
    """Let another run act where a node gets into a state, before this one sees it."""
    poll = trip.ironic.states
    met: list[NodeState] = []

    def states() -> Mapping[NodeId, NodeState]:
        found = poll()
        if found[A].provision is state and len(trip.events) > 1 and not met:
            met.append(found[A])
            act()
            return {node.id: node.state for node in trip.ironic.nodes()}
        return found

    trip.ironic.states = states  # type: ignore[method-assign]


def test_of_two_inspections_the_slower_follows_the_faster() -> None:
    trip = Trip(a_node("a", state=S.MANAGEABLE))
    asked = overtake(trip, Verb.INSPECT)

    outcome = trip.go(INSPECT)["a"]

    assert (outcome.error, outcome.result) == ("", FOLLOWED)
    assert asked == [Verb.INSPECT]


@pytest.mark.parametrize("verb", [Verb.MANAGE, Verb.INSPECT, Verb.PROVIDE])
def test_whoever_is_slower_goes_on_from_where_the_node_is(verb: Verb) -> None:
    trip = Trip(a_node("a"))
    overtake(trip, verb)

    outcome = trip.go(BOTH)["a"]

    assert not outcome.error
    assert trip.states() == {"a": ("available", False)}


def test_a_node_that_another_run_provides_is_no_failure() -> None:
    trip = Trip(a_node("a", state=S.MANAGEABLE))
    overtake(trip, Verb.PROVIDE)

    assert not trip.go(PROVIDE)["a"].error


def test_a_node_that_another_run_makes_available_is_not_inspected_again() -> None:
    trip = Trip(a_node("a", state=S.MANAGEABLE))

    def provide() -> None:
        trip.ironic.change_state(A, provision=S.AVAILABLE)

    meddle(trip, S.MANAGEABLE, provide)
    outcome = trip.go(INSPECT)["a"]

    assert outcome.result == "done"
    assert trip.states()["a"][0] == "available"
    assert trip.ironic.calls.count("set_provision_state") == 1


@pytest.mark.parametrize(
    ("retries", "error"), [(1, ""), (0, "inspection failed: no disk")]
)
def test_a_failed_inspection_that_another_run_takes_back_has_failed(
    retries: int, error: str
) -> None:
    trip = Trip(a_node("a", state=S.MANAGEABLE))
    trip.ironic.will_fail("a", Verb.INSPECT, "no disk")

    def take_back() -> None:
        trip.ironic.heal("a")
        trip.ironic.set_provision_state(A, Verb.MANAGE)

    meddle(trip, S.INSPECT_FAILED, take_back)
    outcome = trip.go(Goal(inspect=True, max_retries=retries))["a"]

    assert outcome.error == error
    assert bool(trip.ironic.nodes()[0].inspected_at) is not bool(error)
