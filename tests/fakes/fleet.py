"""Ironic as the simulated fleet sees it: small, stateful, strict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tripleo_cli.simulator.faults import FAULT_KEY, Wiring, parse_fault
from tripleo_cli.simulator.ports import (
    RefusedError,
    SimulatedNode,
    UnavailableError,
)

REWIRABLE = {"enroll", "manageable", "available", "inspect wait"}


@dataclass(slots=True)
class FakeFleetIronic:
    """Nodes with their ports; refuses what the real one refuses."""

    known: dict[str, SimulatedNode] = field(default_factory=dict)
    ports: dict[str, tuple[str, ...]] = field(default_factory=dict)
    deploy_interfaces: set[str] = field(
        default_factory=lambda: {"fake", "direct", "custom-agent"}
    )
    outages: int = 0
    """How many of the next calls find nobody there."""
    inspected: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    beats: list[tuple[str, str]] = field(default_factory=list)
    patches: list[tuple[str, str]] = field(default_factory=list)
    """The nodes that were told where their controller is, and where."""
    power: list[tuple[str, bool]] = field(default_factory=list)
    """What was asked of the power of nodes, in order."""
    locked: set[str] = field(default_factory=set)
    """Nodes that Ironic is at work on."""
    calls: int = 0
    clock: int = 0

    def add(self, node: SimulatedNode, *macs: str) -> None:
        self.known[node.id] = node
        self.ports[node.id] = macs

    def inspect(self, *names: str) -> None:
        """Start inspections, as an operator would."""
        for name in names:
            self.enter(name, "inspect wait")

    def enter(self, name: str, state: str) -> None:
        self.clock += 1
        node = next(node for node in self.known.values() if node.name == name)
        self._change(node, state=state, since=f"t{self.clock}")

    def show(self, name: str) -> SimulatedNode:
        return next(node for node in self.known.values() if node.name == name)

    def _change(self, node: SimulatedNode, **fields: Any) -> None:
        self.known[node.id] = replace(node, **fields)

    def _called(self) -> None:
        self.calls += 1
        if self.outages:
            self.outages -= 1
            raise UnavailableError("nobody listens")

    async def nodes(self, state: str | None = None) -> Sequence[SimulatedNode]:
        self._called()
        return [node for node in self.known.values() if state in (None, node.state)]

    async def has(self, node_id: str) -> bool:
        self._called()
        return node_id in self.known

    async def macs(self, node_id: str) -> Sequence[str]:
        self._called()
        return self.ports[node_id]

    async def patch(self, node_id: str, patch: Sequence[Mapping[str, Any]]) -> None:
        self._called()
        node = self.known[node_id]
        given = {change["path"]: change["value"] for change in patch}
        wiring = Wiring(
            power=given.get("/power_interface", node.wiring.power),
            deploy=given.get("/deploy_interface", node.wiring.deploy),
        )
        if wiring != node.wiring and node.state not in REWIRABLE:
            raise RefusedError(f"{node.name} is {node.state}")
        if wiring.deploy not in self.deploy_interfaces:
            raise RefusedError(f"no deploy interface {wiring.deploy}")
        text = given.get(f"/extra/{FAULT_KEY}")
        fault = node.fault if text is None else parse_fault(text)
        bmc_url = str(given.get("/driver_info/redfish_address", node.bmc_url))
        if bmc_url != node.bmc_url:
            self.patches.append((node_id, bmc_url))
        self._change(node, wiring=wiring, fault=fault, bmc_url=bmc_url)

    async def set_power(self, node_id: str, *, on: bool) -> None:
        self._called()
        if node_id in self.locked:
            raise UnavailableError(f"{self.known[node_id].name} is locked")
        self.power.append((self.known[node_id].name, on))

    async def continue_inspection(self, data: Mapping[str, Any]) -> None:
        self._called()
        macs = {nic["mac_address"] for nic in data["inventory"]["interfaces"]}
        found = [node_id for node_id, own in self.ports.items() if macs & set(own)]
        if len(found) != 1 or self.known[found[0]].state != "inspect wait":
            raise RefusedError("HTTP 404")
        node = self.known[found[0]]
        self.inspected[node.name] = data
        self._change(node, state="inspect failed" if data["error"] else "manageable")

    async def agent_token(self, node_id: str) -> str:
        self._called()
        if node_id in self.tokens:
            return ""
        self.tokens[node_id] = f"token-{len(self.tokens)}"
        return self.tokens[node_id]

    async def heartbeat(self, node_id: str, url: str, token: str) -> None:
        self._called()
        if self.tokens.get(node_id) != token:
            raise RefusedError("Invalid or missing agent token received.")
        self.beats.append((self.known[node_id].name, url))


def a_fleet_of(names: Iterable[str], **fields: Any) -> FakeFleetIronic:
    """Manageable nodes with two network cards each."""
    ironic = FakeFleetIronic()
    for number, name in enumerate(names):
        node = SimulatedNode(id=f"id-{name}", name=name, state="manageable", **fields)
        macs = [f"02:53:01:00:{number:02x}:0{nic}" for nic in range(2)]
        ironic.add(node, *macs)
    return ironic
