"""A fleet's nodes file: reproducible, valid, and marked as simulated."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tripleo_cli.inputs.nodes import load_nodes
from tripleo_cli.simulator.faults import parse_fault
from tripleo_cli.simulator.inventory import inspection_data
from tripleo_cli.simulator.machine import draw_machine
from tripleo_cli.simulator.models import load_models
from tripleo_cli.simulator.nodes_file import FleetPlan, fleet_document

MODELS = load_models()


def a_document(count: int = 5, **fields: Any) -> dict[str, Any]:
    plan = FleetPlan(count=count, models=list(MODELS.values()), **fields)
    return fleet_document(plan)


def test_same_seed_same_fleet() -> None:
    assert a_document(seed=7) == a_document(seed=7)
    assert a_document(seed=7) != a_document(seed=8)


def test_a_larger_fleet_begins_with_the_smaller_one() -> None:
    assert a_document(20)["nodes"][:5] == a_document(5)["nodes"]


def test_even_a_small_fleet_has_every_model() -> None:
    names = {node["extra"]["simulated_model"] for node in a_document(3)["nodes"]}

    assert names == set(MODELS)


def test_a_large_fleet_has_the_shares_of_its_models() -> None:
    nodes = a_document(1100)["nodes"]
    counts = Counter(node["extra"]["simulated_model"] for node in nodes)

    assert counts["compute"] > counts["controller"] > counts["storage"] > 100


def test_names_and_addresses_are_unique() -> None:
    nodes = a_document(1000)["nodes"]
    macs = [port["address"] for node in nodes for port in node["ports"]]

    assert len({node["name"] for node in nodes}) == 1000
    assert len(set(macs)) == len(macs)


def test_node_import_takes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "nodes.json"
    path.write_text(json.dumps(a_document(30)))

    nodes = load_nodes(path)

    assert len(nodes) == 30
    assert {node.driver for node in nodes} == {"fake-hardware"}
    assert all(node.extra["simulated"] for node in nodes)


def test_it_says_that_it_is_simulated() -> None:
    document = a_document(1)

    assert "SIMULATED" in document["_comment"]
    assert "SIMULATED" in document["nodes"][0]["extra"]["simulated"]
    assert document["nodes"][0]["name"].startswith("sim-")


def test_faults_are_noted_on_their_nodes() -> None:
    fault = parse_fault("deploy-fails:on fire")
    assert fault
    nodes = a_document(faults={"sim-compute-0": fault})["nodes"]

    told = {n["name"]: n["extra"].get("simulated_fault") for n in nodes}
    assert told["sim-compute-0"] == "deploy-fails:on fire"
    assert told["sim-controller-0"] is None


@pytest.mark.parametrize("index", range(8))
def test_inspection_finds_what_the_file_says(index: int) -> None:
    node = a_document(8, seed=3)["nodes"][index]
    machine = draw_machine(MODELS[node["extra"]["simulated_model"]], node["name"], 3)
    macs = [port["address"] for port in node["ports"]]

    inventory = inspection_data(machine, macs, 3)["inventory"]

    assert inventory["cpu"]["count"] == node["cpu"]
    assert inventory["memory"]["physical_mb"] == node["memory"]
    assert len(inventory["interfaces"]) == len(macs)
