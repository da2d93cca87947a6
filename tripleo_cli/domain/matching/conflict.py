"""Find the roles that stand in each other's way (violators of Hall's condition).

Where a role has an empty place, all nodes that fit it serve roles; so do all nodes
that fit those roles, and so on. The roles reached so want more nodes than fit any of
them. Of these, only the roles are kept without which the others could have their
nodes: such a set has no smaller one in it.

A role may be short and not in that set, which another role's shortage explains. It is
named with the fewest roles that together miss more places with it than without it.
Adding roles never makes less of that (what roles miss is supermodular), so leaving out
what can be left out ends with a set that wants more nodes than fit it, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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

    Every role with an empty place is in one of them. From the first no role can be
    left out without the rest becoming satisfiable.

    Args:
        places: How many nodes each role takes.
        fits: For each kind of nodes, the bits of the roles that they fit.
        numbers: How many nodes there are of each kind.
        seated: For each role, how many nodes of which kind it has, in an assignment
            of as many nodes as can be placed.
    """
    demand = _Demand(places, fits, numbers)
    passable = [reduce(or_, (fits[kind] for kind in here), 0) for here in seated]
    seen: set[int] = set()
    conflicts: dict[int, None] = {}
    for role, here in enumerate(seated):
        if sum(here.values()) == places[role]:
            continue
        reached = _closure(role, passable)
        if not _is_named(role, conflicts) and reached not in seen:
            seen.add(reached)
            conflicts[demand.smallest(reached)] = None
        if not _is_named(role, conflicts):
            conflicts[demand.reason(role, reached)] = None
    return list(conflicts)


def _is_named(role: int, conflicts: Iterable[int]) -> bool:
    return any(bits >> role & 1 for bits in conflicts)


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


class _Demand:
    """How many nodes roles want, and which there are; roles are bits."""

    def __init__(
        self, places: Sequence[int], fits: Sequence[int], numbers: Sequence[int]
    ) -> None:
        self._places = places
        self._kinds: Counter[int] = Counter()
        for mask, number in zip(fits, numbers, strict=True):
            self._kinds[mask] += number

    def smallest(self, roles: int) -> int:
        """Leave roles out of a violator as long as the rest wants too many nodes.

        Counting is quick, but a set may be satisfiable by its own count and not by
        that of a part of it; so what is left is tried in earnest.
        """
        for wants_too_much in (lambda some: self._excess(some) > 0, self._missing):
            for role in roles_in(roles):
                fewer = roles & ~(1 << role)
                if wants_too_much(fewer):
                    roles = fewer
        return roles

    def reason(self, role: int, roles: int) -> int:
        """Give the fewest of these roles that, with this one, leave it short."""
        own = 1 << role
        others = roles & ~own
        spared = self._missing(others)

        def is_short(some: int) -> bool:
            # Counting is quick; what it does not tell is tried.
            kept = some | own
            return self._excess(kept) > spared or self._missing(kept, own) > 0

        return own | _fewest(0, others, is_short)

    def _excess(self, roles: int) -> int:
        """Count by how much what is wanted exceeds the nodes that fit."""
        fitting = sum(number for mask, number in self._kinds.items() if mask & roles)
        return sum(self._places[role] for role in roles_in(roles)) - fitting

    def _missing(self, roles: int, last: int = 0) -> int:
        """Count the places that stay empty: of all, or of those that come last."""
        wanted = [n if roles >> role & 1 else 0 for role, n in enumerate(self._places)]
        masks = [
            mask & roles
            for mask, number in self._kinds.items()
            if mask & roles
            # More nodes of one kind than there are places change nothing.
            for _ in range(number if number == 1 else min(number, sum(wanted)))
        ]
        seated = assign(wanted, masks, (roles & ~last, last) if last else ())
        return sum(wanted[role] - len(seated[role]) for role in roles_in(last or roles))


def _fewest(kept: int, roles: int, is_enough: Callable[[int], bool]) -> int:
    """Give the fewest of some roles that are enough beside those that are kept.

    All of them are enough, and more never are less. By halves (QuickXplain; Junker,
    2004), which takes few questions where few roles are left.
    """
    if not roles or is_enough(kept):
        return 0
    if roles & (roles - 1) == 0:
        return roles
    numbers = list(roles_in(roles))
    low = roles & ((1 << numbers[len(numbers) // 2]) - 1)
    high = _fewest(kept | low, roles & ~low, is_enough)
    return high | _fewest(kept | high, low, is_enough)
