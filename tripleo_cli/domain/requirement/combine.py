"""All conditions at once, or any of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tripleo_cli.domain.requirement.condition import Condition, Medians
from tripleo_cli.domain.requirement.requirement import Judge


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds; none at all is satisfied by anything."""

    conditions: tuple[Condition, ...]

    def judge(self) -> Judge:
        """Ask one after the other."""
        judges = [condition.judge() for condition in self.conditions]
        if len(judges) == 1:
            return judges[0]
        if len(judges) == 2:  # noqa: PLR2004 - a disk's size and kind: the usual case
            first, second = judges
            return lambda owner, medians: (
                first(owner, medians) and second(owner, medians)
            )
        return lambda owner, medians: all(judge(owner, medians) for judge in judges)

    def reject(self, owner: Any, medians: Medians) -> str | None:
        """Give the first reason."""
        for condition in self.conditions:
            if reason := condition.reject(owner, medians):
                return reason
        return None

    def describe(self, verb: str) -> str:
        """Say all of them: "of at least 200 GB that is not rotational"."""
        return _chained([condition.describe(verb) for condition in self.conditions])

    def compared(self) -> frozenset[str]:
        """Join what its conditions compare."""
        return _compared(self.conditions)

    def negated(self) -> AnyOf:
        """Ask for the contrary of any of them."""
        return AnyOf(tuple(condition.negated() for condition in self.conditions))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple[Condition, ...]

    def judge(self) -> Judge:
        """Ask one after the other."""
        judges = [condition.judge() for condition in self.conditions]
        return lambda owner, medians: any(judge(owner, medians) for judge in judges)

    def reject(self, owner: Any, medians: Medians) -> str | None:
        """Give the reasons against all of them."""
        reasons = []
        for condition in self.conditions:
            reason = condition.reject(owner, medians)
            if reason is None:
                return None
            reasons.append(reason)
        if len(reasons) == 1:
            return reasons[0]
        return f"fits none of {len(reasons)} alternatives: {'; '.join(reasons)}"

    def describe(self, verb: str) -> str:
        """Say the alternatives."""
        said = " or ".join(condition.describe(verb) for condition in self.conditions)
        return said if len(self.conditions) == 1 else f"({said})"

    def compared(self) -> frozenset[str]:
        """Join what its conditions compare."""
        return _compared(self.conditions)

    def negated(self) -> AllOf:
        """Ask for the contrary of all of them."""
        return AllOf(tuple(condition.negated() for condition in self.conditions))


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Join conditions; one alone stays what it is."""
    found = tuple(conditions)
    return found[0] if len(found) == 1 else AllOf(found)


def _compared(conditions: Iterable[Condition]) -> frozenset[str]:
    return frozenset[str]().union(*(one.compared() for one in conditions))


def _chained(phrases: Sequence[str]) -> str:
    """Put "and" between phrases that begin alike, nothing between others."""
    said = ""
    last = ""
    for phrase in phrases:
        first = phrase.partition(" ")[0]
        joint = " and " if first == last else " "
        said += f"{joint}{phrase}" if said else phrase
        last = first
    return said
