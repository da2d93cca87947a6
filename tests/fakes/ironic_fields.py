"""The fields of Ironic's nodes: which there are, and how they are patch_field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tripleo_cli.errors import ServiceError

_FIELDS = (
    "automated_clean bios_interface boot_interface chassis_uuid conductor_group "
    "console_interface deploy_interface description disable_power_off driver "
    "driver_info extra firmware_interface inspect_interface instance_name lessee "
    "management_interface name network_data network_interface owner parent_node "
    "power_interface properties raid_interface rescue_interface resource_class "
    "shard storage_interface uuid vendor_interface"
)
FIELDS = frozenset(_FIELDS.split())
PATCHABLE = (FIELDS - {"uuid"}) | {
    "instance_uuid",
    "maintenance",
    "protected",
    "retired",
    "retired_reason",
}


def plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: dict(value) if isinstance(value, Mapping) else value
        for key, value in fields.items()
    }


def masked(driver_info: Mapping[str, Any]) -> dict[str, Any]:
    secret = re.compile("password|secret|token")
    return {
        key: "******" if secret.search(key) else value
        for key, value in driver_info.items()
    }


def patch_field(values: dict[str, Any], pointer: str, value: object) -> None:
    top, *rest = pointer.removeprefix("/").split("/")
    if not pointer.startswith("/") or top not in PATCHABLE:
        raise ServiceError(f"cannot patch {pointer!r}")
    place = values
    for name in (top, *rest)[:-1]:
        if not isinstance(place.setdefault(name, {} if name == top else None), dict):
            raise ServiceError(
                f"couldn't apply patch: no member {name!r} for {pointer}"
            )
        place = place[name]
    name = (top, *rest)[-1]
    if value is not None:
        place[name] = value
    elif name in place:
        del place[name]
    else:
        raise ServiceError(f"couldn't apply patch: can't remove {pointer!r}")
