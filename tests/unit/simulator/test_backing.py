"""What stands in for a machine decides how Ironic reaches it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.fleet import FakeFleetIronic, a_fleet_of
from tripleo_cli.errors import HostError
from tripleo_cli.inputs.nodes import load_nodes
from tripleo_cli.simulator import bmc, cli
from tripleo_cli.simulator.agents import Agents
from tripleo_cli.simulator.faults import Fault, FaultKind, Wiring
from tripleo_cli.simulator.fleet import Fleet, FleetOptions
from tripleo_cli.simulator.models import load_models
from tripleo_cli.simulator.ports import CONTAINER, SimulatedNode, simulated_node
from tripleo_cli.simulator.server import Endpoints

URL = "https://fleet"


@dataclass
class Switches:
    """A backing that only remembers."""

    on: set[str] = field(default_factory=set)
    followed: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    async def follow(self, node: SimulatedNode) -> None:
        self.followed.append(node.name)
        if node.name in self.broken:
            raise HostError(f"{node.name} has no disk")

    async def gone(self, known: Collection[str]) -> None:
        self.known = set(known)

    def is_on(self, node_id: str) -> bool:
        return node_id in self.on

    async def reset(self, node: SimulatedNode, kind: str) -> None:
        if node.name in self.broken:
            raise HostError(f"{node.name} has no disk")
        (self.on.discard if "Off" in kind else self.on.add)(node.id)


def play(ironic: FakeFleetIronic, switches: Switches, **options: Any) -> Fleet:
    fleet = Fleet(
        ironic=ironic,
        models=load_models(),
        options=FleetOptions(**{"census_s": 0, **options}, url=URL),
        backings={CONTAINER: switches},
        # A listing that took long, on a busy machine, would put off the next one.
        clock=lambda: 0.0,
    )
    take_turns(fleet, 1)
    return fleet


def take_turns(fleet: Fleet, count: int) -> None:
    async def go() -> None:
        for _ in range(count):
            await fleet.turn()
            await fleet.settle()

    asyncio.run(go())


def test_ironic_reaches_a_containers_power_by_redfish() -> None:
    ironic, switches = a_fleet_of(["a"], backing=CONTAINER), Switches()

    play(ironic, switches)

    assert ironic.show("a").wiring == Wiring(power="redfish", deploy="fake")
    assert ironic.show("a").bmc_url == URL
    assert switches.followed == ["a"]
    assert switches.known == {"id-a"}


def test_a_machine_that_goes_off_is_looked_at_before_the_next_census() -> None:
    ironic, switches = a_fleet_of(["a", "b"], backing=CONTAINER), Switches()
    switches.on = {"id-a", "id-b"}
    fleet = play(ironic, switches, census_s=3600)
    switches.followed.clear()
    switches.on.remove("id-b")

    take_turns(fleet, 2)

    assert switches.followed == ["b"]


def test_nodes_that_others_play_are_not_taken_for_gone() -> None:
    ironic, switches = a_fleet_of(["a", "b"], backing=CONTAINER), Switches()

    play(ironic, switches, names=frozenset({"a"}))

    assert switches.followed == ["a"]
    assert switches.known == {"id-a", "id-b"}


def test_what_fails_again_in_the_same_state_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ironic = a_fleet_of(["a"], backing=CONTAINER)
    fleet = play(ironic, Switches(broken={"a"}))
    take_turns(fleet, 2)
    logged = caplog.text.count("a: a has no disk")

    ironic.enter("a", "deploying")
    take_turns(fleet, 2)

    assert (logged, fleet.counts.failed) == (1, 5)
    assert caplog.text.count("a: a has no disk") == 2


def test_machines_that_boot_nothing_stay_as_they_are() -> None:
    ironic, switches = a_fleet_of(["a"]), Switches()

    play(ironic, switches)

    assert ironic.show("a").wiring == Wiring()
    assert not switches.followed


def test_a_backing_that_nobody_knows_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ironic = a_fleet_of(["a"], backing="cardboard")

    play(ironic, Switches())

    assert "a: no backing is called 'cardboard' (known: container)" in caplog.text
    assert ironic.show("a").wiring == Wiring()


def test_a_deployed_machine_learns_where_a_later_fleet_listens() -> None:
    ironic = a_fleet_of(
        ["a"], backing=CONTAINER, wiring=Wiring(power="redfish"), bmc_url="https://old"
    )
    ironic.enter("a", "active")

    play(ironic, Switches())

    assert ironic.show("a").bmc_url == URL


def test_a_machine_is_left_alone_while_ironic_works_on_it() -> None:
    ironic = a_fleet_of(
        ["a"], backing=CONTAINER, wiring=Wiring(power="redfish"), bmc_url="https://old"
    )
    ironic.enter("a", "deploying")

    play(ironic, Switches())

    assert ironic.show("a").bmc_url == "https://old"


@dataclass
class Request:
    """As much of a request as the handlers look at."""

    match_info: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)

    async def json(self) -> dict[str, Any]:
        return self.body


def answers(node: SimulatedNode, switches: Switches, kind: str = "") -> tuple[int, Any]:
    """Reset a machine, or look at it; gives status and document."""
    server = Endpoints(Agents(), {node.id: node}, backings={CONTAINER: switches})
    request: Any = Request({"node": node.id}, {"ResetType": kind})
    handler = server.reset if kind else server.system
    answer = asyncio.run(handler(request))
    text = answer.text or "null"
    return answer.status, json.loads(text)


def a_node(**fields: Any) -> SimulatedNode:
    node = SimulatedNode(id="id-a", name="a", state="active", backing=CONTAINER)
    return replace(node, **fields)


def test_a_controller_switches_the_machine_and_tells_the_truth() -> None:
    switches = Switches()

    status, _ = answers(a_node(), switches, "On")
    _, document = answers(a_node(), switches)

    assert status == 204
    assert document["PowerState"] == "On"


@pytest.mark.parametrize("kind", bmc.RESET_TYPES)
def test_every_reset_that_is_offered_is_done(kind: str) -> None:
    assert answers(a_node(), Switches(), kind)[0] == 204


def test_a_reset_that_nobody_knows_is_refused() -> None:
    status, document = answers(a_node(), Switches(), "Nmi")

    assert status == 400
    assert "Nmi" in document["error"]["message"]


def test_what_keeps_a_machine_from_booting_is_told_to_ironic() -> None:
    status, document = answers(a_node(), Switches(broken={"a"}), "On")

    assert status == 500
    assert document["error"]["message"] == "a has no disk"


def test_what_keeps_a_machine_from_booting_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    switches = Switches(broken={"a"})
    server = Endpoints(Agents(), {"id-a": a_node()}, backings={CONTAINER: switches})
    request: Any = Request({"node": "id-a"}, {"ResetType": "On"})

    async def go(*broken: set[str]) -> None:
        for switches.broken in broken:
            await server.reset(request)

    asyncio.run(go({"a"}, {"a"}))
    logged = caplog.text.count("a: On: a has no disk")
    asyncio.run(go(set(), {"a"}))

    assert logged == 1
    assert caplog.text.count("a: On: a has no disk") == 2


def test_a_power_fault_holds_for_containers_too() -> None:
    switches = Switches()
    fault = Fault(FaultKind.POWER_FAILS, "SIMULATED: fuse")

    status, document = answers(a_node(fault=fault), switches, "On")

    assert (status, switches.on) == (500, set())
    assert document["error"]["message"] == "SIMULATED: fuse"


def test_a_machine_that_boots_nothing_refuses_power() -> None:
    assert answers(a_node(backing=""), Switches(), "On")[0] == 500


def test_a_nodes_file_says_what_stands_in_for_its_machines(tmp_path: Path) -> None:
    path = tmp_path / "nodes.json"
    words = ("generate", "--nodes", "2", "--output", str(path))

    code = cli.main([*words, "--backing", "container"])

    assert code == 0
    assert {node.extra["simulated_backing"] for node in load_nodes(path)} == {CONTAINER}


def test_simulated_machines_are_written_as_ever(tmp_path: Path) -> None:
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    words = ("generate", "--nodes", "2", "--output")

    cli.main([*words, str(paths[0])])
    cli.main([*words, str(paths[1]), "--backing", "simulated"])

    assert paths[0].read_text() == paths[1].read_text()
    assert "simulated_backing" not in paths[0].read_text()


def test_ironic_says_which_server_is_on_a_machine() -> None:
    raw = {
        "uuid": "id-a",
        "name": "a",
        "provision_state": "active",
        "provision_updated_at": "",
        "extra": {"simulated": "yes", "simulated_backing": "container"},
        "power_interface": "redfish",
        "deploy_interface": "fake",
        "maintenance": False,
        "driver_info": {},
        "instance_uuid": "server-1",
    }

    node = simulated_node(raw)

    assert node
    assert (node.backing, node.instance_id) == (CONTAINER, "server-1")
