"""A JSON Schema of ``requires``, made of the tables that the reader uses.

It says what the reader says, save for what is inside of texts (regular expressions,
networks) and for what compares two values (the ends of ``between``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tripleo_cli.domain.facts.metrics import KEY_PATTERN, MEASURED_AREAS
from tripleo_cli.domain.facts.table import MACHINE_FACTS, PARTS, TOTALS, Fact, Kind
from tripleo_cli.domain.facts.units import alternatives
from tripleo_cli.inputs.requirement_operators import (
    BENCHMARK_OPERATORS,
    KNOWN,
    OTHER_MEANINGS,
    TOTAL_OPERATORS,
    operators_of,
)
from tripleo_cli.inputs.requirement_values import OPERATORS

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "integer"], "pattern": r"\S"}
_NUMBER = r"[0-9]+(\.[0-9]+)?"


def requirement_definitions() -> dict[str, Schema]:
    """Give the definitions that a role's ``requires`` refers to."""
    special = {"count": _count(), "total": _total()}
    definitions = {"requires": _conditions("requires", _machine(), special)}
    for part, facts in PARTS.items():
        named = {fact.name: _fact(fact) for fact in facts}
        definitions[part] = _conditions(part, named, {})
    return definitions


def _conditions(name: str, facts: Schema, special: Schema) -> Schema:
    """Describe a mapping of conditions, or a list of such mappings.

    ``special`` are mappings of another form, by the key that they are known by.
    """
    again = {"$ref": f"#/$defs/{name}"}
    patterns = facts.pop("patternProperties", {})
    mapping: Schema = {
        "type": "object",
        "minProperties": 1,
        "properties": {
            "all": again,
            "any": {"type": "array", "items": again, "minItems": 1},
            "not": again,
            **facts,
        },
        "patternProperties": patterns,
        "additionalProperties": False,
    }
    listed = {"type": "array", "items": again, "minItems": 1}
    form = mapping
    for key, described in reversed(special.items()):
        form = {"if": {"required": [key]}, "then": described, "else": form}
    return {"anyOf": [{"type": "object", **form}, listed]}


def _machine() -> Schema:
    patterns: Schema = {
        r"^firmware\.[\w.-]+_(version|revision|vendor|date)$": _fact(
            Fact(name="firmware", kind=Kind.TEXT, noun="", meaning="Of a firmware.")
        ),
        _benchmark_pattern(): _operators(
            {name: _number("") for name in BENCHMARK_OPERATORS} | {"between": _pair("")}
        ),
    }
    for part, facts in PARTS.items():
        for fact in facts:
            path = rf"^{part}\.(?!.*\.\.)[^.].*\.{re.escape(fact.name)}$"
            patterns[path] = _fact(fact)
    named: Schema = {fact.name: _fact(fact) for fact in MACHINE_FACTS}
    return {**named, "patternProperties": patterns}


def _benchmark_pattern() -> str:
    areas = "|".join(sorted(MEASURED_AREAS))
    return rf"^benchmarks\.({areas})\..+\.({KEY_PATTERN}|[^.]*\*[^.]*)$"


def _count() -> Schema:
    number = {
        "type": ["integer", "string"],
        "minimum": 0,
        "pattern": r"^\s*\+?[0-9]+\s*$",
    }
    equals = {"anyOf": [{"const": "all"}, number]}
    wheres = [
        {
            "if": {"properties": {"count": {"const": part}}},
            "then": {"properties": {"where": {"$ref": f"#/$defs/{part}"}}},
        }
        for part in PARTS
    ]
    return {
        "properties": {
            "count": {"enum": list(PARTS)},
            "where": {},
            "at_least": number,
            "at_most": number,
            "equals": equals,
        },
        "if": {"properties": {"equals": {"const": "all"}}, "required": ["equals"]},
        "then": {"required": ["where"]},
        "allOf": wheres,
        "additionalProperties": False,
    }


def _total() -> Schema:
    facts = [
        {
            "if": {"properties": {"total": {"const": path}}},
            "then": {
                "properties": {
                    "where": {"$ref": f"#/$defs/{part}"},
                    **dict.fromkeys(TOTAL_OPERATORS, _number(fact.unit)),
                    "between": _pair(fact.unit),
                }
            },
        }
        for path, (part, fact) in TOTALS.items()
    ]
    return {
        "properties": {
            "total": {"enum": list(TOTALS)},
            "where": {},
            **{name: {} for name in TOTAL_OPERATORS},
        },
        "anyOf": [{"required": [name]} for name in TOTAL_OPERATORS],
        "allOf": facts,
        "additionalProperties": False,
    }


def _fact(fact: Fact) -> Schema:
    """Describe what a fact may be: a value, a list of values, or operators."""
    value = _value(fact)
    operators = {name: _operand(name, fact, value) for name in operators_of(fact.kind)}
    forms = [_operators(operators)]
    if "equals" in operators:
        forms.append(value)
    if "one_of" in operators:
        forms.append(operators["one_of"])
    unit = f" In {fact.unit}, or with a unit behind it." if fact.unit else ""
    return {"description": fact.meaning + unit, "anyOf": forms}


def _operators(operators: Schema) -> Schema:
    properties = {
        name: {"description": _meaning(name), **value}
        for name, value in operators.items()
    }
    return {
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "additionalProperties": False,
    }


def _meaning(operator: str) -> str:
    if operator in OPERATORS:
        return OPERATORS[operator].meaning
    return OTHER_MEANINGS[operator][2]


def _operand(operator: str, fact: Fact, value: Schema) -> Schema:
    several = {"type": "array", "items": value, "minItems": 1}
    networks = {"type": "array", "items": _TEXT, "minItems": 1}
    special: dict[str, Schema] = {
        KNOWN: {"type": "boolean"},
        "between": _pair(fact.unit),
        "one_of": several,
        "none_of": several,
        "matches": {**_TEXT, "format": "regex"},
        "in_network": {"anyOf": [_TEXT, networks]},
        "contains": {"anyOf": [value, several]},
    }
    return special.get(operator, value)


def _value(fact: Fact) -> Schema:
    if fact.kind is Kind.NUMBER:
        return _number(fact.unit)
    if fact.kind is Kind.YES_NO:
        return {"type": "boolean"}
    if fact.kind is Kind.NUMBERS:
        return {"type": "integer", "minimum": 0}
    return _TEXT


def _number(unit: str) -> Schema:
    units = f"({'|'.join(_escaped(alternatives(unit)))})" if unit else ""
    suffix = rf"(\s*{units})?" if unit else ""
    return {"type": ["number", "string"], "pattern": rf"^\s*{_NUMBER}{suffix}\s*$"}


def _pair(unit: str) -> Schema:
    return {"type": "array", "items": _number(unit), "minItems": 2, "maxItems": 2}


def _escaped(words: Iterable[str]) -> list[str]:
    return [re.escape(word) for word in words]
