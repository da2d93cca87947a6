"""Journeys of fake nodes."""

from __future__ import annotations

from typing import Any

from tests.builders import a_node
from tests.fakes.baremetal import FakeBaremetal
from tests.fakes.clock import FakeClock
from tripleo_cli.domain.events import Event
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.domain.transition import Goal
from tripleo_cli.workflows.travel import Limits, NodeOutcome, Travel

S = ProvisionState
INSPECT = Goal(inspect=True)
PROVIDE = Goal(provide=True)
BOTH = Goal(inspect=True, provide=True)
AT_REST = (S.ENROLL, S.MANAGEABLE, S.AVAILABLE, S.INSPECT_FAILED, S.CLEAN_FAILED)


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
