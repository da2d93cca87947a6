"""Simulated inspections of some nodes, for tests."""

from __future__ import annotations

from typing import Any

from tests.builders import a_node
from tests.fakes.baremetal import Findings
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tripleo_cli.domain.events import Event, Noted
from tripleo_cli.domain.introspection import Benchmark
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.workflows.introspection import (
    IntrospectionRequest,
    introspect,
)
from tripleo_cli.workflows.travel import (
    Limits,
    NodeOutcome,
    Travel,
)

S = ProvisionState


ALL = frozenset(Benchmark)


MEASURED = Findings(
    inventory={"cpu": {"count": 2}},
    plugin_data={"extra": {"cpu": {"logical": {"loops_per_sec": 7}}}},
)


class Site:
    """A fake cloud with nodes that are to be inspected."""

    def __init__(self, *names: str, **fields: Any) -> None:
        given: dict[str, Any] = {
            "state": S.MANAGEABLE,
            "interfaces": {"inspect_interface": "agent"},
        }
        nodes = [a_node(name, **(given | fields)) for name in names]
        self.cloud = FakeCloud(nodes)
        self.ironic = self.cloud.baremetal
        self.events: list[Event] = []

    def travel(self, **limits: Any) -> Travel:
        report = self.events.append
        return Travel(self.ironic, FakeClock(), Limits(**limits), report)

    def introspect(self, **request: Any) -> dict[str, NodeOutcome]:
        nodes = self.ironic.nodes()
        wanted = IntrospectionRequest(**request)
        inspection = self.cloud.inspection
        outcomes = introspect(self.travel(), inspection, nodes, wanted)
        assert [outcome.name for outcome in outcomes] == [node.name for node in nodes]
        return {outcome.name: outcome for outcome in outcomes}

    def stops_at(self, poll: int, *errors: BaseException) -> None:
        """Let polls of the nodes' states fail, from this one on."""
        states, due = self.ironic.states, [None] * (poll - 1) + list(errors)

        def stopped() -> Any:
            if due and (error := due.pop(0)):
                raise error
            return states()

        self.ironic.states = stopped  # type: ignore[method-assign]

    def node(self, name: str) -> Node:
        return next(node for node in self.ironic.nodes() if node.name == name)

    def notes(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Noted)]
