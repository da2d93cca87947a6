"""Hardware facts: what they are, and how they are read from an inspection."""

from __future__ import annotations

from tripleo_cli.domain.facts.metrics import is_lower_better
from tripleo_cli.domain.facts.reading import facts_from
from tripleo_cli.domain.facts.values import Disk, HardwareFacts, Nic, SwitchPort

__all__ = [
    "Disk",
    "HardwareFacts",
    "Nic",
    "SwitchPort",
    "facts_from",
    "is_lower_better",
]
