"""What the lines of a spec find in the facts of one machine, ready to be joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.specs.facts import FactIndex
from tripleo_cli.domain.specs.pairing import bits
from tripleo_cli.domain.specs.spec import FIELDS, Line

Support = Mapping[str, int]
"""For each text, the set of facts (as bits) that would bind a variable to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Lines, and the facts (as bits) that meet each of them taken alone.

    ``support`` says for every line what its variables can stand for, and by which
    facts; ``users`` gives the lines (by their place) of each variable.
    """

    lines: Sequence[Line]
    index: FactIndex
    candidates: Sequence[int]
    support: Sequence[Mapping[str, Support]]
    users: Mapping[str, Sequence[int]]

    def values(self, variable: str) -> list[str]:
        """List what a variable can stand for in all its lines.

        They are in the order in which the facts have them, whatever the lines.
        """
        tables = [self.support[line][variable] for line in self.users[variable]]
        common = set(tables[0]).intersection(*tables[1:])
        first = {
            text: min(table[text] & -table[text] for table in tables) for text in common
        }
        return sorted(common, key=lambda text: (first[text], text))

    def texts(self, line: int, variable: str, facts: int) -> set[str]:
        """List what some facts (as bits) would bind a line's variable to."""
        fields = self.lines[line].fields
        field = next(at for at in FIELDS if fields[at].variable == variable)
        known = self.index.facts
        return {known[bit.bit_length() - 1][field] for bit in bits(facts)}

    def part(self, places: Sequence[int]) -> Table:
        """Give the table of some of the lines."""
        return _table(
            [self.lines[at] for at in places],
            self.index,
            [self.candidates[at] for at in places],
            [self.support[at] for at in places],
        )


def make_table(lines: Sequence[Line], index: FactIndex) -> Table:
    """Look up what each line finds."""
    candidates = []
    support = []
    for line in lines:
        fitting = index.fitting(line)
        candidates.append(sum(1 << at for at in fitting))
        support.append(_support(line, index, fitting))
    return _table(lines, index, candidates, support)


def _table(
    lines: Sequence[Line],
    index: FactIndex,
    candidates: Sequence[int],
    support: Sequence[Mapping[str, Support]],
) -> Table:
    users: defaultdict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        for variable in sorted(line.variables):
            users[variable].append(at)
    return Table(
        lines=lines,
        index=index,
        candidates=candidates,
        support=support,
        users=users,
    )


def _support(
    line: Line, index: FactIndex, fitting: Sequence[int]
) -> dict[str, Support]:
    found: dict[str, defaultdict[str, int]] = {
        variable: defaultdict(int) for variable in line.variables
    }
    for field in FIELDS:
        variable = line.fields[field].variable
        if variable:
            texts = found[variable]
            for at in fitting:
                texts[index.facts[at][field]] |= 1 << at
    return {variable: dict(texts) for variable, texts in found.items()}
