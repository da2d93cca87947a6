"""What a machine's disks or network cards of some sort come to together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tripleo_cli.domain.facts.table import PART_NOUNS, Fact
from tripleo_cli.domain.requirement.check import Bound, Relation
from tripleo_cli.domain.requirement.condition import Condition, Medians
from tripleo_cli.domain.requirement.requirement import Judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sum of a fact over the parts that satisfy a condition is within a bound.

    What is not known counts against the machine: such a part adds nothing towards "at
    least", and with one in doubt nobody can say that the sum is "at most" anything.
    """

    parts: str
    fact: Fact
    bound: Bound
    where: Condition | None = None

    def judge(self) -> Judge:
        """Add up, without words."""
        surely = self.where.judge() if self.where else None
        never = self.where.negated().judge() if self.where else None
        read, test = self.fact.reader(), self.bound.test()
        name, is_upper = self.parts, self._is_upper

        def holds(owner: Any, medians: Medians) -> bool:
            parts = getattr(owner, name)
            values = [
                read(part) for part in parts if surely is None or surely(part, medians)
            ]
            if is_upper:
                out = sum(never(part, medians) for part in parts) if never else 0
                if None in values or out + len(values) < len(parts):
                    return False
            return test(_sum(values))

        return holds

    def reject(self, owner: Any, medians: Medians) -> str | None:
        """Say what there is, of how many parts nobody knows, and what is needed."""
        if self.judge()(owner, medians):
            return None
        surely = self.where.judge() if self.where else None
        never = self.where.negated().judge() if self.where else None
        parts = getattr(owner, self.parts)
        meant = [part for part in parts if surely is None or surely(part, medians)]
        out = sum(never(part, medians) for part in parts) if never else 0
        values = list(map(self.fact.reader(), meant))
        unknown = len(parts) - out - len(values) + values.count(None)
        doubt = f" and {unknown} of which it is not known" if unknown else ""
        amount = f"{self.bound.unit.write(_sum(values))} in " if meant else ""
        said = self._said(len(meant))
        return f"has {amount}{said}{doubt}, needs {self.bound.need} together"

    def describe(self, verb: str) -> str:
        """Say it of a machine: "with at least 40 TB together in disks that ..."."""
        del verb
        return f"with {self.bound.phrase} together in {self._said(2, '')}"

    def compared(self) -> frozenset[str]:
        """Compare nothing with others."""
        return frozenset()

    def negated(self) -> Total:
        """Take the other side of the limit."""
        return replace(self, bound=self.bound.negated())

    @property
    def _is_upper(self) -> bool:
        return self.bound.relation in (Relation.AT_MOST, Relation.BELOW)

    def _said(self, count: int, number: str | None = None) -> str:
        one, many = PART_NOUNS[self.parts]
        noun, verb = (one, "is") if count in (0, 1) else (many, "are")
        where = f" {self.where.describe(verb)}" if self.where else ""
        shown = f"{count or 'no'} " if number is None else number
        return f"{shown}{noun}{where}"


def _sum(values: Iterable[float | None]) -> float:
    return sum(value for value in values if value is not None)
