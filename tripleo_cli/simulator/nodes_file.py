"""The nodes file of a simulated fleet, for ``openstack overcloud node import``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tripleo_cli.simulator.faults import FAULT_KEY, Fault
from tripleo_cli.simulator.machine import Machine, dice, draw_machine, macs_for
from tripleo_cli.simulator.models import Model
from tripleo_cli.simulator.ports import (
    BACKING_KEY,
    BENCHMARKS_KEY,
    BMC_KEY,
    MODEL_KEY,
    SEED_KEY,
    SIMULATED_KEY,
)

COMMENT: Final = (
    "SIMULATED machines made by tripleo-fleet: there is no hardware behind them. "
    "MAC addresses are locally administered (02:53:...). Import this file, and run "
    "`tripleo-fleet run` so that somebody answers for them."
)
NOTE: Final = "SIMULATED by tripleo-fleet, no hardware behind it"


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPlan:
    """What fleet to make."""

    count: int
    seed: int = 1
    models: Sequence[Model]
    prefix: str = "sim"
    resource_class: str = "baremetal"
    faults: Mapping[str, Fault] | None = None
    """Faults by node name."""
    benchmarks: Sequence[str] = ()
    """What every machine measures without being asked."""
    has_bmc: bool = False
    """Whether management controllers tell of their machines' parts."""
    backing: str = ""
    """What stands in for machines that are switched on; nothing by default."""


def fleet_document(plan: FleetPlan) -> dict[str, Any]:
    """Draw a fleet: the same plan always gives the same file."""
    nodes = [_entry(plan, machine, macs) for machine, macs in fleet_machines(plan)]
    return {"_comment": COMMENT, "nodes": nodes}


def fleet_machines(plan: FleetPlan) -> Iterator[tuple[Machine, tuple[str, ...]]]:
    """Draw the machines of a fleet, with the addresses of their network cards."""
    numbers: dict[str, int] = {}
    for index, model in enumerate(_draw_models(plan)):
        number = numbers[model.name] = numbers.get(model.name, -1) + 1
        machine = draw_machine(model, f"{plan.prefix}-{model.name}-{number}", plan.seed)
        yield machine, macs_for(plan.seed, index, machine.nic_count)


def _draw_models(plan: FleetPlan) -> list[Model]:
    """Give every model its share, so that small fleets have of each, in order."""
    rng = dice(plan.seed, "fleet")
    models = list(plan.models)
    certain = models[: plan.count]
    rest = plan.count - len(certain)
    shares = [model.share for model in models]
    return certain + rng.choices(models, weights=shares, k=rest)


def _entry(plan: FleetPlan, machine: Machine, macs: Sequence[str]) -> dict[str, Any]:
    name = machine.name
    extra: dict[str, Any] = {
        SIMULATED_KEY: NOTE,
        MODEL_KEY: machine.model,
        SEED_KEY: plan.seed,
    }
    if plan.has_bmc:
        extra[BMC_KEY] = True
    if plan.backing:
        extra[BACKING_KEY] = plan.backing
    if plan.benchmarks:
        extra[BENCHMARKS_KEY] = ",".join(plan.benchmarks)
    fault = (plan.faults or {}).get(name)
    if fault:
        extra[FAULT_KEY] = str(fault)
    return {
        "_comment": NOTE,
        "name": name,
        "pm_type": "fake-hardware",
        "ports": [{"address": mac} for mac in macs],
        "arch": "x86_64",
        "cpu": machine.cpu.logical,
        "memory": machine.memory.mb,
        "disk": min(disk.size for disk in machine.disks) // 1024**3 - 1,
        "capabilities": {"boot_mode": machine.boot_mode, "simulated": "true"},
        "resource_class": plan.resource_class,
        "inspect_interface": "agent",
        "extra": extra,
    }
