"""How many of a machine's disks or network cards are of some sort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tripleo_cli.domain.facts.table import PART_NOUNS
from tripleo_cli.domain.requirement.condition import Condition, Medians
from tripleo_cli.domain.requirement.requirement import Judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """At least, or at most, so many parts satisfy a condition.

    A part of which it is not known whether it does counts against the machine: it is
    left out of "at least" and counted for "at most".
    """

    parts: str
    where: Condition | None = None
    number: int = 1
    is_most: bool = False
    _surely: Judge | None = field(init=False, repr=False, compare=False)
    _not: Judge | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Made once: these are what matching spends its time in.
        where = self.where
        object.__setattr__(self, "_surely", where.judge() if where else None)
        object.__setattr__(self, "_not", where.negated().judge() if where else None)

    def judge(self) -> Judge:
        """Count, without words."""
        name, number, is_most = self.parts, self.number, self.is_most
        judge = self._not if is_most else self._surely

        def holds(owner: Any, medians: Medians) -> bool:
            parts = getattr(owner, name)
            if is_most:
                return len(parts) - _count(judge, parts, medians, every=0) <= number
            return _count(judge, parts, medians, every=len(parts)) >= number

        return holds

    def reject(self, owner: Any, medians: Medians) -> str | None:
        """Say how many there are, of how many nobody knows, and what is needed."""
        parts: Sequence[Any] = getattr(owner, self.parts)
        if self.is_most:
            possible = len(parts) - _count(self._not, parts, medians, every=0)
            if possible <= self.number:
                return None
            count = _count(self._surely, parts, medians, every=len(parts))
            need = f"at most {self.number}" if self.number else "none"
        else:
            count = _count(self._surely, parts, medians, every=len(parts))
            if count >= self.number:
                return None
            possible = len(parts) - _count(self._not, parts, medians, every=0)
            need = str(self.number)
        unknown = possible - count
        doubt = f" and {unknown} of which it is not known" if unknown else ""
        return f"has {self._said(count)}{doubt}, needs {need}"

    def describe(self, verb: str) -> str:
        """Say it of a machine."""
        del verb
        if self.is_most and not self.number:
            return f"with {self._said(0)}"
        limit = "at most" if self.is_most else "at least"
        return f"with {limit} {self._said(self.number)}"

    def compared(self) -> frozenset[str]:
        """Compare nothing with others."""
        return frozenset()

    def negated(self) -> Condition:
        """Ask for fewer than "at least", or for more than "at most"."""
        number = self.number + 1 if self.is_most else self.number - 1
        return replace(self, number=number, is_most=not self.is_most)

    def _said(self, count: int) -> str:
        one, many = PART_NOUNS[self.parts]
        noun, verb = (one, "is") if count in (0, 1) else (many, "are")
        where = f" {self.where.describe(verb)}" if self.where else ""
        return f"{count or 'no'} {noun}{where}"


def _count(
    judge: Judge | None, parts: Sequence[Any], medians: Medians, *, every: int
) -> int:
    """Count the parts that satisfy a condition; without one, that is ``every``."""
    if judge is None:
        return every
    # A list, since sum() over a generator takes twice as long.
    return sum([judge(part, medians) for part in parts])
