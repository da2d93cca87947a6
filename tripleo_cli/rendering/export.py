"""Write nodes as ``overcloud node export`` does: what Ironic's API gives of them.

The keys are Ironic's own, so that a program that knows its API can read the file.
``driver_info`` is never in it: it is where passwords are. Nor is all of ``extra``,
since operators may keep anything there: what could tell where a node stands is written,
numbers and short plain texts, unless the name of the key tells of a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tripleo_cli.domain.facts.earlier import KEY as EARLIER_KEY
from tripleo_cli.domain.node import EXCLUDED_KEY, Node, format_capabilities

EXTRA_KEYS = (EXCLUDED_KEY, EARLIER_KEY)
"""What is kept of ``extra`` whole: why a node was excluded, and earlier benchmarks."""
_TELLING: Final = re.compile(
    "pass|pwd|secret|token|credential|auth|key|cert|login|user|community|salt|hash",
    re.IGNORECASE,
)
"""Names of secrets, and of what goes with them."""
_PLAIN: Final = re.compile(r"[\w .,:/#()+-]{1,64}")
"""Texts that can be the name of a place; not a hash, a key or an address to sign in."""


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
        "conductor_group": node.conductor_group,
        "traits": sorted(node.traits),
        "properties": _properties(node),
        "extra": _extra(node),
        "inventory": inventory,
        "plugin_data": plugin_data if inventory is not None else None,
    }
    return json.dumps(entry, ensure_ascii=False)


def render_export(entries: Iterable[str]) -> str:
    """Join entries to a JSON list with one node in each line."""
    lines = ",\n".join(entries)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def _extra(node: Node) -> dict[str, Any]:
    ours = {key: node.extra[key] for key in EXTRA_KEYS if key in node.extra}
    return {**_harmless(node.extra), **ours}


def _harmless(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        key: _plain(value) for key, value in values.items() if not _TELLING.search(key)
    }
    return {key: value for key, value in kept.items() if value is not None}


def _plain(value: Any) -> Any:
    """Give what may be told of a value, ``None`` for nothing."""
    if isinstance(value, Mapping):
        return _harmless(value) or None
    if isinstance(value, list):
        return [one for one in map(_plain, value) if one is not None] or None
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else None
    return value


def _properties(node: Node) -> dict[str, Any]:
    """Put capabilities back where Ironic has them."""
    properties = dict(node.properties)
    if node.capabilities:
        properties["capabilities"] = format_capabilities(node.capabilities)
    return properties
