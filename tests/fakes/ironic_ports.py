"""What Ironic takes for a port, and when it lets one be changed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from tripleo_cli.domain.node import Node, Port, PortId, ProvisionState
from tripleo_cli.errors import ConflictError, ServiceError

S = ProvisionState

_FIELDS = (
    "address extra is_smartnic local_link_connection name physical_network "
    "portgroup_uuid pxe_enabled uuid"
)
FIELDS = frozenset(_FIELDS.split())
WIRING = frozenset({"local_link_connection", "physical_network"})
LINK_KEYS = {"hostname", "network_type", "port_id", "switch_id", "switch_info"}
WIRABLE = {S.ENROLL, S.INSPECTING, S.INSPECT_WAIT, S.MANAGEABLE}
"""Where a port's wiring may be changed; under maintenance anywhere."""
MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}")


def new_port(fields: Mapping[str, Any]) -> Port:
    """Make a port, or refuse it."""
    if unknown := set(fields) - FIELDS:
        raise ServiceError(f"unexpected port fields: {sorted(unknown)}")
    address = str(fields.get("address", "")).lower()
    if not MAC.fullmatch(address):
        raise ServiceError(f"expected a MAC address but received {address!r}")
    return Port(
        id=PortId(str(fields.get("uuid") or uuid.uuid4())),
        address=address,
        physical_network=fields.get("physical_network") or "",
        local_link=_link(fields.get("local_link_connection") or {}),
    )


def changed_port(node: Node, port: Port, changes: Mapping[str, Any]) -> Port:
    """Change a port by JSON pointers, or refuse that."""
    new = {pointer.removeprefix("/"): value for pointer, value in changes.items()}
    if unknown := set(new) - (FIELDS - {"uuid"}):
        raise ServiceError(f"cannot patch {sorted(unknown)}")
    if set(new) - WIRING:
        raise AssertionError(f"this fake knows no change of {sorted(new)}")
    if not (node.provision in WIRABLE or node.state.maintenance):
        raise ConflictError(
            f"port {port.id} can not have any connectivity attributes updated unless "
            f"node {node.id} is in a enroll, inspecting, inspect wait, manageable "
            f"state or in maintenance mode. The current state is "
            f"{node.provision.value}"
        )
    fields = {
        "uuid": port.id,
        "address": port.address,
        "physical_network": port.physical_network,
        "local_link_connection": port.local_link,
    }
    return new_port(fields | new)


def _link(link: Mapping[str, Any]) -> dict[str, Any]:
    """Take a connection as Ironic does, which writes a switch's id its own way."""
    is_whole = {"port_id", "switch_id"} <= set(link) or "network_type" in link
    if link and (not is_whole or set(link) - LINK_KEYS):
        raise ServiceError(f"invalid local_link_connection: {sorted(link)}")
    if any(not isinstance(value, str) for value in link.values()):
        raise ServiceError("invalid local_link_connection: not texts")
    if "switch_id" not in link:
        return dict(link)
    switch = link["switch_id"].lower()
    if not MAC.fullmatch(switch) and not re.fullmatch("[0-9a-f]{16}", switch):
        raise ServiceError(f"invalid switch_id {switch!r}")
    return {**link, "switch_id": switch}
