"""Rules of ironic-inspector, rewritten for Ironic.

The old service called facts by names of its own (``memory_mb``) or by JSON paths
(``data://inventory.cpu.count``, ``node://driver``), and had other words for some
conditions. A condition on a fact that is missing was false; in Ironic it may be true
or end the inspection, so such conditions get a guard in front.

Source: https://docs.openstack.org/ironic-inspector/latest/user/usage.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tripleo_cli.inputs.document import Problems, at

_FACTS = {
    "memory_mb": "{inventory[memory][physical_mb]}",
    "cpus": "{inventory[cpu][count]}",
    "cpu_arch": "{inventory[cpu][architecture]}",
    "ipmi_address": "{inventory[bmc_address]}",
}
_TURNED = {"ne": "eq", "le": "gt", "ge": "lt"}
_NUMERIC = ("lt", "gt")
_CONDITIONS = frozenset(
    {"eq", "lt", "gt", "in-net", "matches", "contains", "is-empty", *_TURNED}
)
_ACTIONS = {
    "fail": {"message": "msg"},
    "set-attribute": {"path": "path", "value": "value"},
    "extend-attribute": {"path": "path", "value": "value", "unique": "unique"},
    "set-capability": {"name": "name", "value": "value"},
    "add-trait": {"name": "name"},
    "remove-trait": {"name": "name"},
}
_OLD_FACT = re.compile(r"\{data(\[[^{}]*)\}")


def is_inspectors(entry: Mapping[str, Any]) -> bool:
    """Whether a rule is in the old form."""
    parts = (entry.get(name) for name in ("conditions", "actions"))
    lists = [part for part in parts if isinstance(part, list)]
    clauses = [c for part in lists for c in part if isinstance(c, Mapping)]
    return any("action" in clause or "field" in clause for clause in clauses)


def converted(
    where: str, entry: Mapping[str, Any], problems: Problems, notes: list[str]
) -> Mapping[str, Any]:
    """Rewrite a rule; what cannot be said in Ironic's form is a problem."""
    new = dict(entry)
    if new.pop("scope", None):
        notes.append(f"{where}.scope: left out, Ironic applies rules to all nodes")
    conditions = [
        part
        for index, clause in enumerate(entry.get("conditions") or [])
        for part in _condition(f"{where}.conditions[{index}]", clause, problems)
    ]
    actions = [
        _action(f"{where}.actions[{index}]", clause, problems)
        for index, clause in enumerate(entry.get("actions") or [])
    ]
    return new | {"conditions": conditions, "actions": actions}


def _condition(where: str, raw: object, problems: Problems) -> Iterator[dict[str, Any]]:
    clause = problems.mapping(where, raw)
    known = ("op", "field", "value", "invert", "multiple")
    problems.unknown_keys(where, clause, known)
    given = str(clause.get("op", ""))
    fact = _fact(at(where, "field"), str(clause.get("field", "")), problems)
    if given not in _CONDITIONS:
        what = f"ironic-inspector had no condition {given!r}"
        problems.add(at(where, "op"), what, f"one of {', '.join(sorted(_CONDITIONS))}")
        return
    op = _TURNED.get(given, given)
    is_turned = (given in _TURNED) != bool(clause.get("invert"))
    value = _number(clause.get("value")) if op in _NUMERIC else clause.get("value")
    args = _arguments(op, fact, value)
    # Where numbers are compared, the reader of conditions puts a guard of its own.
    is_guarded = op in _NUMERIC and not isinstance(value, str)
    needs_guard = (is_turned or op in (*_NUMERIC, "in-net")) and op != "is-empty"
    if needs_guard and not is_guarded:
        yield {"op": "!is-empty", "args": {"value": fact}}
    yield {"op": f"!{op}" if is_turned else op, "args": args}


def _arguments(op: str, fact: str, value: object) -> dict[str, Any]:
    if op in ("matches", "contains"):
        return {"value": fact, "regex": value}
    if op == "in-net":
        return {"address": fact, "subnet": value}
    if op == "is-empty":
        return {"value": fact}
    # What a placeholder stands for is a text by the time that it is compared.
    return {"values": [fact, value if op in _NUMERIC else str(value)]}


def _number(value: object) -> object:
    """Read a number from a text, as the old service did to compare it with one."""
    for kind in (int, float):
        try:
            return kind(value) if isinstance(value, str) else value
        except ValueError:
            continue
    return value


def _fact(where: str, field: str, problems: Problems) -> str:
    """Write an old name or path as a placeholder of Ironic's."""
    scheme, separator, path = field.rpartition("://")
    if scheme not in ("", "data", "node") or not path:
        problems.add(where, f"{field!r} is no field", "as in data://inventory.cpu")
        return ""
    if not separator and path in _FACTS:
        return _FACTS[path]
    if "*" in path or "?" in path or ".." in path:
        what = f"{field!r}: Ironic's rules do not look through lists of facts"
        problems.add(where, what, "a role's requirements do: docs/requirements.rst")
        return ""
    parts = re.findall(r"[^.\[\]]+", path)
    if scheme == "node":
        first, rest = f"node.{parts[0]}", parts[1:]
    elif parts[0] == "inventory":
        first, rest = "inventory", parts[1:]
    else:
        first, rest = "plugin_data", parts
    return f"{{{first}{''.join(f'[{part}]' for part in rest)}}}"


def _action(where: str, raw: object, problems: Problems) -> dict[str, Any]:
    clause = dict(problems.mapping(where, raw))
    op = str(clause.pop("action", ""))
    names = _ACTIONS.get(op)
    if names is None:
        what = f"ironic-inspector had no action {op!r}"
        problems.add(at(where, "action"), what, f"one of {', '.join(_ACTIONS)}")
        return {"op": "fail", "args": {"msg": ""}}
    problems.unknown_keys(where, clause, names)
    args = {names[key]: _value(value) for key, value in clause.items() if key in names}
    return {"op": op, "args": args}


def _value(value: object) -> object:
    """Rewrite ``{data[inventory][cpu]}`` in a text."""
    if not isinstance(value, str):
        return value
    return _OLD_FACT.sub(
        lambda found: (
            f"{{{found[1][1:].replace(']', '', 1)}}}"
            if found[1].startswith("[inventory]")
            else f"{{plugin_data{found[1]}}}"
        ),
        value,
    )
