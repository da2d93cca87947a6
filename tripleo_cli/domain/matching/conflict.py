"""Find the roles that stand in each other's way (violators of Hall's condition).

Where a role has an empty place, all nodes that fit it serve roles; so do all nodes
that fit those roles, and so on. The roles reached so want more nodes than fit any of
them. Of these, only the roles are kept without which the others could have their
nodes: such a set has no smaller one in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

from tripleo_cli.domain.matching.assign import assign, roles_in


def find_conflicts(
    places: Sequence[int],
    fits: Sequence[int],
    numbers: Sequence[int],
    seated: Sequence[Mapping[int, int]],
) -> list[int]:
    """Give sets of roles, as bits, that want more nodes than fit them.

    No role can be left out of a set without the rest becoming satisfiable.

    Args:
        places: How many nodes each role takes.
        fits: For each kind of nodes, the bits of the roles that they fit.
        numbers: How many nodes there are of each kind.
        seated: For each role, how many nodes of which kind it has, in an assignment
            of as many nodes as can be placed.
    """
    kinds: Counter[int] = Counter()
    for mask, number in zip(fits, numbers, strict=True):
        kinds[mask] += number
    passable = [reduce(or_, (fits[kind] for kind in here), 0) for here in seated]
    short = [
        role for role, here in enumerate(seated) if sum(here.values()) < places[role]
    ]
    conflicts: dict[int, int] = {}
    for role in short:
        reached = _closure(role, passable)
        is_named = any(bits >> role & 1 for bits in conflicts.values())
        if not is_named and reached not in conflicts:
            conflicts[reached] = _minimal(reached, places, kinds)
    return list(dict.fromkeys(conflicts.values()))


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


def _minimal(roles: int, places: Sequence[int], kinds: Mapping[int, int]) -> int:
    """Leave roles out of a violator as long as the rest wants too many nodes.

    Counting is quick, but a set may be satisfiable by its own count and not by that of
    a part of it; so what is left is tried in earnest.
    """
    for wants_too_much in (_wants_more_than_fit, _is_short):
        for role in roles_in(roles):
            fewer = roles & ~(1 << role)
            if wants_too_much(fewer, places, kinds):
                roles = fewer
    return roles


def _wants_more_than_fit(
    roles: int, places: Sequence[int], kinds: Mapping[int, int]
) -> bool:
    fitting = sum(number for mask, number in kinds.items() if mask & roles)
    return _wanted(roles, places) > fitting


def _is_short(roles: int, places: Sequence[int], kinds: Mapping[int, int]) -> bool:
    wanted = [number if roles >> role & 1 else 0 for role, number in enumerate(places)]
    masks = [
        mask & roles
        for mask, number in kinds.items()
        if mask & roles
        # More nodes of one kind than there are places change nothing.
        for _ in range(number if number == 1 else min(number, sum(wanted)))
    ]
    return sum(map(len, assign(wanted, masks))) < sum(wanted)


def _wanted(roles: int, places: Sequence[int]) -> int:
    return sum(places[role] for role in roles_in(roles))
