"""Rules that Ironic applies to a node whenever its inspection ends.

Source: https://docs.openstack.org/ironic/latest/admin/inspection/inspection_rules.html
and the API that brought them, version 1.96.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAIN = "main"
"""The only phase of an inspection that rules can be applied in so far."""

Clause = Mapping[str, Any]
"""A condition or an action: ``op``, ``args`` and, for each of many, ``loop``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRule:
    """If all conditions hold for what inspection found, all actions are done.

    Attributes:
        uuid: Ironic's name for it; empty before Ironic knows it.
        description: What people call it, up to 255 characters.
        priority: 0 to 9999; higher ones are applied first.
        sensitive: Whether Ironic hides conditions and actions from everybody.
        phase: When it is applied.
        conditions: ``None`` where Ironic hides them; none at all means always.
        actions: ``None`` where Ironic hides them.
    """

    uuid: str = ""
    description: str = ""
    priority: int = 0
    sensitive: bool = False
    phase: str = MAIN
    conditions: Sequence[Clause] | None = ()
    actions: Sequence[Clause] | None = ()
