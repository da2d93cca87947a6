"""What machines have sent: real ones, a virtual one, simulated ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tripleo_cli.domain.facts import HardwareFacts, facts_from
from tripleo_cli.simulator.inventory import inspection_data
from tripleo_cli.simulator.machine import draw_machine, macs_for
from tripleo_cli.simulator.models import load_models

DATA = Path(__file__).parents[3] / "data" / "facts"
MODELS = load_models()


def real_hosts() -> list[Any]:
    """Quadruples of six blade servers, as a collector measured them in 2014."""
    return list(json.loads((DATA / "real-6-hosts.json").read_text()))


def real_facts(index: int) -> HardwareFacts:
    return facts_from({}, {"data": real_hosts()[index]})


def virtual_machine() -> dict[str, Any]:
    """Ironic's answer for a machine that the agent's real ramdisk inspected."""
    return dict(json.loads((DATA / "virtual-machine.json").read_text()))


def simulated(model: str, name: str = "a") -> tuple[dict[str, Any], dict[str, Any]]:
    """An inventory and plugin data as the fleet simulator posts them."""
    machine = draw_machine(MODELS[model], name, 1)
    data = inspection_data(machine, macs_for(1, 0, machine.nic_count), 1)
    inventory = data.pop("inventory")
    # As JSON carries them: lists where the simulator has tuples.
    plain: tuple[dict[str, Any], dict[str, Any]] = tuple(
        json.loads(json.dumps([inventory, data]))
    )
    return plain


def simulated_facts(model: str, name: str = "a") -> HardwareFacts:
    return facts_from(*simulated(model, name))
