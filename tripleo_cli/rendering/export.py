"""Write nodes as ``overcloud node export`` does: what Ironic's API gives of them.

The keys are Ironic's own, so that a program that knows its API can read the file.
``driver_info`` is never in it: it is where passwords are. Nor is all of ``extra``,
since operators may keep anything there; only why a node was excluded is kept, and the
benchmark results of earlier inspections.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tripleo_cli.domain.facts.earlier import KEY as EARLIER_KEY
from tripleo_cli.domain.node import EXCLUDED_KEY, Node, format_capabilities

EXTRA_KEYS = (EXCLUDED_KEY, EARLIER_KEY)
"""What is kept of a node's ``extra``: why it was excluded, and earlier benchmarks."""


def render_entry(
    node: Node, inventory: Mapping[str, Any] | None, plugin_data: Mapping[str, Any]
) -> str:
    """Write one node in one line of JSON.

    Args:
        node: The node.
        inventory: What its last inspection found, ``None`` before the first.
        plugin_data: What Ironic's inspection hooks added, benchmarks included.
    """
    entry = {
        "name": node.name or None,
        "uuid": node.id,
        "provision_state": node.provision.value,
        "maintenance": node.state.maintenance,
        "maintenance_reason": node.state.maintenance_reason,
        "instance_uuid": node.instance_id,
        "resource_class": node.resource_class or None,
        "traits": sorted(node.traits),
        "properties": _properties(node),
        "extra": {key: node.extra[key] for key in EXTRA_KEYS if key in node.extra},
        "inventory": inventory,
        "plugin_data": plugin_data if inventory is not None else None,
    }
    return json.dumps(entry, ensure_ascii=False)


def render_export(entries: Iterable[str]) -> str:
    """Join entries to a JSON list with one node in each line."""
    lines = ",\n".join(entries)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def _properties(node: Node) -> dict[str, Any]:
    """Put capabilities back where Ironic has them."""
    properties = dict(node.properties)
    if node.capabilities:
        properties["capabilities"] = format_capabilities(node.capabilities)
    return properties
