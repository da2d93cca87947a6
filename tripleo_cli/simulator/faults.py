"""Faults a simulated machine shows when told to, and what Ironic needs for them.

Ironic's ``fake`` interfaces never fail. But ``fake-hardware`` takes any enabled
interface without asking whether they go together, so a machine with a fault is
given the *real* one that can meet it: ``redfish`` for power, with a simulated
management controller that refuses, and ``custom-agent`` for deploying and cleaning,
with a simulated agent whose steps fail. The error is then Ironic's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

FAULT_KEY: Final = "simulated_fault"
"""Where a node's ``extra`` says which fault it has."""
NONE: Final = "none"
SLOW_PART_PERCENT: Final = 60
_SLOW_PART: Final = re.compile(r"(cpu|mem|disk|[a-z]+\d*)(=[1-9]\d{0,2})?")
DEFAULT_MESSAGES: Final = {
    "inspection-error": "SIMULATED: the disk controller does not answer",
    "power-fails": "SIMULATED: the power supply does not answer",
    "deploy-fails": "SIMULATED: writing the image failed: I/O error on /dev/sda",
    "clean-fails": "SIMULATED: erasing /dev/sda failed: I/O error",
}


class FaultKind(Enum):
    """What goes wrong."""

    INSPECTION_SILENT = "inspection-silent"
    """The inspection ramdisk never answers."""
    INSPECTION_SLOW = "inspection-slow"
    """It answers late, after the seconds given."""
    INSPECTION_ERROR = "inspection-error"
    """It answers that its collectors failed."""
    POWER_FAILS = "power-fails"
    """The management controller reads power but cannot change it."""
    DEPLOY_FAILS = "deploy-fails"
    """The deploy agent fails while it writes the image."""
    CLEAN_FAILS = "clean-fails"
    """The deploy agent fails while it cleans."""
    SLOW_PART = "slow-part"
    """A part is slower than that of its like: cpu, mem, disk, or one disk's name."""

    UNPLUGGED = "unplugged"
    """The network cable of a container's machine is pulled out, at once."""

    @property
    def detail(self) -> str:
        """What may follow the kind after a colon."""
        if self is FaultKind.INSPECTION_SLOW:
            return "SECONDS"
        if self is FaultKind.SLOW_PART:
            return "PART[=PERCENT]"
        return "" if self in _PLAIN_KINDS else "MESSAGE"


_PLAIN_KINDS: Final = frozenset({FaultKind.INSPECTION_SILENT, FaultKind.UNPLUGGED})


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault with its message, or its seconds in text."""

    kind: FaultKind
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.detail}" if self.detail else self.kind.value

    @property
    def message(self) -> str:
        """What the machine says of it."""
        return self.detail or DEFAULT_MESSAGES.get(self.kind.value, "")

    @property
    def seconds(self) -> float:
        """How late a slow machine answers."""
        return float(self.detail) if self.kind is FaultKind.INSPECTION_SLOW else 0.0

    @property
    def slow_parts(self) -> Mapping[str, float]:
        """How fast parts are, as a share of what they should be."""
        if self.kind is not FaultKind.SLOW_PART:
            return {}
        part, _, percent = self.detail.partition("=")
        return {part: float(percent or SLOW_PART_PERCENT) / 100}


def parse_fault(text: str) -> Fault | None:
    """Read ``KIND`` or ``KIND:DETAIL``; nothing and ``none`` mean no fault.

    Raises:
        ValueError: with the kinds that there are, or what the detail must be.
    """
    name, _, detail = text.strip().partition(":")
    name, detail = name.strip(), detail.strip()
    if name in ("", NONE):
        return None
    try:
        kind = FaultKind(name)
    except ValueError:
        known = ", ".join([NONE, *(kind.value for kind in FaultKind)])
        raise ValueError(f"unknown fault {name!r}; known are {known}") from None
    _check_detail(kind, detail)
    return Fault(kind, detail)


def _check_detail(kind: FaultKind, detail: str) -> None:
    if kind is FaultKind.SLOW_PART and not _SLOW_PART.fullmatch(detail):
        raise ValueError(
            f"{kind.value} needs a part (cpu, mem, disk, sda ...) and may have "
            f"its speed in percent, as in {kind.value}:sda=60"
        )
    if kind is FaultKind.INSPECTION_SLOW and not _is_seconds(detail):
        raise ValueError(f"{kind.value} needs seconds, as in {kind.value}:30")
    if detail and not kind.detail:
        raise ValueError(f"{kind.value} takes nothing after a colon")


def _is_seconds(text: str) -> bool:
    try:
        return 0 <= float(text) < float("inf")
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The interfaces of a node in Ironic that decide what can fail."""

    power: str = "fake"
    deploy: str = "fake"


PLAIN: Final = Wiring()
# Both boot an agent; `custom-agent` needs no image, `direct` needs it served by HTTP.
AGENT_DEPLOYS: Final = ("custom-agent", "direct")
_NEEDS_REDFISH: Final = frozenset({FaultKind.POWER_FAILS})
# A node whose power fails must have a deploy interface that powers it on.
_NEEDS_AGENT: Final = frozenset(
    {FaultKind.POWER_FAILS, FaultKind.DEPLOY_FAILS, FaultKind.CLEAN_FAILS}
)


def wiring_for(
    fault: Fault | None,
    agent_deploy: str = AGENT_DEPLOYS[0],
    *,
    has_power: bool = False,
) -> Wiring:
    """Say which interfaces a node with that fault needs.

    Args:
        fault: what goes wrong with it.
        agent_deploy: the deploy interface that boots an agent.
        has_power: something stands in for it that can be switched on and off.
    """
    kind = fault.kind if fault else None
    return Wiring(
        power="redfish" if has_power or kind in _NEEDS_REDFISH else "fake",
        deploy=agent_deploy if kind in _NEEDS_AGENT else "fake",
    )


def wiring_patch(wiring: Wiring, node_id: str, url: str) -> list[dict[str, Any]]:
    """Write the JSON patch that gives a node its wiring.

    Args:
        wiring: what the node needs.
        node_id: its UUID.
        url: where the fleet's own server can be reached by Ironic.
    """
    driver_info: Mapping[str, Any] = {
        # The fleet's certificate is its own, made at each start.
        "agent_verify_ca": False,
        # A simulated machine cannot switch itself off; Ironic does, by its power.
        "deploy_forces_oob_reboot": True,
        "redfish_address": url,
        "redfish_system_id": f"/redfish/v1/Systems/{node_id}",
        "redfish_verify_ca": False,
    }
    return [
        _replace("/power_interface", wiring.power),
        _replace("/deploy_interface", wiring.deploy),
        *({"op": "add", "path": f"/driver_info/{k}", "value": v}
          for k, v in driver_info.items()),
    ]  # fmt: skip


def fault_patch(fault: Fault | None) -> list[dict[str, Any]]:
    """Write the JSON patch that tells a node its fault."""
    text = str(fault) if fault else NONE
    return [{"op": "add", "path": f"/extra/{FAULT_KEY}", "value": text}]


def _replace(path: str, value: str) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}
