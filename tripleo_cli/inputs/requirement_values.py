"""Read what a role file says that the value of a fact must be: the operators."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tripleo_cli.domain.expression import ExpressionFlawError, expression
from tripleo_cli.domain.facts.table import Fact, Kind
from tripleo_cli.domain.facts.units import alternatives, split_amount
from tripleo_cli.domain.requirement.check import (
    Among,
    Bound,
    Check,
    Claim,
    Holds,
    InNetworks,
    Network,
    Pattern,
    Relation,
    Scalar,
    Unit,
)
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at, kind

_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PAIR: Final = 2
_NUMBERS = frozenset({Kind.NUMBER})
_WORDS = frozenset({Kind.TEXT, Kind.ADDRESS})
_SETS = frozenset({Kind.TEXTS, Kind.NUMBERS})
_ONE = _NUMBERS | _WORDS | {Kind.YES_NO}
Checks = tuple[Check, ...]
_Reader = Callable[[Problems, str, Any, Fact], Checks]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """An operator: for which facts, what it means, and how its value is read."""

    kinds: frozenset[Kind]
    value: str
    meaning: str
    read: _Reader


def _bound(relation: Relation) -> _Reader:
    def read(problems: Problems, where: str, value: Any, fact: Fact) -> Checks:
        amount = read_amount(problems, where, value, fact)
        if amount is None:
            return ()
        limit, unit = amount
        return (Bound(relation=relation, limit=limit, unit=unit),)

    return read


def read_amount(
    problems: Problems, where: str, value: Any, fact: Fact
) -> tuple[float, Unit] | None:
    """Read a number in the fact's unit, or with a unit behind it ("200 GB")."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value):
            return value, Unit(fact.unit, fact.stored_unit)
    elif isinstance(value, str) and fact.unit and (split := split_amount(value)):
        return _with_unit(problems, where, split, fact)
    units = f", or one with a unit: {_listed(fact)}" if fact.unit else ""
    shown = f'"{value}"' if isinstance(value, str) else kind(value)
    problems.add(where, f"must be a number{units}, not {shown}")
    return None


def _with_unit(
    problems: Problems, where: str, split: tuple[float, str], fact: Fact
) -> tuple[float, Unit] | None:
    number, unit = split
    known = alternatives(fact.unit)
    if unit in known:
        return number, Unit(unit, fact.stored_unit)
    remedy = did_you_mean(unit, known) or f"units are {_listed(fact)}"
    problems.add(where, f'"{unit}" is no unit of {fact.noun}', remedy)
    return None


def _listed(fact: Fact) -> str:
    return ", ".join(alternatives(fact.unit))


def _between(problems: Problems, where: str, value: Any, fact: Fact) -> Checks:
    ends = value if isinstance(value, list) else []
    if len(ends) != _PAIR:
        problems.add(where, f"must be a list of two numbers, not {kind(value)}")
        return ()
    low, high = (
        read_amount(problems, at(where, i), end, fact) for i, end in enumerate(ends)
    )
    if low is None or high is None:
        return ()
    if low[1].to_stored(low[0]) > high[1].to_stored(high[0]):
        problems.add(where, f"{ends[0]} is more than {ends[1]}", "the lower one first")
    return (
        Bound(relation=Relation.AT_LEAST, limit=low[0], unit=low[1]),
        Bound(relation=Relation.AT_MOST, limit=high[0], unit=high[1]),
    )


def _equals(problems: Problems, where: str, value: Any, fact: Fact) -> Checks:
    if fact.kind is Kind.YES_NO:
        if isinstance(value, bool):
            return (Claim(expected=value),)
        problems.add(where, f"must be true or false, not {kind(value)}")
        return ()
    return _among(problems, {where: value}, fact)


def _one_of(problems: Problems, where: str, value: Any, fact: Fact) -> Checks:
    values = problems.sequence(where, value)
    if isinstance(value, list) and not values:
        problems.add(where, "must not be empty")
    return _among(problems, {at(where, i): one for i, one in enumerate(values)}, fact)


def _among(problems: Problems, places: Mapping[str, Any], fact: Fact) -> Checks:
    values: list[Scalar] = []
    unit = Unit(fact.unit, fact.stored_unit)
    for where, value in places.items():
        if fact.kind is not Kind.NUMBER:
            values.append(problems.text(where, value) or "")
        elif amount := read_amount(problems, where, value, fact):
            # Shown in the unit of the fact, since they share one text.
            number, given = amount
            values.append(number if given == unit else _in_unit(number, given, unit))
    return (Among(values=tuple(values), unit=unit),) if values else ()


def _in_unit(number: float, given: Unit, unit: Unit) -> float:
    return given.to_stored(number) / unit.to_stored(1)


def _negated(read: _Reader) -> _Reader:
    def read_contrary(problems: Problems, where: str, value: Any, fact: Fact) -> Checks:
        return tuple(check.negated() for check in read(problems, where, value, fact))

    return read_contrary


def _matches(problems: Problems, where: str, value: Any, _fact: Fact) -> Checks:
    given = problems.text(where, value)
    if given is None:
        return ()
    try:
        expression(given)
    except ExpressionFlawError as flaw:
        problems.add(where, f'"{given}" is no regular expression: {flaw}')
        return ()
    return (Pattern(expression=given),)


def _in_network(problems: Problems, where: str, value: Any, _fact: Fact) -> Checks:
    given = value if isinstance(value, list) else [value]
    networks: list[Network] = []
    for one in given:
        text = problems.text(where, one)
        if text is not None and (network := _network(problems, where, text)):
            networks.append(network)
    return (InNetworks(networks=tuple(networks)),) if networks else ()


def _network(problems: Problems, where: str, text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        problems.add(where, f'"{text}" is no network: {error}', "such as 10.0.0.0/8")
        return None


def _contains(problems: Problems, where: str, value: Any, fact: Fact) -> Checks:
    members = value if isinstance(value, list) else [value]
    if not members:
        problems.add(where, "must not be empty")
    if fact.kind is Kind.NUMBERS:
        numbers = [problems.whole_number(where, member) for member in members]
        return tuple(Holds(member=number) for number in numbers if number is not None)
    texts = [problems.text(where, member) for member in members]
    return tuple(Holds(member=text) for text in texts if text is not None)


OPERATORS: Final[Mapping[str, Operator]] = {
    "at_least": Operator(
        kinds=_NUMBERS,
        value="a number",
        meaning="This much or more.",
        read=_bound(Relation.AT_LEAST),
    ),
    "at_most": Operator(
        kinds=_NUMBERS,
        value="a number",
        meaning="This much or less.",
        read=_bound(Relation.AT_MOST),
    ),
    "above": Operator(
        kinds=_NUMBERS,
        value="a number",
        meaning="More than this.",
        read=_bound(Relation.ABOVE),
    ),
    "below": Operator(
        kinds=_NUMBERS,
        value="a number",
        meaning="Less than this.",
        read=_bound(Relation.BELOW),
    ),
    "between": Operator(
        kinds=_NUMBERS,
        value="a list of two numbers",
        meaning="From the one to the other, both included.",
        read=_between,
    ),
    "equals": Operator(
        kinds=_ONE,
        value="a value",
        meaning="This; upper and lower case are the same.",
        read=_equals,
    ),
    "differs_from": Operator(
        kinds=_ONE,
        value="a value",
        meaning="Anything else that is known.",
        read=_negated(_equals),
    ),
    "one_of": Operator(
        kinds=_NUMBERS | _WORDS,
        value="a list of values",
        meaning="Any of these.",
        read=_one_of,
    ),
    "none_of": Operator(
        kinds=_NUMBERS | _WORDS,
        value="a list of values",
        meaning="Anything but these.",
        read=_negated(_one_of),
    ),
    "matches": Operator(
        kinds=_WORDS,
        value="a text",
        meaning="A regular expression that is found in it: `^` and `$` anchor it, "
        "`(?i)` before it ignores case.",
        read=_matches,
    ),
    "in_network": Operator(
        kinds=frozenset({Kind.ADDRESS}),
        value="a network, or a list of them",
        meaning="An address in one of these networks.",
        read=_in_network,
    ),
    "contains": Operator(
        kinds=_SETS,
        value="a value, or a list of them",
        meaning="All of these are in the set.",
        read=_contains,
    ),
}
"""Operators by the name that operators write; ``known`` and those of benchmarks are
read where they are used."""
