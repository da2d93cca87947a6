"""Fleets of the simulator's machines, healthy or with a part that is slow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from tests.builders import a_node
from tripleo_cli.domain.facts import facts_from
from tripleo_cli.domain.node import Node
from tripleo_cli.simulator.benchmarks import CPU, KINDS, MEMORY, facts
from tripleo_cli.simulator.inventory import inspection_data
from tripleo_cli.simulator.machine import Machine, draw_machine, macs_for
from tripleo_cli.simulator.models import Model, load_models

MODELS: Final = load_models()


def machines(seed: int, count: int, model: str = "") -> list[Machine]:
    """Draw machines of one model, or of all by their shares."""
    rng = Random(seed)  # noqa: S311 - nothing secret
    chosen: Sequence[Model] = [MODELS[model]] if model else list(MODELS.values())
    shares = [one.share for one in chosen]
    drawn = rng.choices(chosen, weights=shares, k=count)
    return [draw_machine(one, f"m{i:04}", seed) for i, one in enumerate(drawn)]


def inspected(
    machine: Machine, seed: int, slow: Mapping[str, float] | None = None
) -> Node:
    """Give the machine as a node; ``slow`` says how fast which part still is."""
    macs = macs_for(seed, int(machine.name[1:]), machine.nic_count)
    data = inspection_data(machine, macs, seed)
    inventory = data.pop("inventory")
    data["data"] = facts(machine, macs, seed, KINDS, slow or {})
    return a_node(machine.name, facts=facts_from(inventory, data))


def parts_of(machine: Machine) -> list[str]:
    """List what of a machine can be slow."""
    return [CPU, MEMORY, *(disk.name.removeprefix("/dev/") for disk in machine.disks)]


def copies(seed: int, count: int, model: str) -> list[Machine]:
    """Give machines that are alike in everything but their name."""
    [first] = machines(seed, 1, model)
    return [replace(first, name=f"m{index:04}") for index in range(count)]
