"""Files of inspection rules, in Ironic's form or in that of ironic-inspector.

A file is a list of rules, one rule, or a mapping with ``rules``. Everything that is
wrong is told at once, also what Ironic itself would only stumble upon in the middle
of an inspection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tripleo_cli.domain.inspection_rule import (
    HIGHEST_PRIORITY,
    LONGEST_DESCRIPTION,
    MAIN,
    Clause,
    InspectionRule,
)
from tripleo_cli.inputs.document import Problems, at, load_document
from tripleo_cli.inputs.rule_clauses import read_action, read_condition
from tripleo_cli.inputs.rule_inspector import converted, is_inspectors

KEYS = frozenset(
    {
        "uuid",
        "description",
        "priority",
        "sensitive",
        "phase",
        "conditions",
        "actions",
    }
)
_LISTS = ("rules", "inspection_rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """The rules of a file, and what was changed in them to make them work."""

    rules: tuple[InspectionRule, ...]
    notes: tuple[str, ...] = ()


def load_rules(path: Path) -> RuleFile:
    """Read a file of rules.

    Raises:
        InvalidInputError: It cannot be read, or rules are wrong; lists all.
    """
    return parse_rules(load_document(path), str(path))


def parse_rules(document: Any, source: str) -> RuleFile:
    """Read rules from plain data; ``source`` is the file's name for messages.

    Raises:
        InvalidInputError: Rules are wrong; lists all.
    """
    problems = Problems(source)
    where, entries = _entries(document, problems)
    reader = _Reader(problems)
    rules = [reader.rule(f"{where}[{i}]", entry) for i, entry in enumerate(entries)]
    _check_twice(rules, where, problems)
    problems.check()
    return RuleFile(rules=tuple(rules), notes=tuple(reader.notes))


def _entries(document: Any, problems: Problems) -> tuple[str, Sequence[Any]]:
    if isinstance(document, Mapping):
        for name in _LISTS:
            if name in document:
                problems.unknown_keys("", document, [name])
                return name, problems.sequence(name, document[name])
        return "rules", [document]
    if document is None:
        problems.add("", "the file holds no rules")
        return "rules", ()
    return "rules", problems.sequence("", document)


class _Reader:
    """Reads one rule after the other, and remembers what it changed."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self.notes: list[str] = []

    def rule(self, where: str, raw: object) -> InspectionRule:
        entry = self._problems.mapping(where, raw)
        if is_inspectors(entry):
            self.notes.append(f"{where}: converted from ironic-inspector's form")
            entry = converted(where, entry, self._problems, self.notes)
        self._problems.unknown_keys(where, entry, KEYS)
        return InspectionRule(
            uuid=self._uuid(where, entry),
            description=self._description(where, entry),
            priority=self._priority(where, entry),
            sensitive=self._sensitive(where, entry),
            phase=self._phase(where, entry),
            conditions=self._conditions(where, entry),
            actions=self._actions(where, entry),
        )

    def _uuid(self, where: str, entry: Mapping[str, Any]) -> str:
        given = entry.get("uuid")
        if given is None:
            return ""
        try:
            return str(UUID(str(given)))
        except ValueError:
            self._problems.add(at(where, "uuid"), f"{given!r} is not a uuid")
            return ""

    def _description(self, where: str, entry: Mapping[str, Any]) -> str:
        place = at(where, "description")
        if entry.get("description") is None:
            if entry and entry.get("uuid") is None:
                what = "is needed, unless there is a uuid: a rule is found again by it"
                self._problems.add(place, what)
            return ""
        text = self._problems.text(place, entry["description"]) or ""
        if len(text) > LONGEST_DESCRIPTION:
            what = f"has {len(text)} characters, {LONGEST_DESCRIPTION} are allowed"
            self._problems.add(place, what)
        return text

    def _priority(self, where: str, entry: Mapping[str, Any]) -> int:
        place = at(where, "priority")
        value = self._problems.whole_number(place, entry.get("priority", 0)) or 0
        if value > HIGHEST_PRIORITY:
            self._problems.add(place, f"must be at most {HIGHEST_PRIORITY}")
        return value

    def _sensitive(self, where: str, entry: Mapping[str, Any]) -> bool:
        value = entry.get("sensitive")
        if value is not None and not isinstance(value, bool):
            self._problems.add(at(where, "sensitive"), "must be true or false")
        return value is True

    def _phase(self, where: str, entry: Mapping[str, Any]) -> str:
        value = entry.get("phase")
        if value not in (None, MAIN):
            what = f"{value!r} is none that Ironic has; the only one is {MAIN!r}"
            self._problems.add(at(where, "phase"), what)
        return MAIN

    def _conditions(self, where: str, entry: Mapping[str, Any]) -> tuple[Clause, ...]:
        place = at(where, "conditions")
        raw = entry.get("conditions")
        found: list[Clause] = []
        given = [] if raw is None else self._problems.sequence(place, raw)
        for index, clause in enumerate(given):
            found += read_condition(
                at(place, index), clause, self._problems, self.notes
            )
        return tuple(found)

    def _actions(self, where: str, entry: Mapping[str, Any]) -> tuple[Clause, ...]:
        place = at(where, "actions")
        given = self._problems.sequence(place, entry.get("actions") or [])
        if entry and not given:
            self._problems.add(place, "at least one action is needed")
        return tuple(
            read_action(at(place, index), clause, self._problems, self.notes)
            for index, clause in enumerate(given)
        )


def _check_twice(
    rules: Sequence[InspectionRule], where: str, problems: Problems
) -> None:
    for name in ("uuid", "description"):
        values = [getattr(rule, name) for rule in rules]
        for value, count in Counter(filter(None, values)).items():
            if count > 1:
                places = [
                    f"{where}[{index}]"
                    for index, other in enumerate(values)
                    if other == value
                ]
                what = f"{', '.join(places)} have the same: {value!r}"
                problems.add(name, what)
