"""Read facts out of what Ironic keeps of an inspection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tripleo_cli.domain.facts.values import HardwareFacts


def facts_from(
    inventory: Mapping[str, Any], plugin_data: Mapping[str, Any]
) -> HardwareFacts:
    """Read a machine's facts; what is missing or odd stays unknown.

    Args:
        inventory: The ``inventory`` of Ironic's answer to
            ``GET /v1/nodes/{id}/inventory``.
        plugin_data: Its ``plugin_data``: what inspection hooks added.
    """
    del plugin_data
    return HardwareFacts(hostname=str(inventory.get("hostname") or ""))
