"""How many of a machine's disks or network cards are of some sort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tripleo_cli.domain.facts.table import PART_NOUNS
from tripleo_cli.domain.requirement.condition import Condition, Judge, Medians


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
        negated = where.negated() if where and self.is_most else None
        object.__setattr__(self, "_not", negated.judge() if negated else None)

    def judge(self) -> Judge:
        """Count."""
        return lambda owner, medians: self.reject(owner, medians) is None

    def reject(self, owner: Any, medians: Medians) -> str | None:
        """Say how many there are and how many are needed."""
        parts: Sequence[Any] = getattr(owner, self.parts)
        if self.is_most:
            return self._reject_many(parts, medians)
        judge = self._surely
        count = len(parts)
        if judge:
            count = sum([judge(part, medians) for part in parts])
        if count >= self.number:
            return None
        return f"has {self._said(count)}, needs {self.number}"

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

    def _reject_many(self, parts: Sequence[Any], medians: Medians) -> str | None:
        judge = self._not
        possible = len(parts)
        if judge:
            possible -= sum([judge(part, medians) for part in parts])
        if possible <= self.number:
            return None
        sure = self._surely
        count = sum([sure(part, medians) for part in parts]) if sure else possible
        need = f"at most {self.number}" if self.number else "none"
        unknown = possible - count
        doubt = f" and {unknown} of which it is not known" if unknown else ""
        return f"has {self._said(count)}{doubt}, needs {need}"

    def _said(self, count: int) -> str:
        one, many = PART_NOUNS[self.parts]
        noun, verb = (one, "is") if count in (0, 1) else (many, "are")
        where = f" {self.where.describe(verb)}" if self.where else ""
        return f"{count or 'no'} {noun}{where}"
