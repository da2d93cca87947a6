"""Conditions and actions of inspection rules, in Ironic's own form.

Ironic checks little of them when a rule is made. What it would stumble upon during
an inspection is a problem here: a placeholder that it leaves as it is, a trait that
cannot be, an expression that is none. Numbers are put right, with a note: Ironic
makes texts of what placeholders stand for, so numbers must have leading zeros, and
the fact must be there and be a number, to be compared (Ironic 39).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

from tripleo_cli.domain.inspection_rule import (
    ACTIONS,
    CONDITIONS,
    Clause,
    Signature,
)
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at, kind

DIGITS = 20
DECIMALS = 6
_COMPARISONS = ("lt", "gt")
_PLACEHOLDER = re.compile(r"\{[^{}:!]+\}")
_TRAIT = re.compile(r"[A-Z][A-Z0-9_]{0,254}")
_STANDARD_TRAITS = ("COMPUTE_", "HW_", "MISC_", "OWNER_", "STORAGE_")
_MULTIPLE = ("any", "all", "first", "last")
_LEVELS = ("debug", "info", "warning", "error", "critical")
_ROOTS = ("inventory", "node", "plugin_data")
_UNKNOWN_OPERATORS = {"ge": '"!lt"', "le": '"!gt"', "ne": '"!eq"'}


def read_condition(
    where: str, raw: object, problems: Problems, notes: list[str]
) -> tuple[Clause, ...]:
    """Read a condition; gives two where numbers are compared, the first a guard."""
    clause = problems.mapping(where, raw)
    problems.unknown_keys(where, clause, ("op", "args", "loop", "multiple"))
    given = str(clause.get("op", "")).strip()
    op = given.removeprefix("!").strip()
    args = _args(where, clause, _signature(where, op, CONDITIONS, problems), problems)
    multiple = clause.get("multiple")
    if multiple is not None and multiple not in _MULTIPLE:
        problems.add(at(where, "multiple"), f"must be one of {', '.join(_MULTIPLE)}")
    _check_condition(at(where, "args"), op, args, problems)
    kept = {key: clause[key] for key in ("loop", "multiple") if clause.get(key)}
    turned = "!" if given.startswith("!") else ""
    if op in _COMPARISONS:
        guard = _numbers_of(where, args, problems, notes)
        whole = {"op": f"{turned}{op}", "args": args, **kept}
        return (*({**kept, **part} for part in guard), whole)
    if op == "eq" and isinstance(values := args.get("values"), list) and _mixes(values):
        args["values"] = [str(value) for value in values]
        notes.append(f"{where}: numbers were put in quotes, to equal texts")
    return ({"op": f"{turned}{op}", "args": args, **kept},)


def read_action(
    where: str, raw: object, problems: Problems, notes: list[str]
) -> Clause:
    """Read an action."""
    del notes  # nothing in an action has to be put right so far
    clause = problems.mapping(where, raw)
    problems.unknown_keys(where, clause, ("op", "args", "loop"))
    op = str(clause.get("op", "")).strip()
    args = _args(where, clause, _signature(where, op, ACTIONS, problems), problems)
    _check_action(at(where, "args"), op, args, problems)
    loop = {"loop": clause["loop"]} if clause.get("loop") else {}
    return {"op": op, "args": args, **loop}


def _signature(
    where: str, op: str, known: Mapping[str, Signature], problems: Problems
) -> Signature | None:
    if found := known.get(op):
        return found
    place = at(where, "op")
    if not op:
        problems.add(place, "is missing", f"one of {', '.join(known)}")
        return None
    other = _UNKNOWN_OPERATORS.get(op) if known is CONDITIONS else None
    remedy = f"use {other}" if other else did_you_mean(op, known)
    what = "condition" if known is CONDITIONS else "action"
    problems.add(
        place, f"Ironic has no {what} {op!r}", remedy or f"one of {', '.join(known)}"
    )
    return None


def _args(
    where: str,
    clause: Mapping[str, Any],
    signature: Signature | None,
    problems: Problems,
) -> dict[str, Any]:
    place = at(where, "args")
    raw = clause.get("args", {})
    loop = clause.get("loop")
    if loop is not None and not isinstance(loop, list | Mapping):
        problems.add(at(where, "loop"), f"must be a list, not {kind(loop)}")
    if signature is None:
        return {}
    args = _named(place, raw, signature, problems)
    for name, value in args.items():
        is_filled = name in signature.filled or bool(loop)
        for text in _texts(value):
            _check_placeholders(
                at(place, name), text, problems, is_filled=is_filled, loop=bool(loop)
            )
    return args


def _named(
    where: str, raw: object, signature: Signature, problems: Problems
) -> dict[str, Any]:
    """Give arguments by name; a list is the older form, which Ironic will drop."""
    names = (*signature.required, *signature.optional)
    if isinstance(raw, list):
        if len(raw) > len(names):
            problems.add(where, f"{len(names)} are the most, not {len(raw)}")
        raw = dict(zip(names, raw, strict=False))
    args = dict(problems.mapping(where, raw))
    problems.unknown_keys(where, args, names)
    for name in signature.required:
        if name not in args:
            problems.add(at(where, name), "is missing")
    return args


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)


def _check_placeholders(
    where: str, text: str, problems: Problems, *, is_filled: bool, loop: bool
) -> None:
    if where.endswith(".regex") and not loop:
        return  # braces of a regular expression are its own
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        problems.add(where, f"{text!r} is no text with placeholders: {error}")
        return
    if names and not is_filled:
        what = f"Ironic does not replace {{{names[0]}}} here, only within a loop"
        problems.add(where, what)
        return
    for name in names:
        root = re.split(r"[.\[]", name, maxsplit=1)[0]
        known = (*_ROOTS, "item") if loop else _ROOTS
        if root not in known:
            remedy = did_you_mean(root, known) or "as in {inventory[cpu][count]}"
            what = f"{{{name}}} must begin with one of {', '.join(known)}"
            problems.add(where, what, remedy)


def _check_condition(
    where: str, op: str, args: Mapping[str, Any], problems: Problems
) -> None:
    if CONDITIONS.get(op) is CONDITIONS["eq"] and "values" in args:
        values = problems.sequence(at(where, "values"), args["values"])
        if len(values) < 2:  # noqa: PLR2004 - Ironic takes it for true
            problems.add(at(where, "values"), "two are needed to compare them")
    if "regex" in args:
        try:
            re.compile(str(args["regex"]))
        except re.error as error:
            problems.add(at(where, "regex"), f"no regular expression: {error}")
        if not str(args["regex"]):
            problems.add(at(where, "regex"), "must not be empty")
    subnet = str(args.get("subnet", "{"))
    if "{" not in subnet:
        try:
            ipaddress.ip_network(subnet, strict=False)
        except ValueError as error:
            problems.add(at(where, "subnet"), str(error))


def _check_action(
    where: str, op: str, args: Mapping[str, Any], problems: Problems
) -> None:
    if op == "log" and str(args.get("level", "info")).lower() not in _LEVELS:
        problems.add(at(where, "level"), f"must be one of {', '.join(_LEVELS)}")
    name = str(args.get("name", ""))
    if op not in ("add-trait", "remove-trait") or not name or "{" in name:
        return
    place = at(where, "name")
    if not _TRAIT.fullmatch(name):
        better = "CUSTOM_" + re.sub(r"[^A-Z0-9_]", "_", name.upper())
        what = f"{name!r} is no trait: capitals, digits and _ only"
        problems.add(place, what, f"as in {better}")
    elif not name.startswith(("CUSTOM_", *_STANDARD_TRAITS)):
        problems.add(place, f"{name!r}: a trait of one's own begins with CUSTOM_")


def _numbers_of(
    where: str, args: dict[str, Any], problems: Problems, notes: list[str]
) -> Iterator[Clause]:
    """Make numbers comparable in place; gives the guards that this needs."""
    values = args.get("values")
    if not isinstance(values, list) or not _mixes(values):
        return iter(())
    numbers = [value for value in values if _is_number(value)]
    if any(value < 0 for value in numbers):
        problems.add(at(where, "args.values"), "cannot compare with negative numbers")
    decimals = any(isinstance(value, float) for value in numbers)
    pattern = f"{DIGITS}.{DECIMALS}f" if decimals else f"{DIGITS}d"
    args["values"] = [_comparable(value, pattern) for value in values]
    notes.append(f"{where}: numbers were given leading zeros, to be compared as texts")
    digits = rf"[0-9]{{{DIGITS - DECIMALS - 1}}}\.[0-9]{{{DECIMALS}}}"
    regex = digits if decimals else rf"[0-9]{{{DIGITS}}}"
    return iter(
        {"op": "matches", "args": {"value": value, "regex": regex}}
        for value in args["values"]
        if "{" in value
    )


def _mixes(values: list[Any]) -> bool:
    """Whether placeholders are compared with numbers, which Ironic cannot."""
    has_number = any(_is_number(value) for value in values)
    has_text = any(isinstance(value, str) for value in values)
    plain = [isinstance(v, str) and _PLACEHOLDER.fullmatch(v) for v in values]
    return (
        has_number
        and has_text
        and all(
            is_plain or _is_number(value)
            for is_plain, value in zip(plain, values, strict=True)
        )
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _comparable(value: Any, pattern: str) -> str:
    if isinstance(value, str):
        return f"{value[:-1]}:0{pattern}}}"
    return format(float(value) if pattern.endswith("f") else value, f"0{pattern}")
