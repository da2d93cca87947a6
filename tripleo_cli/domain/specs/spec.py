"""A spec: what a machine must be to get a profile, and what is found out thereby."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tripleo_cli.domain.specs.condition import Condition, Equal

Fact = tuple[str, str, str, str]
"""Category, object, key and value, as the ``hardware`` collector finds them."""

FIELDS: Final = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One of the four fields of a line, as it was written and what it means.

    ``variable`` is bound to the text that stands in the fact; ``is_recorded`` where
    it was written with two dollars, for the value to be found in the CMDB.
    """

    text: str
    variable: str = ""
    is_recorded: bool = False
    condition: Condition | None = None

    @property
    def literal(self) -> str | None:
        """The only text that fits, ``None`` where there is no such."""
        return self.condition.text if isinstance(self.condition, Equal) else None

    def accepts(self, text: str) -> bool:
        """Say whether a text fits, whatever the variable is bound to elsewhere."""
        return self.condition is None or self.condition.accepts(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a spec; it has to be met by a fact that no other line uses.

    ``number`` is where it stands in its file, counted from 1.
    """

    number: int
    fields: tuple[Field, Field, Field, Field]

    @property
    def variables(self) -> frozenset[str]:
        """The names of the variables in it."""
        return frozenset(one.variable for one in self.fields if one.variable)

    def __str__(self) -> str:
        return f"({', '.join(repr(one.text) for one in self.fields)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A profile and its lines; :func:`a_spec` puts them into an order of their own."""

    profile: str
    lines: tuple[Line, ...]

    @property
    def recorded(self) -> frozenset[str]:
        """The variables whose values the CMDB must know."""
        return frozenset(
            one.variable
            for line in self.lines
            for one in line.fields
            if one.is_recorded
        )

    @property
    def variables(self) -> frozenset[str]:
        """The names of all variables."""
        return frozenset().union(*(line.variables for line in self.lines))

    @property
    def as_written(self) -> Sequence[Line]:
        """The lines in the order of the file."""
        return sorted(self.lines, key=lambda line: line.number)


def a_spec(profile: str, lines: Iterable[Line]) -> Spec:
    """Make a spec that is the same whatever the order of its lines.

    Whoever works through the lines in this order comes to the same result for all
    orders in which an operator may have written them.
    """
    ordered = sorted(lines, key=lambda line: [natural(one.text) for one in line.fields])
    return Spec(profile=profile, lines=tuple(ordered))


def natural(text: str) -> list[tuple[int, str]]:
    """Give a key to sort by that puts ``disk2`` before ``disk10``."""
    parts = re.split(r"([0-9]+)", text)
    return [
        (int(part), "") if index % 2 and len(part) < _MAX_DIGITS else (-1, part)
        for index, part in enumerate(parts)
    ]


_MAX_DIGITS: Final = 1000
