"""Steps of manual cleaning: erase disks, build RAID volumes, set up the BIOS.

Source: https://docs.openstack.org/ironic/latest/admin/cleaning.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

INTERFACES = ("bios", "deploy", "firmware", "management", "power", "raid", "vendor")
"""The kinds of driver interface that have cleaning steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanStep:
    """One step; ``interface`` is the kind of driver interface that does it."""

    interface: str
    step: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.interface}.{self.step}"

    def fields(self) -> dict[str, Any]:
        """Give Ironic's own names."""
        named = {"interface": self.interface, "step": self.step}
        return {**named, "args": dict(self.args)} if self.args else {**named}


ERASE_METADATA = (CleanStep(interface="deploy", step="erase_devices_metadata"),)
"""Partition tables and file system labels: seconds, and enough to be forgotten."""
ERASE_DISKS = (CleanStep(interface="deploy", step="erase_devices"),)
"""All data, by what the disks offer for it: minutes to days."""
CREATE_RAID = (
    CleanStep(interface="raid", step="delete_configuration"),
    CleanStep(interface="raid", step="create_configuration"),
)
RESET_BIOS = (CleanStep(interface="bios", step="factory_reset"),)


def apply_bios(settings: Mapping[str, str]) -> tuple[CleanStep, ...]:
    """Give the step that makes the BIOS have these settings, by name."""
    listed = [{"name": name, "value": value} for name, value in settings.items()]
    step = CleanStep(
        interface="bios", step="apply_configuration", args={"settings": listed}
    )
    return (step,)
