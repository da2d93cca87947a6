"""Machines that nobody registered boot the ramdisk by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pytest

from tripleo_cli.simulator.models import load_models
from tripleo_cli.simulator.nodes_file import FleetPlan, fleet_document, fleet_machines
from tripleo_cli.simulator.ports import Ironic, RefusedError
from tripleo_cli.simulator.process import introduce_to

PLAN = FleetPlan(count=3, seed=7, prefix="new", models=list(load_models().values()))


class Enrolling:
    """An Ironic that enrolls whoever sends an inventory, or nobody."""

    def __init__(self, *, is_enabled: bool) -> None:
        self.is_enabled = is_enabled
        self.sent: list[Mapping[str, Any]] = []

    async def continue_inspection(self, data: Mapping[str, Any]) -> None:
        if not self.is_enabled:
            raise RefusedError("HTTP 404")
        self.sent.append(data)

    def introduce(self) -> str:
        return asyncio.run(introduce_to(cast("Ironic", self), PLAN))


def test_a_fleet_introduces_itself() -> None:
    ironic = Enrolling(is_enabled=True)

    said = ironic.introduce()

    names = [data["inventory"]["hostname"] for data in ironic.sent]
    assert names == [machine.name for machine, _ in fleet_machines(PLAN)]
    assert said.startswith("3 SIMULATED machines")


def test_they_are_the_machines_of_the_nodes_file() -> None:
    ironic = Enrolling(is_enabled=True)

    ironic.introduce()

    booted = [data["boot_interface"] for data in ironic.sent]
    nodes = fleet_document(PLAN)["nodes"]
    assert booted == [node["ports"][0]["address"] for node in nodes]


def test_an_ironic_that_enrolls_nobody_says_how_to_make_it() -> None:
    with pytest.raises(RefusedError, match="HTTP 404") as caught:
        Enrolling(is_enabled=False).introduce()

    assert "enable_node_discovery = true" in str(caught.value.hint)
