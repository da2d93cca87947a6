"""What a place costs a node: preferences as one number, the most important first.

A cost has levels. Each level outweighs all that the less important ones can add up to
over a whole assignment, so a sum of costs compares like the list of the levels' sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.matching.required import least_sizes
from tripleo_cli.domain.role import Role

SHARES = 10_000
"""How finely a size is measured: in this fraction of the fleet's largest."""

Levels = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The largest memory, CPUs and storage of any node, at least 1 each."""

    largest: tuple[int, int, int]


def fleet_of(candidates: Iterable[Candidate]) -> Fleet:
    """Measure a fleet."""
    sizes = [(1, 1, 1), *(candidate.size for candidate in candidates)]
    memory, cpus, storage = (max(column) for column in zip(*sizes, strict=True))
    return Fleet(largest=(memory, cpus, storage))


def rank(candidate: Candidate, role: Role, *, is_pinned: bool) -> Levels:
    """Rank a node for a role by what an operator has said; the least is best.

    A node that is pinned comes first, then one that is tagged for the role, then one
    that is tagged for none.
    """
    tagged = candidate.tagged
    is_ours = tagged <= role.accepted_traits
    said = (0 if is_ours else 2) if tagged else 1
    return int(not is_pinned), said


def is_second(role: Role) -> bool:
    """Whether other roles come first where there are not enough nodes for all."""
    return "primary" not in role.tags


def asked_of(role: Role) -> Sequence[int]:
    """Give the memory, CPUs and storage that a role asks for, wherever it does so."""
    needs = role.needs
    sizes = needs.memory_mb, needs.cpus, needs.disk_gb
    return [*map(max, sizes, least_sizes(role.requires))]


def waste(size: Sequence[int], asked: Sequence[int], fleet: Fleet) -> Levels:
    """Measure what a node has beyond what a role asks for.

    Memory, CPUs and storage count alike, each as a share of the fleet's largest. The
    first level is their sum, which keeps the large nodes in the pool. The second one is
    the sum of their squares, which decides who gets which of the nodes in use: the
    modest role gets the small one, so that nobody has much too much.
    """
    over = [
        # Rounded one by one: then sums of differences are differences of sums.
        max(has * SHARES // largest - needs * SHARES // largest, 0)
        for has, needs, largest in zip(size, asked, fleet.largest, strict=True)
    ]
    return sum(over), sum(share * share for share in over)


def weights(spans: Iterable[int]) -> tuple[int, ...]:
    """Say what one unit of each level weighs.

    Args:
        spans: For each level, by how much at most two assignments differ in it.
    """
    answer: list[int] = []
    weight = 1
    for span in reversed(list(spans)):
        answer.append(weight)
        weight *= span + 1
    return tuple(reversed(answer))
