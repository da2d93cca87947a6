"""Find the roles that stand in each other's way (violators of Hall's condition).

Where a role has an empty place, all nodes that fit it serve roles; so do all nodes
that fit those roles, and so on. The roles reached so want more nodes than fit any of
them. Roles without which that still holds are then left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

from tripleo_cli.domain.matching.assign import roles_in


def find_conflicts(
    capacities: Sequence[int], fits: Sequence[int], seated: Sequence[Sequence[int]]
) -> list[int]:
    """Give sets of roles, as bits, that want more nodes than fit them.

    No role can be left out of a set without the rest becoming satisfiable.
    Arguments are those of :func:`~tripleo_cli.domain.matching.assign.assign`, and
    its answer.
    """
    kinds = Counter(fits)
    passable = [reduce(or_, (fits[node] for node in nodes), 0) for nodes in seated]
    conflicts: list[int] = []
    for role, places in enumerate(capacities):
        if len(seated[role]) == places or any(bits >> role & 1 for bits in conflicts):
            continue
        reached = _closure(role, passable)
        conflicts.append(_minimal(reached, capacities, kinds))
    return conflicts


def _closure(start: int, passable: Sequence[int]) -> int:
    """Give the roles that could pass a node on, over others or not, to this one.

    ``passable`` is, for each role, what its nodes fit.
    """
    reached = 1 << start
    grown = True
    while grown:
        givers = sum(1 << role for role, fits in enumerate(passable) if fits & reached)
        grown = bool(givers & ~reached)
        reached |= givers
    return reached


def _minimal(roles: int, capacities: Sequence[int], kinds: Mapping[int, int]) -> int:
    for role in roles_in(roles):
        fewer = roles & ~(1 << role)
        if _wanted(fewer, capacities) > _fitting(fewer, kinds):
            roles = fewer
    return roles


def _wanted(roles: int, capacities: Sequence[int]) -> int:
    return sum(capacities[role] for role in roles_in(roles))


def _fitting(roles: int, kinds: Mapping[int, int]) -> int:
    return sum(count for mask, count in kinds.items() if mask & roles)
