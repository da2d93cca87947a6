"""What simulated management controllers tell of their machines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.fakes.fleet import a_fleet_of
from tests.unit.simulator.test_fleet import URL, a_fleet, play
from tripleo_cli.simulator.hardware import about, document
from tripleo_cli.simulator.machine import draw_machine
from tripleo_cli.simulator.models import load_models
from tripleo_cli.simulator.nodes_file import FleetPlan, fleet_document
from tripleo_cli.simulator.ports import simulated_node

MODELS = load_models()
MACHINE = draw_machine(MODELS["storage"], "a", 1)
MACS = ("02:53:01:00:00:00", "02:53:01:00:00:01")
HERE = "/redfish/v1/Systems/id-a"


def get(path: str) -> Any:
    assert path.startswith(f"{HERE}/")
    return document(MACHINE, MACS, HERE, path.removeprefix(f"{HERE}/").split("/"))


def links(value: object) -> Iterator[str]:
    """Find the links of a document to others."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "@odata.id":
                yield inner
            else:
                yield from links(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from links(inner)


def test_every_link_leads_to_a_document_that_knows_its_place() -> None:
    todo, seen = list(links(about(MACHINE, HERE))), set()
    while todo:
        path = todo.pop()
        found = get(path)
        assert found["@odata.id"] == path
        seen.add(path)
        todo += [link for link in links(found) if link not in seen and link != path]

    disks, sockets = len(MACHINE.disks), MACHINE.cpu.sockets
    assert len(seen) == 3 + 1 + disks + sockets + len(MACS)


def test_parts_agree_with_the_machine() -> None:
    assert about(MACHINE, HERE)["MemorySummary"]["TotalSystemMemoryGiB"] == (
        MACHINE.memory.mb // 1024
    )
    threads = [
        get(member["@odata.id"])["TotalThreads"]
        for member in get(f"{HERE}/Processors")["Members"]
    ]
    assert sum(threads) == MACHINE.cpu.logical
    drives = [get(link["@odata.id"]) for link in get(f"{HERE}/Storage/1")["Drives"]]
    assert [drive["CapacityBytes"] for drive in drives] == [
        disk.size for disk in MACHINE.disks
    ]
    cards = get(f"{HERE}/EthernetInterfaces")["Members"]
    assert [get(card["@odata.id"])["MACAddress"] for card in cards] == list(MACS)


@pytest.mark.parametrize("parts", [["Bios"], ["Processors", "CPU9"], []])
def test_what_is_not_there_is_not_found(parts: list[str]) -> None:
    assert document(MACHINE, MACS, HERE, parts) is None


def test_a_controller_is_made_known_to_ironic_once() -> None:
    ironic = a_fleet_of(["a", "b"])
    node = simulated_node(raw(extra={"simulated": "yes", "simulated_bmc": True}))
    assert node
    ironic.known[node.id] = node
    fleet = a_fleet(ironic)

    play(fleet, turns=3)

    assert ironic.patches == [(node.id, URL)]


def test_only_a_machine_with_a_controller_is_told_of() -> None:
    ironic = a_fleet_of(["a"], has_bmc=True, bmc_url=URL, model="storage")
    ironic.add(a_fleet_of(["b"]).show("b"))
    fleet = a_fleet(ironic)
    play(fleet)

    found = asyncio.run(fleet.hardware("id-a"))

    assert found
    assert found[0].name == "a"
    assert found[1] == ironic.ports["id-a"]
    assert asyncio.run(fleet.hardware("id-b")) is None
    assert asyncio.run(fleet.hardware("nobody")) is None


def test_a_fleet_can_be_generated_with_controllers() -> None:
    plan = FleetPlan(count=1, models=list(MODELS.values()), has_bmc=True)

    assert fleet_document(plan)["nodes"][0]["extra"]["simulated_bmc"] is True


def raw(**fields: Any) -> dict[str, Any]:
    """A node as the API shows it."""
    given: dict[str, Any] = {
        "uuid": "id-a",
        "name": "a",
        "provision_state": "manageable",
        "provision_updated_at": None,
        "maintenance": False,
        "power_interface": "fake",
        "deploy_interface": "fake",
        "driver_info": {},
    }
    return given | fields
