"""One process answers for all machines, and for each only once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.fakes.fleet import FakeFleetIronic, a_fleet_of
from tripleo_cli.simulator.faults import Fault, FaultKind, fault_patch, parse_fault
from tripleo_cli.simulator.fleet import Fleet, FleetOptions
from tripleo_cli.simulator.models import load_models
from tripleo_cli.simulator.ports import UnavailableError

URL = "https://fleet"
OPTIONS = FleetOptions(poll_s=0.001, census_s=0, url=URL)


@dataclass
class Naps:
    """Sleeps that take no time."""

    taken: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def a_fleet(ironic: FakeFleetIronic, **fields: Any) -> Fleet:
    options = fields.pop("options", OPTIONS)
    naps = fields.pop("sleep", Naps())
    return Fleet(
        ironic=ironic,
        models=load_models(),
        options=options,
        sleep=naps,
        clock=no_time_passes,
        **fields,
    )


def no_time_passes() -> float:
    """A listing that took long, on a busy machine, would put off the next one."""
    return 0.0


def play(fleet: Fleet, turns: int = 1) -> None:
    """Take turns, each to its end."""

    async def go() -> None:
        for _ in range(turns):
            await fleet.turn()
            await fleet.settle()

    asyncio.run(go())


def with_fault(ironic: FakeFleetIronic, name: str, fault: str) -> None:
    node = ironic.show(name)
    asyncio.run(ironic.patch(node.id, fault_patch(parse_fault(fault))))


def test_every_waiting_machine_sends_its_inventory() -> None:
    ironic = a_fleet_of(["a", "b", "c"], model="compute", seed=3)
    ironic.inspect("a", "c")

    play(a_fleet(ironic))

    assert sorted(ironic.inspected) == ["a", "c"]
    assert ironic.inspected["a"]["inventory"]["hostname"] == "a"


def test_the_machine_boots_from_its_first_registered_port() -> None:
    ironic = a_fleet_of(["a"])
    ironic.inspect("a")

    play(a_fleet(ironic))

    data = ironic.inspected["a"]
    assert data["boot_interface"] == "02:53:01:00:00:00"
    assert [nic["mac_address"] for nic in data["inventory"]["interfaces"]] == [
        "02:53:01:00:00:00",
        "02:53:01:00:00:01",
    ]


def test_a_second_inspection_is_answered_with_the_same() -> None:
    ironic = a_fleet_of(["a"])
    fleet = a_fleet(ironic)
    ironic.inspect("a")
    play(fleet)
    first = ironic.inspected.pop("a")
    ironic.inspect("a")

    play(fleet)

    assert ironic.inspected["a"] == first


def test_a_machine_seen_twice_in_one_inspection_answers_once() -> None:
    ironic = a_fleet_of(["a"])
    fleet = a_fleet(ironic)
    ironic.inspect("a")
    node = ironic.show("a")
    play(fleet)
    # A list that Ironic made before it took the inventory.
    ironic.known[node.id] = node
    ironic.inspected.clear()

    play(fleet)

    assert not ironic.inspected


def test_only_the_named_nodes_are_played() -> None:
    ironic = a_fleet_of(["a", "b"])
    ironic.inspect("a", "b")

    play(a_fleet(ironic, options=replace(OPTIONS, names=frozenset({"b"}))))

    assert list(ironic.inspected) == ["b"]


def test_a_silent_machine_never_answers_until_it_is_healed() -> None:
    ironic = a_fleet_of(["a"], fault=Fault(FaultKind.INSPECTION_SILENT))
    fleet = a_fleet(ironic)
    ironic.inspect("a")
    play(fleet, turns=3)
    assert not ironic.inspected
    assert fleet.counts.silent == 1
    with_fault(ironic, "a", "none")

    play(fleet)

    assert list(ironic.inspected) == ["a"]


def test_a_slow_machine_takes_its_time() -> None:
    ironic = a_fleet_of(["a"], fault=parse_fault("inspection-slow:30"))
    ironic.inspect("a")
    naps = Naps()

    play(a_fleet(ironic, sleep=naps))

    assert naps.taken == [30.0]
    assert list(ironic.inspected) == ["a"]


def test_an_inspection_error_is_the_one_asked_for() -> None:
    ironic = a_fleet_of(["a"], fault=parse_fault("inspection-error:no fans"))
    ironic.inspect("a")

    play(a_fleet(ironic))

    assert ironic.inspected["a"]["error"] == "no fans"
    assert ironic.show("a").state == "inspect failed"


def test_an_answer_is_sent_again_after_an_outage() -> None:
    ironic = a_fleet_of(["a"])
    ironic.inspect("a")
    fleet = a_fleet(ironic)

    async def go() -> None:
        await fleet.turn()
        ironic.outages = 3
        await fleet.settle()

    asyncio.run(go())

    assert list(ironic.inspected) == ["a"]


def test_an_outage_longer_than_the_tries_is_made_up_for_later() -> None:
    ironic = a_fleet_of(["a"])
    ironic.inspect("a")
    fleet = a_fleet(ironic)

    async def go() -> None:
        await fleet.turn()
        ironic.outages = 99
        await fleet.settle()
        assert fleet.counts.failed == 1
        ironic.outages = 0
        await fleet.turn()
        await fleet.settle()

    asyncio.run(go())

    assert list(ironic.inspected) == ["a"]


def test_a_machine_without_ports_stops_no_other() -> None:
    ironic = a_fleet_of(["a", "b"])
    ironic.ports["id-a"] = ()
    ironic.inspect("a", "b")
    fleet = a_fleet(ironic)

    play(fleet)

    assert list(ironic.inspected) == ["b"]
    assert fleet.counts.failed == 1


def test_a_mistake_of_the_fleet_is_logged_and_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ironic = a_fleet_of(["a", "b"])
    ironic.ports["id-a"] = ("not a MAC address",)
    ironic.inspect("a", "b")

    play(a_fleet(ironic))

    assert list(ironic.inspected) == ["b"]
    assert "a: unexpected" in caplog.text


@pytest.mark.parametrize(
    ("fault", "power", "deploy"),
    [
        ("power-fails", "redfish", "custom-agent"),
        ("deploy-fails", "fake", "custom-agent"),
        ("clean-fails:no luck", "fake", "custom-agent"),
        ("inspection-silent", "fake", "fake"),
    ],
)
def test_a_fault_gets_the_interfaces_it_needs(
    fault: str, power: str, deploy: str
) -> None:
    ironic = a_fleet_of(["a"], fault=parse_fault(fault))

    play(a_fleet(ironic))

    wiring = ironic.show("a").wiring
    assert (wiring.power, wiring.deploy) == (power, deploy)


def test_a_healed_machine_gets_the_plain_interfaces_back() -> None:
    ironic = a_fleet_of(["a"], fault=parse_fault("power-fails"))
    fleet = a_fleet(ironic)
    play(fleet)
    with_fault(ironic, "a", "none")

    play(fleet)

    assert ironic.show("a").wiring.power == "fake"


def test_a_machine_in_use_keeps_its_interfaces() -> None:
    ironic = a_fleet_of(["a"], fault=parse_fault("deploy-fails"))
    ironic.enter("a", "active")

    play(a_fleet(ironic))

    assert ironic.show("a").wiring.deploy == "fake"


def test_direct_serves_where_custom_agent_is_not_enabled() -> None:
    ironic = a_fleet_of(["a", "b"], fault=parse_fault("deploy-fails"))
    ironic.deploy_interfaces.discard("custom-agent")

    play(a_fleet(ironic), turns=2)

    assert {ironic.show(name).wiring.deploy for name in "ab"} == {"direct"}


def test_interfaces_that_ironic_has_not_are_asked_for_once() -> None:
    ironic = a_fleet_of(["a"], fault=parse_fault("deploy-fails"))
    ironic.deploy_interfaces = {"fake"}
    fleet = a_fleet(ironic)

    play(fleet, turns=5)

    assert fleet.counts.failed == 1


def test_power_that_fails_is_wired_even_while_inspection_waits() -> None:
    ironic = a_fleet_of(["a"])
    fleet = a_fleet(ironic, options=replace(OPTIONS, census_s=1000))
    play(fleet)
    with_fault(ironic, "a", "power-fails")
    ironic.inspect("a")

    play(fleet)

    assert ironic.show("a").wiring.power == "redfish"


def test_an_agent_beats_while_ironic_waits_for_it() -> None:
    ironic = a_fleet_of(["a", "b"])
    with_fault(ironic, "a", "deploy-fails")
    fleet = a_fleet(ironic)
    play(fleet)
    ironic.enter("a", "wait call-back")
    ironic.enter("b", "wait call-back")

    play(fleet, turns=2)

    assert ironic.beats == [("a", f"{URL}/agents/id-a")] * 2


def test_an_agent_looks_itself_up_again_after_a_reboot() -> None:
    ironic = a_fleet_of(["a"], fault=parse_fault("deploy-fails"))
    fleet = a_fleet(ironic)
    play(fleet)
    ironic.enter("a", "clean wait")
    play(fleet)
    ironic.tokens.clear()

    play(fleet, turns=3)

    assert len(ironic.beats) == 3
    assert fleet.counts.failed == 0


def test_an_unreadable_fault_is_complained_about_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ironic = a_fleet_of(["a"], fault_problem="unknown fault 'x'")

    play(a_fleet(ironic), turns=3)

    assert caplog.text.count("unknown fault") == 1


def test_the_fleet_waits_out_an_ironic_that_is_away() -> None:
    ironic = a_fleet_of(["a"])
    ironic.inspect("a")
    ironic.outages = 1
    fleet = a_fleet(ironic)

    async def go() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(fleet.run(stop))
        while not ironic.inspected:
            await asyncio.sleep(0.01)
        stop.set()
        await asyncio.wait_for(running, 5)

    asyncio.run(go())

    assert list(ironic.inspected) == ["a"]


def test_stopping_drops_what_is_slow() -> None:
    ironic = a_fleet_of(["a"], fault=parse_fault("inspection-slow:3600"))
    ironic.inspect("a")
    fleet = a_fleet(ironic, sleep=asyncio.sleep)

    async def go() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(fleet.run(stop))
        await asyncio.sleep(0.05)
        stop.set()
        await asyncio.wait_for(running, 5)

    asyncio.run(go())

    assert not ironic.inspected


def test_posts_are_bounded() -> None:
    names = [f"n{number}" for number in range(40)]
    ironic = a_fleet_of(names)
    ironic.inspect(*names)
    busy: list[int] = []
    at_once = 0
    macs = ironic.macs

    async def slow_macs(node_id: str) -> Any:
        nonlocal at_once
        at_once += 1
        busy.append(at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return await macs(node_id)

    class Slow(FakeFleetIronic):
        def macs(self, node_id: str) -> Awaitable[Any]:  # type: ignore[override]
            return slow_macs(node_id)

    slow = Slow(ironic.known, ironic.ports)
    play(a_fleet(slow, options=replace(OPTIONS, concurrency=3)))

    assert len(slow.inspected) == 40
    assert max(busy) <= 3


def test_the_fake_is_as_strict_as_ironic() -> None:
    ironic = a_fleet_of(["a"])
    ironic.outages = 1

    with pytest.raises(UnavailableError):
        asyncio.run(ironic.nodes())
