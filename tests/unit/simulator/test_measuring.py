"""Machines measure what they are asked to, through the whole fleet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes.fleet import FakeFleetIronic, a_fleet_of
from tests.unit.simulator.test_fleet import a_fleet, play
from tripleo_cli.simulator.cli import main
from tripleo_cli.simulator.faults import parse_fault
from tripleo_cli.simulator.models import load_models
from tripleo_cli.simulator.nodes_file import FleetPlan, fleet_document


def test_a_machine_measures_what_it_is_asked_to_and_shows_its_slow_part() -> None:
    fault = parse_fault("slow-part:sda=50")
    ironic = a_fleet_of(["a"], model="compute", measured=frozenset({"disk"}))
    ironic.inspect("a")
    play(a_fleet(ironic))
    healthy = facts_of(ironic, "a")
    node = ironic.show("a")
    ironic.known[node.id] = replace(node, fault=fault)
    ironic.inspect("a")
    play(a_fleet(ironic))

    slow = facts_of(ironic, "a")

    key = ("disk", "sda", "standalone_read_1M_KBps")
    assert int(slow[key]) == pytest.approx(int(healthy[key]) / 2, abs=2)
    assert ("cpu", "logical", "loops_per_sec") not in slow


def facts_of(ironic: FakeFleetIronic, name: str) -> dict[tuple[str, ...], Any]:
    return {tuple(fact[:3]): fact[3] for fact in ironic.inspected[name]["data"]}


def test_a_fleet_can_be_generated_that_measures_unasked() -> None:
    models = list(load_models().values())

    def extras(**fields: Any) -> list[Any]:
        nodes = fleet_document(FleetPlan(count=2, models=models, **fields))["nodes"]
        return [node["extra"].get("simulated_benchmarks") for node in nodes]

    assert extras() == [None, None]
    assert extras(benchmarks=("cpu", "disk")) == ["cpu,disk", "cpu,disk"]


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["generate", "--nodes", "1", "--benchmarks", "cpu,ram"])

    assert "['ram'] are none of cpu, mem, disk" in capsys.readouterr().err
