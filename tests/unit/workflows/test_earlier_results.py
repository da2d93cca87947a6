"""Inspecting nodes again does not cost the results of their benchmarks."""

from __future__ import annotations

from typing import Any

from tests.builders import a_node
from tests.fakes.baremetal import Findings
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tripleo_cli.domain.events import Event, Noted
from tripleo_cli.domain.facts import HardwareFacts
from tripleo_cli.domain.facts.earlier import KEY
from tripleo_cli.domain.introspection import Benchmark
from tripleo_cli.domain.node import Node, NodeId, ProvisionState, Verb
from tripleo_cli.errors import ServiceError
from tripleo_cli.workflows.introspection import (
    IntrospectionRequest,
    facts_of,
    introspect,
    nodes_with_facts,
)
from tripleo_cli.workflows.travel import Limits, NodeOutcome, Travel

INVENTORY = {"cpu": {"count": 2, "model_name": "fast"}}


def findings(count: int = 2, **measured: Any) -> Findings:
    inventory = {"cpu": {**INVENTORY["cpu"], "count": count}}
    areas = {"cpu": {"logical": measured}} if measured else {}
    return Findings(inventory=inventory, plugin_data={"extra": areas})


class Site:
    """Nodes that were measured, and are looked at again."""

    def __init__(self, *names: str) -> None:
        agent = {"inspect_interface": "agent"}
        state = ProvisionState.MANAGEABLE
        nodes = [a_node(name, state=state, interfaces=agent) for name in names]
        self.cloud = FakeCloud(nodes)
        self.events: list[Event] = []
        for name in names:
            self.inspect(name, findings(loops_per_sec=7), Benchmark.CPU)
        self.events.clear()

    def inspect(
        self, name: str, found: Findings, *benchmarks: Benchmark
    ) -> NodeOutcome:
        ironic = self.cloud.baremetal
        ironic.will_find(name, found)
        travel = Travel(ironic, FakeClock(), Limits(), self.events.append)
        request = IntrospectionRequest(benchmarks=benchmarks)
        nodes = [self.node(name)]
        [outcome] = introspect(travel, self.cloud.inspection, nodes, request)
        return outcome

    def node(self, name: str) -> Node:
        nodes = self.cloud.baremetal.nodes()
        return next(node for node in nodes if node.name == name)

    def facts(self, name: str) -> HardwareFacts:
        return facts_of(self.cloud.inspection, self.node(name))

    def notes(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Noted)]


def test_results_outlive_an_inspection_that_does_not_measure() -> None:
    site = Site("a")
    measured = site.facts("a").benchmarks

    site.inspect("a", findings())

    facts = site.facts("a")
    assert facts.benchmarks == measured == {"cpu.logical.loops_per_sec": 7}
    assert facts.measured_at == {"cpu": "2026-01-01T00:00:00+00:00"}
    [node] = nodes_with_facts(site.cloud, site.cloud.baremetal.nodes())
    assert node.facts == facts
    assert site.notes() == [
        "a: kept benchmark results of an earlier inspection, not measured again"
    ]


def test_results_outlive_any_number_of_inspections() -> None:
    site = Site("a")

    site.inspect("a", findings())
    site.inspect("a", findings())

    assert site.facts("a").benchmarks == {"cpu.logical.loops_per_sec": 7}


def test_measuring_again_replaces_them_and_leaves_nothing_on_the_node() -> None:
    site = Site("a")
    site.inspect("a", findings())

    site.inspect("a", findings(loops_per_sec=9), Benchmark.CPU)

    assert site.facts("a").benchmarks == {"cpu.logical.loops_per_sec": 9}
    assert site.facts("a").measured_at == {}
    assert KEY not in site.node("a").extra


def test_benchmarks_that_did_not_come_cost_nothing_either() -> None:
    site = Site("a")

    site.inspect("a", findings(), Benchmark.CPU)

    assert site.facts("a").benchmarks == {"cpu.logical.loops_per_sec": 7}


def test_results_outlive_inspections_that_fail() -> None:
    site = Site("a")
    ironic = site.cloud.baremetal
    ironic.will_fail("a", Verb.INSPECT, "no answer")

    for _ in range(2):
        assert site.inspect("a", findings()).error
        assert not site.node("a").inspected_at
        assert site.facts("a").benchmarks == {"cpu.logical.loops_per_sec": 7}
    ironic.heal("a")
    assert not site.inspect("a", findings()).error

    facts = site.facts("a")
    assert facts.benchmarks == {"cpu.logical.loops_per_sec": 7}
    assert facts.measured_at == {"cpu": "2026-01-01T00:00:00+00:00"}


def test_results_of_a_machine_with_other_parts_do_not_count() -> None:
    site = Site("a")

    site.inspect("a", findings(count=4))

    assert site.facts("a").benchmarks == {}


def test_a_node_is_not_inspected_if_its_results_cannot_be_saved() -> None:
    site = Site("a")
    site.cloud.baremetal.refuses("a", "inventory", ServiceError("no answer"))

    outcome = site.inspect("a", findings())

    assert outcome.error == "could not be set up for inspection: no answer"


def test_results_that_are_too_many_are_lost_with_a_word() -> None:
    site = Site("a")
    many = {f"logical_{n}": {"loops_per_sec": (n * 7919.7) ** 3} for n in range(9000)}
    large = Findings(inventory=INVENTORY, plugin_data={"extra": {"cpu": many}})
    site.cloud.baremetal.was_inspected(NodeId("uuid-a"), large)

    site.inspect("a", findings())

    assert site.facts("a").benchmarks == {}
    assert site.notes() == [
        "a: its benchmark results are too large to be kept, and will be lost"
    ]


def test_many_nodes_are_told_of_in_one_line() -> None:
    site = Site("a", "b")
    ironic = site.cloud.baremetal
    for name in ("a", "b"):
        ironic.will_find(name, findings())
    travel = Travel(ironic, FakeClock(), Limits(), site.events.append)

    introspect(travel, site.cloud.inspection, ironic.nodes(), IntrospectionRequest())

    [note] = site.notes()
    assert note.startswith("2 nodes: kept benchmark results")
