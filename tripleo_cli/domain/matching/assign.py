"""Maximum assignment of nodes to roles: augmenting paths, contracted by role.

All places of a role are alike, so paths run over roles instead of over places: a
full role passes one of its nodes on to another role that the node fits. Nodes are
offered in order of preference and a node once placed stays in use (it may change
its role). The sets of nodes that can be placed together form a transversal matroid
(Edmonds and Fulkerson, 1965), so this greedy *choice of nodes*, unlike a greedy
choice of roles, is optimal: as many nodes as possible are placed, and among all such
sets the one whose nodes come first in the order of preference.

Roles are numbered; what a node fits is an integer with one bit for each role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_


def assign(
    capacities: Sequence[int], fits: Sequence[int], waves: Iterable[int] = ()
) -> list[list[int]]:
    """Place nodes in roles.

    Args:
        capacities: How many nodes each role takes.
        fits: For each node, most preferred first, the bits of the roles it fits.
        waves: The bits of the roles that come first, of those that come second and
            so on, each role in one of them; nothing where all are equal. Later roles
            get what is left: a place that was filled stays filled.

    Returns:
        For each role, the indices of its nodes in ascending order.
    """
    seating = Seating(capacities)
    waiting: Sequence[int] = range(len(fits))
    for wave in waves or ((1 << len(capacities)) - 1,):
        seating.open(wave)
        waiting = _seat(seating, waiting, fits)
    return [sorted(seating.nodes(role)) for role in range(len(capacities))]


def _seat(
    seating: Seating, waiting: Sequence[int], fits: Sequence[int]
) -> Sequence[int]:
    """Offer nodes; gives those that found no place."""
    left: list[int] = []
    for number, node in enumerate(waiting):
        if not seating.has_room:
            return [*left, *waiting[number:]]
        mask = fits[node]
        if not (mask & seating.live and seating.offer(node, mask)):
            left.append(node)
    return left


def roles_in(mask: int) -> Iterator[int]:
    """List the numbers of the roles whose bits are set, in ascending order."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Seating:
    """Nodes in roles, while they are being placed.

    Roles take nodes from when they are opened. ``live`` are the roles that could
    still take a node, directly or by passing one on. A role that drops out returns
    only when others are opened: all the nodes of such roles fit only each other's,
    which are full.
    """

    def __init__(self, capacities: Sequence[int]) -> None:
        self._room = list(capacities)
        self._opened = self._open = 0
        # By role: what its nodes fit, and those nodes. Nodes that fit the same roles
        # are interchangeable, and real fleets have few kinds of them.
        self._groups: list[dict[int, list[int]]] = [{} for _ in capacities]
        self._reach = [0] * len(self._room)
        self._turn = 0
        self.live = 0

    def open(self, roles: int) -> None:
        """Let roles take nodes, those that have places."""
        opened = sum(1 << role for role in roles_in(roles) if self._room[role] > 0)
        self._open |= opened
        self._opened |= opened
        self.live = self._opened

    @property
    def has_room(self) -> bool:
        """Whether any role wants another node."""
        return self._open != 0

    def nodes(self, role: int) -> Iterator[int]:
        """List the nodes of a role."""
        for group in self._groups[role].values():
            yield from group

    def offer(self, node: int, mask: int) -> bool:
        """Place a node, if need be by moving others from role to role."""
        free = mask & self._open
        if not free:
            path = self._find_path(mask & self.live)
            if not path:
                return False
            for source, target in zip(path[-2::-1], path[:0:-1], strict=True):
                self._move(source, target)
            role = path[0]
            self._take(path[-1])
        else:
            # In turns, so that roles fill up together: the fewer are full, the fewer
            # nodes have to move.
            ahead = free >> self._turn << self._turn or free
            role = (ahead & -ahead).bit_length() - 1
            self._turn = role + 1
            self._take(role)
        self._seat(node, mask, role)
        return True

    def _take(self, role: int) -> None:
        self._room[role] -= 1
        if not self._room[role]:
            self._open ^= 1 << role

    def _seat(self, node: int, mask: int, role: int) -> None:
        self._groups[role].setdefault(mask, []).append(node)
        self._reach[role] |= mask

    def _move(self, source: int, target: int) -> None:
        groups = self._groups[source]
        mask = next(mask for mask in groups if mask >> target & 1)
        self._seat(groups[mask].pop(), mask, target)
        if not groups[mask]:
            del groups[mask]
            self._reach[source] = reduce(or_, groups, 0)

    def _find_path(self, start: int) -> list[int]:
        """Find roles that pass nodes on, ending at one with room, breadth first.

        Where there is none, the roles that were reached are no longer live.
        """
        came_from = dict.fromkeys(roles_in(start), -1)
        seen = start
        queue = list(came_from)
        for role in queue:
            if found := self._reach[role] & self._open:
                return _trace(came_from, role, (found & -found).bit_length() - 1)
            for reached in roles_in(self._reach[role] & self.live & ~seen):
                came_from[reached] = role
                queue.append(reached)
            seen |= self._reach[role]
        self.live &= ~sum(1 << role for role in queue)
        return []


def _trace(came_from: dict[int, int], role: int, end: int) -> list[int]:
    path = [end]
    while role >= 0:
        path.append(role)
        role = came_from[role]
    return path[::-1]
