"""The quick way where a node costs the same in every role that it fits.

Then only the choice of nodes matters, and the plain assignment, offered nodes in the
order of their costs, makes the best one. So it is wherever roles ask for nothing that
has a size, and nothing is to be spread: tags, traits and requirements only.
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
    seated = _assigned(places, cells, kinds)
    is_full = sum(map(sum, map(dict.values, seated))) == sum(places)
    if is_full or len({cell.price for cell in cells}) <= 1:
        return seated
    return allot(places, cells, kinds)


def _is_choosy(kind: Kind) -> bool:
    return len(set(kind.costs.values())) > 1


def _assigned(
    places: Sequence[int], cells: Sequence[Cell], kinds: Sequence[Kind]
) -> list[dict[int, int]]:
    costs = [min(kind.costs.values(), default=0) for kind in kinds]
    masks = [sum(1 << cells[cell].role for cell in kind.costs) for kind in kinds]
    nodes = [
        number
        for number in sorted(range(len(kinds)), key=costs.__getitem__)
        for _ in range(kinds[number].number)
    ]
    seated = assign(places, [masks[number] for number in nodes])
    return [Counter(nodes[index] for index in seated[cell.role]) for cell in cells]
