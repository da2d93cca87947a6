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


@dataclass(frozen=True, slots=True)
class Signature:
    """Which arguments a condition or an action takes.

    ``filled`` are those whose ``{placeholders}`` Ironic replaces by what inspection
    found; in all others they stay as they are, except within a loop.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()


_VALUES = Signature(("values",), ("force_strings",), ("values",))
_VALUE = Signature(("value",), (), ("value",))
_REGEX = Signature(("value", "regex"), (), ("value",))
CONDITIONS: Mapping[str, Signature] = {
    "eq": _VALUES,
    "lt": _VALUES,
    "gt": _VALUES,
    "is-empty": _VALUE,
    "in-net": Signature(("address", "subnet"), (), ("address", "subnet")),
    "matches": _REGEX,
    "contains": _REGEX,
    "one-of": Signature(("value",), ("values",), ("value",)),
    "is-none": _VALUE,
    "is-true": _VALUE,
    "is-false": _VALUE,
}
"""Ironic's conditions; a "!" in front of one turns it round."""
ACTIONS: Mapping[str, Signature] = {
    "fail": Signature(("msg",)),
    "log": Signature(("msg",), ("level",), ("msg",)),
    "set-attribute": Signature(("path", "value"), (), ("value",)),
    "extend-attribute": Signature(("path", "value"), ("unique",), ("value",)),
    "del-attribute": Signature(("path",)),
    "set-capability": Signature(("name", "value"), (), ("value",)),
    "unset-capability": Signature(("name",)),
    "add-trait": Signature(("name",)),
    "remove-trait": Signature(("name",)),
    "set-plugin-data": Signature(("path", "value"), (), ("value",)),
    "extend-plugin-data": Signature(("path", "value"), ("unique",), ("value",)),
    "unset-plugin-data": Signature(("path",)),
    "set-port-attribute": Signature(("port_id", "path", "value"), (), ("value",)),
    "extend-port-attribute": Signature(
        ("port_id", "path", "value"), ("unique",), ("value",)
    ),
    "del-port-attribute": Signature(("port_id", "path")),
    "api-call": Signature(
        ("url",), ("headers", "proxies", "timeout", "retries", "backoff_factor"),
        ("url",),
    ),
}  # fmt: skip
"""Ironic's actions."""
HIGHEST_PRIORITY = 9999
LONGEST_DESCRIPTION = 255


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


def is_same(one: InspectionRule, other: InspectionRule) -> bool:
    """Whether two rules do the same; never certain where Ironic hides what one does."""
    hidden = None in (one.conditions, one.actions, other.conditions, other.actions)
    return not hidden and _comparable(one) == _comparable(other)


def _comparable(rule: InspectionRule) -> tuple[Any, ...]:
    clauses = [
        [_comparable_clause(clause) for clause in part or ()]
        for part in (rule.conditions, rule.actions)
    ]
    about = (rule.description, rule.priority, rule.sensitive, rule.phase)
    return (*about, clauses)


def _comparable_clause(clause: Clause) -> dict[str, Any]:
    """Drop what Ironic adds by itself: a place for plugin data, a default."""
    args = {key: value for key, value in clause["args"].items() if key != "plugin_data"}
    whole = {**clause, "args": args, "op": clause["op"].replace(" ", "")}
    if not clause.get("loop"):
        whole.pop("multiple", None)
    elif "multiple" not in clause:
        whole["multiple"] = "any"
    return whole
