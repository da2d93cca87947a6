"""What requirements say that concerns more than the role that has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tripleo_cli.domain.requirement import Requirement
from tripleo_cli.domain.requirement.check import Among, Bound, Check, Relation
from tripleo_cli.domain.requirement.combine import AllOf, all_of
from tripleo_cli.domain.requirement.count import Count
from tripleo_cli.domain.requirement.fact import FactTest
from tripleo_cli.domain.requirement.total import Total

_MEMORY, _CPUS, _DISK = "memory_mib", "cpus", "size_gib"
_LOWER = (Relation.AT_LEAST, Relation.ABOVE)

Size = tuple[str, float]
"""What is measured, by the attribute of a machine or a disk, and how much of it."""


def common_requirement(
    requirements: Sequence[Requirement | None],
) -> Requirement | None:
    """Give the conditions that are in all of these; ``None`` where none is."""
    first, *others = requirements
    if all(other == first for other in others):
        return first
    known = [_conditions(other) for other in others]
    shared = [one for one in _conditions(first) if all(one in each for each in known)]
    if not isinstance(first, AllOf):
        return first if shared else None
    return all_of(one for one in first.conditions if one in shared) if shared else None


def least_sizes(requires: Requirement | None) -> tuple[int, int, int]:
    """Give the least memory (MiB), CPUs and storage (GiB) that satisfy a requirement.

    What holds in some cases only, such as one of several alternatives, asks for none.
    """
    least = {_MEMORY: 0.0, _CPUS: 0.0, _DISK: 0.0}
    for condition in _conditions(requires):
        for what, size in _sizes(condition):
            least[what] = max(least.get(what, 0), size)
    return int(least[_MEMORY]), int(least[_CPUS]), int(least[_DISK])


def _conditions(requirement: object) -> Sequence[object]:
    """List what must hold at once, as far as that can be told apart."""
    return requirement.conditions if isinstance(requirement, AllOf) else [requirement]


def _sizes(condition: object) -> Iterator[Size]:
    """Say how much of what a machine must have to satisfy a condition."""
    if isinstance(condition, FactTest):
        yield condition.fact.attribute or condition.fact.name, _least(condition.check)
    elif isinstance(condition, Total) and condition.parts == "disks":
        yield condition.fact.attribute or condition.fact.name, _least(condition.bound)
    elif isinstance(condition, Count) and not condition.is_most:
        for inner in _conditions(condition.where):
            for what, size in _sizes(inner):
                yield what, size * condition.number


def _least(check: Check) -> float:
    """Give the least that passes a check, 0 where that is not limited."""
    if isinstance(check, Bound):
        is_lower = check.relation in _LOWER
        return check.unit.to_stored(check.limit) if is_lower else 0
    if isinstance(check, Among) and check.is_wanted:
        # Texts are of no size; a number is never compared with one.
        numbers = (value for value in check.values if not isinstance(value, str))
        return min(map(check.unit.to_stored, numbers), default=0)
    return 0
