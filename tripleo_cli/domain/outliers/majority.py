"""So many odd machines that nobody can say any more who is odd.

Of the machines that are compared in one result, less than half are slow. But one may be
slow in this and another in that, until hardly a good one is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.outliers.comparison import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority:
    """Half of a group or more; ``count`` are all machines in it."""

    group: str
    count: int
    lost: tuple[Node, ...]


def majorities(
    comparisons: Iterable[Comparison], out: Iterable[NodeId]
) -> tuple[Majority, ...]:
    """Tell which groups of like machines would lose half of theirs without ``out``.

    Each machine is told in one group, the largest.
    """
    gone = frozenset(out)
    members = {frozenset(dot.node.id for dot in one.dots): one for one in comparisons}
    found = [
        Majority(
            group=one.group,
            count=len(ids),
            lost=tuple(dot.node for dot in one.dots if dot.node.id in gone),
        )
        for ids, one in members.items()
        if 2 * len(ids & gone) >= len(ids)
    ]
    told: set[NodeId] = set()
    largest = []
    for one in sorted(found, key=lambda each: (-len(each.lost), each.group)):
        ids = {node.id for node in one.lost}
        if not ids <= told:
            largest.append(one)
            told |= ids
    return tuple(largest)
