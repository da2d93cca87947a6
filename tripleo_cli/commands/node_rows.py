"""Rows about machines of a file and about nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tripleo_cli.domain.definition import NodeDefinition
from tripleo_cli.domain.node import Node, exclusion, is_discovered
from tripleo_cli.domain.profile import current_profiles

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def checked(definitions: Sequence[NodeDefinition]) -> Table:
    """Show the machines of a file that was only checked."""
    columns = ("Entry", "Name", "Driver", "BMC", "MAC Addresses", "Notes")
    return columns, [
        (
            node.where,
            node.name,
            node.driver,
            node.bmc,
            ", ".join(node.macs),
            "; ".join(node.notes),
        )
        for node in definitions
    ]


def row_of(node: Node) -> tuple[Any, ...]:
    """Show a node."""
    power = {True: "on", False: "off", None: "unknown"}[node.state.power_on]
    return (
        node.name,
        node.id,
        node.provision.value,
        power,
        ", ".join(current_profiles(node)),
        node.resource_class,
        node.properties.get("cpus"),
        node.properties.get("memory_mb"),
        node.properties.get("local_gb"),
        node.state.maintenance,
        node.instance_id or "",
        node.state.last_error or "",
        is_discovered(node),
        exclusion(node) or "",
    )
