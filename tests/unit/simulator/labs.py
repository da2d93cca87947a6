"""One node that a container stands in for, and all that plays it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.fakes.containers import FakeCloud, FakeRecords, FakeRuntime, a_tenant
from tests.fakes.fleet import FakeFleetIronic, a_fleet_of
from tripleo_cli.errors import TripleoError
from tripleo_cli.simulator.containers import Containers
from tripleo_cli.simulator.ports import CONTAINER, SimulatedNode

OWNER = "/run/fleet.pid"


@dataclass
class Lab:
    """One node "a", and all that plays it."""

    ironic: FakeFleetIronic = field(
        default_factory=lambda: a_fleet_of(["a"], backing=CONTAINER)
    )
    runtime: FakeRuntime = field(default_factory=FakeRuntime)
    records: FakeRecords = field(default_factory=FakeRecords)
    cloud: FakeCloud = field(default_factory=FakeCloud)
    now: float = 0.0
    machines: Containers = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start the fleet; the one before was killed."""
        self.machines = Containers(
            ironic=self.ironic,
            cloud=self.cloud,
            runtime=self.runtime,
            records=self.records,
            owner=OWNER,
            clock=lambda: self.now,
        )

    @property
    def node(self) -> SimulatedNode:
        return self.ironic.show("a")

    def enter(self, state: str, instance_id: str = "", **fields: Any) -> None:
        node = replace(self.node, state=state, instance_id=instance_id, **fields)
        self.ironic.known[node.id] = node

    def follow(self, times: int = 1) -> None:
        async def go() -> None:
            for _ in range(times):
                await self.machines.follow(self.node)

        asyncio.run(go())

    def reset(self, *kinds: str) -> None:
        async def go() -> None:
            for kind in kinds:
                await self.machines.reset(self.node, kind)
            await self.machines.settle()

        asyncio.run(go())

    def deploy(self, instance_id: str = "server-1", *, boot: bool = True) -> None:
        self.cloud.tenants[instance_id] = a_tenant(instance_id)
        self.enter("active", instance_id)
        self.follow()
        if boot:
            self.reset("On")


def fails_with(kind: type[TripleoError], act: Callable[[], None]) -> str:
    with pytest.raises(kind) as caught:
        act()
    return str(caught.value)
