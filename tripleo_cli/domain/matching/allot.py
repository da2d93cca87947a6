"""Maximum assignment at minimum cost, contracted by role and by kind of node.

Successive shortest paths with potentials (Edmonds and Karp, 1972; Tomizawa, 1971).
The graph does not have a vertex for each node but one for each *cell*: the places of
a role, or of a role in one failure domain where its nodes are to stand apart. A cell
passes a node on to another cell by the cheapest move that it has; heaps keep those.
Nodes of one kind cost the same everywhere, so they move together.

Every path is a shortest one, so after each the nodes placed so far are placed as
cheaply as that number can be, and the last has placed as many as can be placed.

A crowded cell costs more for each node in it, which spreads nodes evenly: such costs
are convex, so shortest paths stay optimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

START = -2
END = -1
"""Where paths end. Smaller than all cells, so that it wins where costs are equal."""

_Step = tuple[int, int, int]
"""From, to, and the kind of node that moves; -1 where none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Places that are alike.

    ``price`` is what every node costs there besides its own cost, ``crowding`` what
    each node that is there already adds to that; ``load`` is how many are there from
    the beginning, and stay.
    """

    role: int
    price: int = 0
    crowding: int = 0
    load: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """So many nodes that cost the same; by cell, what one of them costs there.

    Costs are not negative. A cell that it does not fit is not in ``costs``.
    """

    costs: Mapping[int, int]
    number: int = 1


def allot(
    places: Sequence[int], cells: Sequence[Cell], kinds: Sequence[Kind]
) -> list[dict[int, int]]:
    """Place nodes in cells: as many as possible, and those as cheaply as possible.

    Args:
        places: How many nodes each role takes.
        cells: The cells of the roles, in the order that decides ties.
        kinds: The kinds of nodes, in the order that decides ties.

    Returns:
        For each cell, how many nodes of which kind it has.
    """
    flow = _Flow(places, cells, kinds)
    while path := flow.find_path():
        flow.push(path)
    return flow.seated


class _Flow:
    """Nodes in cells, while they are being placed.

    Vertices are cells by number and, for roles of which a cell can be crowded, hubs
    behind them: over its hub, a role takes a node in one cell and frees another.
    """

    def __init__(
        self, places: Sequence[int], cells: Sequence[Cell], kinds: Sequence[Kind]
    ) -> None:
        self.seated: list[dict[int, int]] = [{} for _ in cells]
        self._cells = cells
        self._costs = [kind.costs for kind in kinds]
        self._idle = [kind.number for kind in kinds]
        self._room = list(places)
        self._load = [cell.load for cell in cells]
        self._siblings: dict[int, list[int]] = {}
        for number, cell in enumerate(cells):
            if cell.crowding:
                self._siblings.setdefault(len(cells) + cell.role, []).append(number)
        # The cheapest idle node of a cell is the last in its queue.
        self._queues = _queues(len(cells), kinds)
        self._moves: list[dict[int, list[tuple[int, int]]]] = [{} for _ in cells]
        self._potential = dict.fromkeys(
            (START, END, *range(len(cells)), *self._siblings), 0
        )

    def find_path(self) -> list[_Step]:
        """Find the cheapest way to place one more node; none where there is no way.

        The steps come last first.
        """
        potential = self._potential
        waiting: list[tuple[int, int, int, int]] = []
        best: dict[int, int] = {}
        came: dict[int, tuple[int, int]] = {}
        at, length = START, 0
        while at != END:
            base = length + potential[at]
            for target, cost, kind in self._arcs(at):
                reduced = base + cost - potential[target]
                if target not in came and reduced < best.get(target, reduced + 1):
                    best[target] = reduced
                    heappush(waiting, (reduced, target, at, kind))
            while waiting and waiting[0][1] in came:
                heappop(waiting)
            if not waiting:
                return []
            length, at, before, kind = heappop(waiting)
            came[at] = (before, kind)
        self._raise_potentials(came, best, length)
        return _trace(came)

    def push(self, path: Sequence[_Step]) -> None:
        """Send as many nodes as possible along a path."""
        number = min(self._width(*step) for step in path)
        for source, target, kind in path:
            if target == END:
                self._room[self._role(source)] -= number
            elif kind < 0:
                self._crowd(source, target)
            else:
                self._enter(kind, target, number)
                self._leave(kind, source, number)

    def _arcs(self, vertex: int) -> Iterator[_Step]:
        """List where one can go on to, at what cost, and by moving which kind."""
        if vertex == START:
            yield from self._idle_heads()
        elif vertex >= len(self._cells):
            yield from self._arcs_of_hub(vertex)
        else:
            cell = self._cells[vertex]
            if cell.crowding:
                crowded = cell.price + cell.crowding * self._load[vertex]
                yield len(self._cells) + cell.role, crowded, -1
            elif self._room[cell.role]:
                yield END, cell.price, -1
            yield from self._cheapest_moves(vertex)

    def _arcs_of_hub(self, hub: int) -> Iterator[_Step]:
        if self._room[hub - len(self._cells)]:
            yield END, 0, -1
        for number in self._siblings[hub]:
            if self.seated[number]:
                cell = self._cells[number]
                freed = cell.price + cell.crowding * (self._load[number] - 1)
                yield number, -freed, -1

    def _idle_heads(self) -> Iterator[_Step]:
        idle = self._idle
        for cell, queue in enumerate(self._queues):
            while queue and not idle[queue[-1][1]]:
                queue.pop()
            if queue:
                cost, kind = queue[-1]
                yield cell, cost, kind

    def _cheapest_moves(self, cell: int) -> Iterator[_Step]:
        here = self.seated[cell]
        for target, heap in self._moves[cell].items():
            while heap and heap[0][1] not in here:
                heappop(heap)
            if heap:
                cost, kind = heap[0]
                yield target, cost, kind

    def _raise_potentials(
        self, came: Mapping[int, object], best: Mapping[int, int], length: int
    ) -> None:
        self._potential[START] -= length
        for vertex in came:
            self._potential[vertex] += best[vertex] - length

    def _width(self, source: int, target: int, kind: int) -> int:
        if kind < 0:
            return self._room[self._role(source)] if target == END else 1
        return self._idle[kind] if source == START else self.seated[source][kind]

    def _role(self, vertex: int) -> int:
        beyond = vertex - len(self._cells)
        return beyond if beyond >= 0 else self._cells[vertex].role

    def _crowd(self, source: int, target: int) -> None:
        if target in self._siblings:
            self._load[source] += 1
        else:
            self._load[target] -= 1

    def _enter(self, kind: int, cell: int, number: int) -> None:
        here = self.seated[cell]
        if kind in here:
            here[kind] += number
            return
        here[kind] = number
        moves, costs = self._moves[cell], self._costs[kind]
        paid = costs[cell]
        for target, cost in costs.items():
            if target != cell:
                heappush(moves.setdefault(target, []), (cost - paid, kind))

    def _leave(self, kind: int, source: int, number: int) -> None:
        if source == START:
            self._idle[kind] -= number
            return
        self.seated[source][kind] -= number
        if not self.seated[source][kind]:
            del self.seated[source][kind]


def _queues(cells: int, kinds: Sequence[Kind]) -> list[list[tuple[int, int]]]:
    queues: list[list[tuple[int, int]]] = [[] for _ in range(cells)]
    for number, kind in enumerate(kinds):
        for cell, cost in kind.costs.items():
            queues[cell].append((cost, number))
    for queue in queues:
        queue.sort(reverse=True)
    return queues


def _trace(came: Mapping[int, tuple[int, int]]) -> list[_Step]:
    steps = []
    target = END
    while target != START:
        source, kind = came[target]
        steps.append((source, target, kind))
        target = source
    return steps
