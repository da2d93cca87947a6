"""The CMDB of a profile: what is written down of machines, an entry for each.

A machine that matches takes an entry, whose values join the variables that the spec
has bound. Variables written with two dollars find the entry: they must equal what
stands in it. An entry is used once; a machine finds its own again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tripleo_cli.domain.specs.join import Solution
from tripleo_cli.domain.specs.spec import Spec

Entry = Mapping[str, Any]

USED: Final = "used"
"""The key that says that a machine has the entry; its value is 1."""

Find = Callable[[Mapping[str, str]], "Solution | None"]
"""Finds how a spec matches with some variables given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An entry that a machine takes: its place in the CMDB, and what is in it then."""

    place: int
    entry: Entry
    solution: Solution


def claim_entry(
    spec: Spec, entries: Sequence[Entry], taken: Collection[int], find: Find
) -> Claim | None:
    """Find an entry for a machine that matches a spec, the first that will do.

    ``taken`` are the places of entries that other machines have got in this run. An
    entry that is in use already is the machine's own if everything in it agrees with
    what the spec finds now.
    """
    open_places = [place for place in range(len(entries)) if place not in taken]
    for place, given in _offers(spec, entries, open_places):
        solution = find(given)
        if solution:
            entry = {**entries[place], **solution.variables, USED: 1}
            return Claim(place=place, entry=entry, solution=solution)
    return None


def _offers(
    spec: Spec, entries: Sequence[Entry], places: Sequence[int]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Give entries, the best first, each with what it says of the spec's variables."""
    keys = spec.recorded or spec.variables
    used = [place for place in places if USED in entries[place]]
    free = [place for place in places if USED not in entries[place]]
    if keys:
        # All variables were written into a used entry, so all have to agree.
        for place in used:
            yield from _offer(place, entries[place], keys, spec.variables)
        for place in free:
            yield from _offer(place, entries[place], keys, keys)
    if not spec.recorded and free:
        yield free[0], {}


def _offer(
    place: int, entry: Entry, keys: Collection[str], names: Collection[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    said = {name: as_text(entry[name]) for name in names if name in entry}
    if all(key in said for key in keys):
        yield place, said


def as_text(value: object) -> str:
    """Write a value of an entry as facts write theirs, to compare them."""
    return value if isinstance(value, str) else str(value)
