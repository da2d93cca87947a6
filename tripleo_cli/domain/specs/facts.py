"""The facts of one machine, and which of them a spec line can be about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.specs.spec import FIELDS, Fact, Line

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactIndex:
    """Facts in the order of their collector, found by what a line says literally.

    ``by_key`` has a list of places for every category, every category and key, and
    every category, object and key.
    """

    facts: tuple[Fact, ...]
    by_key: Mapping[_Key, Sequence[int]]

    def about(self, line: Line) -> Sequence[int]:
        """Give the places of the facts that a line may mean, by its literal fields."""
        category, item, key, _ = (one.literal for one in line.fields)
        if category is None:
            return range(len(self.facts))
        if key is None:
            return self.by_key.get((category,), ())
        if item is None:
            return self.by_key.get((category, key), ())
        return self.by_key.get((category, item, key), ())

    def fitting(self, line: Line) -> list[int]:
        """Give the places of the facts that meet a line taken alone, in order."""
        return [at for at in self.about(line) if meets(self.facts[at], line)]


def index_facts(facts: Iterable[Fact]) -> FactIndex:
    """Prepare the facts of a machine for any number of specs."""
    kept = tuple(facts)
    by_key: defaultdict[_Key, list[int]] = defaultdict(list)
    for at, (category, item, key, _) in enumerate(kept):
        by_key[category,].append(at)
        by_key[category, key].append(at)
        by_key[category, item, key].append(at)
    return FactIndex(facts=kept, by_key=by_key)


def meets(fact: Fact, line: Line) -> bool:
    """Say whether a fact meets a line taken alone.

    A variable that stands in a line twice must find the same text in both places.
    """
    bound: dict[str, str] = {}
    for field, text in zip(line.fields, fact, strict=True):
        if not field.accepts(text):
            return False
        if field.variable and bound.setdefault(field.variable, text) != text:
            return False
    return True


def binding(fact: Fact, line: Line) -> dict[str, str]:
    """Say what a line's variables stand for where a fact meets it."""
    fields = line.fields
    return {fields[at].variable: fact[at] for at in FIELDS if fields[at].variable}
