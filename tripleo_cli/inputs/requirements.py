"""Read the ``requires`` of a role file: conditions on hardware facts.

The language is described in docs/requirements.rst. Nothing in it is evaluated as
code; what is wrong is noted with its place, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tripleo_cli.domain.facts.lookup import (
    BENCHMARK_PREFIX,
    known_paths,
    machine_fact,
    part_fact,
)
from tripleo_cli.domain.facts.table import PARTS, TOTALS
from tripleo_cli.domain.requirement.check import Among
from tripleo_cli.domain.requirement.combine import AnyOf, all_of
from tripleo_cli.domain.requirement.condition import Condition
from tripleo_cli.domain.requirement.count import Count
from tripleo_cli.domain.requirement.fact import FactTest
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at, kind
from tripleo_cli.inputs.requirement_operators import (
    COUNT_OPERATORS,
    TOTAL_OPERATORS,
    benchmark_tests,
    count_tests,
    fact_tests,
    total_tests,
)

COMBINERS: Final = ("all", "any", "not")
COUNT_KEYS: Final = ("count", "where", *COUNT_OPERATORS)
TOTAL_KEYS: Final = ("total", "where", *TOTAL_OPERATORS)
DEEPEST: Final = 40
"""How many lists and mappings may lie in each other."""
MOST: Final = 1000
"""How many conditions a role may have: with YAML's anchors a file can explode."""


def parse_requirements(problems: Problems, where: str, raw: Any) -> Condition | None:
    """Read conditions that must all hold; notes every problem with its place."""
    conditions = _Reader(problems).conditions(_Place(where), raw)
    return all_of(conditions) if conditions else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the file, how deep, and for which parts (empty for the machine)."""

    where: str
    part: str = ""
    depth: int = 0

    def at(self, key: str | int) -> _Place:
        return replace(self, where=at(self.where, key), depth=self.depth + 1)


class _Reader:
    """Reads one role's requirements, and stops where there are too many."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._left = MOST

    def conditions(self, place: _Place, raw: Any) -> list[Condition]:
        """Read a mapping of conditions, or a list of such mappings."""
        if not self._may_go_on(place):
            return []
        if isinstance(raw, list) and raw:
            found = [self.conditions(place.at(i), one) for i, one in enumerate(raw)]
            return [condition for each in found for condition in each]
        if isinstance(raw, Mapping) and raw:
            return self._mapping(place, {str(key): raw[key] for key in raw})
        form = "a mapping of conditions, or a list of them"
        what = (
            "not be empty" if raw in ({}, [], None) else f"be {form}, not {kind(raw)}"
        )
        self._problems.add(place.where, f"must {what}")
        return []

    def _may_go_on(self, place: _Place) -> bool:
        self._left -= 1
        if self._left == 0:
            self._problems.add(place.where, f"more than {MOST} conditions in one role")
        if self._left > 0 and place.depth > DEEPEST:
            self._problems.add(place.where, "conditions are nested too deep")
            self._left = 0
        return self._left > 0

    def _mapping(self, place: _Place, given: Mapping[str, Any]) -> list[Condition]:
        if "count" in given and not place.part:
            return self._count(place, given)
        if "total" in given and not place.part:
            return self._total(place, given)
        found: list[Condition] = []
        for key, value in given.items():
            read = self._combination if key in COMBINERS else self._fact
            found += read(place.at(key), key, value)
        return found

    def _combination(self, place: _Place, key: str, value: Any) -> list[Condition]:
        if key == "any":
            return self._any(place, value)
        inner = self.conditions(place, value)
        return [all_of(inner).negated()] if inner and key == "not" else inner

    def _any(self, place: _Place, value: Any) -> list[Condition]:
        listed = self._problems.sequence(place.where, value)
        if value == []:
            self._problems.add(place.where, "must not be empty")
        alternatives = [
            self.conditions(place.at(index), one) for index, one in enumerate(listed)
        ]
        found = tuple(all_of(one) for one in alternatives if one)
        return [AnyOf(found)] if found else []

    def _fact(self, place: _Place, key: str, value: Any) -> list[Condition]:
        if place.part:
            return self._fact_of_a_part(place, key, value)
        problems, where = self._problems, place.where
        if key.startswith(BENCHMARK_PREFIX):
            pattern = key.removeprefix(BENCHMARK_PREFIX)
            return benchmark_tests(problems, where, pattern, value)
        if fact := machine_fact(key):
            return fact_tests(problems, where, fact, value)
        return self._fact_of_some_part(place, key, value)

    def _fact_of_a_part(self, place: _Place, key: str, value: Any) -> list[Condition]:
        facts = {fact.name: fact for fact in PARTS[place.part]}
        if key in facts:
            return fact_tests(self._problems, place.where, facts[key], value)
        self._problems.add(place.where, "unknown fact", _inside(key, place.part))
        return []

    def _fact_of_some_part(
        self, place: _Place, key: str, value: Any
    ) -> list[Condition]:
        found = part_fact(key)
        if found is None:
            self._problems.add(place.where, "unknown fact", _outside(key))
            return []
        part, name, fact = found
        tests = fact_tests(self._problems, place.where, fact, value)
        return [_some_part(part, name, tests)] if tests else []

    def _count(self, place: _Place, given: Mapping[str, Any]) -> list[Condition]:
        problems, part = self._problems, given["count"]
        problems.unknown_keys(place.where, given, COUNT_KEYS)
        if part not in list(PARTS):
            what = f"must be {' or '.join(PARTS)}"
            remedy = did_you_mean(part, PARTS) if isinstance(part, str) else ""
            problems.add(at(place.where, "count"), what, remedy)
            return []
        where = self._where(place, part, given)
        return count_tests(problems, place.where, given, where)

    def _total(self, place: _Place, given: Mapping[str, Any]) -> list[Condition]:
        problems, path = self._problems, given["total"]
        problems.unknown_keys(place.where, given, TOTAL_KEYS)
        if path not in list(TOTALS):
            what = f"must be {' or '.join(TOTALS)}"
            remedy = did_you_mean(path, TOTALS) if isinstance(path, str) else ""
            problems.add(at(place.where, "total"), what, remedy)
            return []
        where = self._where(place, TOTALS[path][0], given)
        return total_tests(problems, place.where, given, where)

    def _where(
        self, place: _Place, part: str, given: Mapping[str, Any]
    ) -> Condition | None:
        """Read which parts are meant; ``None`` where all are."""
        inside = replace(place.at("where"), part=part)
        inner = self.conditions(inside, given["where"]) if "where" in given else []
        return all_of(inner) if inner else None


def _some_part(part: str, name: str, tests: list[Condition]) -> Condition:
    """Ask that one of the parts, or the one of that name, passes."""
    if name != "*":
        prefix = "/dev/" if part == "disks" and not name.startswith("/") else ""
        fact = next(fact for fact in PARTS[part] if fact.name == "name")
        named = FactTest(fact=fact, check=Among(values=(prefix + name,)))
        tests = [named, *tests]
    return Count(parts=part, where=all_of(tests))


def _inside(key: str, part: str) -> str:
    names = [fact.name for fact in PARTS[part]]
    short = key.removeprefix(f"{part}.").removeprefix("*.")
    return did_you_mean(short, [*names, *COMBINERS]) or f"there are {', '.join(names)}"


def _outside(key: str) -> str:
    for part, facts in PARTS.items():
        if key in [fact.name for fact in facts]:
            return f'did you mean "{part}.*.{key}"?'
    return did_you_mean(key, [*known_paths(), *COMBINERS, "count", "total"])
