"""The quick way where a node costs the same in every role that it fits.

Then what an assignment costs is what its nodes cost and what its places cost, and
neither depends on the other (Mendelsohn and Dulmage, 1958: there is one that has the
best nodes and the best places at once). The plain assignment, offered nodes in the
order of their costs and places in that of theirs, makes the best one. So it is wherever
roles ask for nothing that has a size, and nothing is to be spread: tags, traits and
requirements only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tripleo_cli.domain.matching.allot import Cell, Kind, allot
from tripleo_cli.domain.matching.assign import assign


def allot_quickly(
    places: Sequence[int], cells: Sequence[Cell], kinds: Sequence[Kind]
) -> list[dict[int, int]]:
    """Give what :func:`~tripleo_cli.domain.matching.allot.allot` gives, or its equal.

    Arguments and answer are those of that function.
    """
    if any(cell.crowding for cell in cells) or any(map(_is_choosy, kinds)):
        return allot(places, cells, kinds)
    nodes = _by_cost(kinds)
    bits = [1 << cell.role for cell in cells]
    masks = [sum(map(bits.__getitem__, kind.costs)) for kind in kinds]
    fits = [masks[number] for number in nodes]
    waves = _waves(cells)
    seated = assign(places, fits) if len(nodes) >= sum(places) else None
    if seated is None or (len(waves) > 1 and _placed(seated) < sum(places)):
        seated = assign(places, fits, waves)
    return [Counter(nodes[index] for index in seated[cell.role]) for cell in cells]


def _placed(seated: Sequence[Sequence[int]]) -> int:
    return sum(map(len, seated))


def _is_choosy(kind: Kind) -> bool:
    return len(set(kind.costs.values())) > 1


def _by_cost(kinds: Sequence[Kind]) -> list[int]:
    """Give the number of its kind for each node, the cheapest first."""
    costs = [min(kind.costs.values(), default=0) for kind in kinds]
    return [
        number
        for number in sorted(range(len(kinds)), key=costs.__getitem__)
        for _ in range(kinds[number].number)
    ]


def _waves(cells: Sequence[Cell]) -> list[int]:
    """Give the bits of roles whose places cost the same, the cheapest first."""
    waves: dict[int, int] = {}
    for cell in cells:
        waves[cell.price] = waves.get(cell.price, 0) | 1 << cell.role
    return [waves[price] for price in sorted(waves)]
