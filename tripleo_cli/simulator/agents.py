"""Simulated deploy agents: ironic-python-agent's HTTP interface, without a machine.

Only nodes with a deploy or cleaning fault have one. Ironic boots it (power is
fake), the fleet looks the node up and sends heartbeats, Ironic asks for steps and
runs them, and the step that is to fail answers that it failed.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tripleo_cli.simulator.faults import Fault, FaultKind
from tripleo_cli.simulator.ports import (
    Ironic,
    RefusedError,
    SimulatedNode,
    UnavailableError,
)

LOG = logging.getLogger(__name__)

MANAGER: Final = "SimulatedHardwareManager"
VERSION: Final = {MANAGER: "1"}
ERASE: Final = {
    "step": "erase_devices_metadata",
    "interface": "deploy",
    "priority": 10,
    "reboot_requested": False,
    "abortable": True,
}
RAID: Final = [
    {
        "step": step,
        "interface": "raid",
        "priority": 0,
        "reboot_requested": False,
        "abortable": True,
    }
    for step in ("delete_configuration", "create_configuration")
]
"""Not done unless asked for; Ironic asks for them by ``raid_interface=agent``."""
WRITE_IMAGE: Final = {
    "step": "write_image",
    "interface": "deploy",
    "priority": 80,
    "reboot_requested": False,
}
LOGS: Final = base64.b64encode(b"SIMULATED machine: it keeps no logs\n").decode()

Json = dict[str, Any]


@dataclass(slots=True)
class Agent:
    """The agent of one machine, from one boot to the next."""

    node: SimulatedNode
    token: str
    commands: list[Json] = field(default_factory=list)

    def execute(self, name: str, params: Mapping[str, Any]) -> Json:
        """Run a command such as ``deploy.execute_deploy_step``, and remember it."""
        short = name.rpartition(".")[2]
        error = self._error(short)
        command: Json = {
            "id": f"simulated-{len(self.commands)}",
            "command_name": short,
            "command_params": {},
            "command_status": "FAILED" if error else "SUCCEEDED",
            "command_error": error,
            "command_result": None if error else _result(short, params),
        }
        self.commands.append(command)
        LOG.info(
            "%s: SIMULATED agent: %s %s",
            self.node.name,
            short,
            command["command_status"].lower(),
        )
        return command

    def _error(self, command: str) -> Json | None:
        fault = self.node.fault
        if fault is None or _FAILING.get(fault.kind) != command:
            return None
        return _command_error(fault)


_FAILING: Final = {
    FaultKind.DEPLOY_FAILS: "execute_deploy_step",
    FaultKind.CLEAN_FAILS: "execute_clean_step",
}


def _command_error(fault: Fault) -> Json:
    return {
        "type": "DeploymentError",
        "code": 500,
        "message": "Error performing the step",
        "details": fault.message,
    }


def _result(command: str, params: Mapping[str, Any]) -> Json:
    """Give the result of a command that went well; many have none to speak of."""
    kind = "clean" if "clean" in command else "deploy"
    if command.startswith("get_") and command.endswith("_steps"):
        steps = [ERASE, *RAID] if kind == "clean" else [WRITE_IMAGE]
        return {
            f"{kind}_steps": {MANAGER: steps},
            "hardware_manager_version": VERSION,
        }
    if command.startswith("execute_"):
        return {
            f"{kind}_step": params.get("step"),
            f"{kind}_result": _volumes(params) or "SIMULATED",
        }
    if command == "collect_system_logs":
        return {"system_logs": LOGS}
    return {"result": "SIMULATED"}


def _volumes(params: Mapping[str, Any]) -> Json | None:
    """Give the volumes that a step was to create: all that are wanted."""
    if (params.get("step") or {}).get("step") != "create_configuration":
        return None
    node = params.get("node") or {}
    return node.get("target_raid_config") or None


@dataclass(slots=True)
class Agents:
    """The agents that are alive, by node."""

    by_node: dict[str, Agent] = field(default_factory=dict)
    _lost: set[str] = field(default_factory=set)
    """Nodes whose token somebody else has; complained about once."""

    async def heartbeat(self, ironic: Ironic, node: SimulatedNode, url: str) -> None:
        """Say that a machine's agent is alive; one that just booted looks up first."""
        agent = self.by_node.get(node.id)
        if agent is None:
            token = await ironic.agent_token(node.id)
            if not token:
                if node.id in self._lost:
                    return
                self._lost.add(node.id)
                raise RefusedError(
                    "its agent has no token: the fleet was restarted meanwhile, or"
                    " another one plays it; else abort what Ironic waits for"
                )
            self._lost.discard(node.id)
            agent = self.by_node[node.id] = Agent(node, token)
            LOG.info("%s: SIMULATED agent booted", node.name)
        agent.node = node
        try:
            await ironic.heartbeat(node.id, f"{url}/agents/{node.id}", agent.token)
        except UnavailableError as error:
            # Ironic is at work on the node; the next poll beats again.
            LOG.debug("%s: SIMULATED agent: %s", node.name, error)
        except RefusedError as error:
            # Ironic forgets a token when it powers the machine off: a new boot.
            del self.by_node[node.id]
            LOG.info("%s: SIMULATED agent is gone: %s", node.name, error)
