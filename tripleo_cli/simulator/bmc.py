"""Simulated management controllers: as much Redfish as Ironic's power needs.

Where nothing stands in for a machine, they read power and refuse to change it: only
machines with the power fault are asked. A backing's machines are switched for real.
"""

from __future__ import annotations

from typing import Any, Final

from tripleo_cli.simulator.faults import DEFAULT_MESSAGES, FaultKind
from tripleo_cli.simulator.ports import SimulatedNode

ROOT: Final = "/redfish/v1"
RESET_TYPES: Final = (
    *("On", "ForceOff", "GracefulShutdown", "ForceRestart", "ForceOn"),
    "GracefulRestart",
)

Json = dict[str, Any]


def service_root() -> Json:
    """The document at ``/redfish/v1/``."""
    return {
        "@odata.id": f"{ROOT}/",
        "Id": "RootService",
        "Name": "SIMULATED by tripleo-fleet",
        "RedfishVersion": "1.6.0",
        "Systems": {"@odata.id": f"{ROOT}/Systems"},
    }


def system(node_id: str, name: str, *, is_on: bool = False) -> Json:
    """The document of one machine."""
    path = f"{ROOT}/Systems/{node_id}"
    return {
        "@odata.id": path,
        "Id": node_id,
        "Name": name,
        "UUID": node_id,
        "Manufacturer": "SIMULATED by tripleo-fleet",
        "PowerState": "On" if is_on else "Off",
        "Actions": {
            "#ComputerSystem.Reset": {
                "target": f"{path}/Actions/ComputerSystem.Reset",
                "ResetType@Redfish.AllowableValues": list(RESET_TYPES),
            }
        },
    }


def refusal(node: SimulatedNode | None) -> Json:
    """The answer to a change of power where power fails, or nothing has any."""
    fault = node.fault if node else None
    return trouble(
        fault.message if fault else DEFAULT_MESSAGES[FaultKind.POWER_FAILS.value]
    )


def trouble(message: str) -> Json:
    """The answer to a request that came to nothing, and why."""
    return {
        "error": {
            "code": "Base.1.0.GeneralError",
            "message": message,
            "@Message.ExtendedInfo": [
                {"MessageId": "Base.1.0.GeneralError", "Message": message}
            ],
        }
    }
