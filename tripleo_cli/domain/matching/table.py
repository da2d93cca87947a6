"""A request in numbers: roles, cells and kinds of nodes, for the assignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tripleo_cli.domain.matching.allot import Cell, Kind
from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.matching.cost import (
    Levels,
    asked_of,
    fleet_of,
    is_second,
    rank,
    waste,
    weights,
)
from tripleo_cli.domain.matching.judge import candidates, fits
from tripleo_cli.domain.matching.locate import locate
from tripleo_cli.domain.matching.order import natural_key
from tripleo_cli.domain.matching.request import MatchRequest
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.role import Role

Spot = tuple[int, str]
"""A role's number, and where its nodes stand apart; empty where they need not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Roles by name; free nodes by kind, kinds and their nodes by name.

    ``fits`` are, for each kind, the bits of the roles that it fits. ``spots`` say what
    the cells are.
    """

    roles: Sequence[Role]
    places: Sequence[int]
    spots: Sequence[Spot]
    cells: Sequence[Cell]
    kinds: Sequence[Kind]
    fits: Sequence[int]
    members: Sequence[Sequence[Node]]


@dataclass(frozen=True, slots=True)
class _Alike:
    """What nodes of one kind have in common."""

    fits: int
    size: tuple[int, int, int]
    tagged: frozenset[str]
    is_pinned: bool
    where: tuple[str, ...]
    """By role, where it stands; empty for roles that need not be spread."""


def tabulate(request: MatchRequest, spread: Mapping[str, str]) -> Table:
    """Number everything in an order that does not depend on the request's.

    ``spread`` says by which value the nodes of roles stand apart.
    """
    roles = [request.roles[name] for name in sorted(request.wanted)]
    paths = [spread.get(role.name, "") for role in roles]
    alike = _kinds(request, roles, paths)
    loads = _loads(request, roles, paths)
    places = [
        max(request.wanted[role.name] - sum(_held_by(loads, number)), 0)
        for number, role in enumerate(roles)
    ]
    spots = sorted(_spots(alike, loads, len(roles)))
    most = sum(places) + sum(loads.values()) if any(paths) else 0
    prices = _Prices(roles, alike, places=sum(places), most_in_cell=most)
    return Table(
        roles=roles,
        places=places,
        spots=spots,
        cells=[
            Cell(
                role=role,
                price=prices.second if is_second(roles[role]) else 0,
                crowding=prices.crowding if paths[role] else 0,
                load=loads[role, where],
            )
            for role, where in spots
        ],
        kinds=prices.kinds(spots),
        fits=[kind.fits for kind in alike],
        members=[[one.node for one in members] for members in alike.values()],
    )


def _kinds(
    request: MatchRequest, roles: Sequence[Role], paths: Sequence[str]
) -> dict[_Alike, list[Candidate]]:
    free = [node for node in request.nodes if node.id not in request.held]
    judged = candidates(request, sorted(free, key=natural_key))
    alike: dict[_Alike, list[Candidate]] = {}
    for one, bits in zip(judged, fits(judged, roles, request), strict=True):
        if bits:
            where = tuple(locate(one.node, path) if path else "" for path in paths)
            is_pinned = one.node.id in request.pins
            kind = _Alike(bits, one.size, one.tagged, is_pinned, where)
            alike.setdefault(kind, []).append(one)
    return alike


def _loads(
    request: MatchRequest, roles: Sequence[Role], paths: Sequence[str]
) -> Counter[Spot]:
    """Count the nodes that serve roles already, by where they stand."""
    numbers = {role.name: number for number, role in enumerate(roles)}
    loads: Counter[Spot] = Counter()
    for node in request.nodes:
        number = numbers.get(request.held.get(node.id, ""))
        if number is not None:
            path = paths[number]
            loads[number, locate(node, path) if path else ""] += 1
    return loads


def _held_by(loads: Mapping[Spot, int], role: int) -> Iterator[int]:
    return (number for spot, number in loads.items() if spot[0] == role)


def _spots(
    alike: Mapping[_Alike, object], loads: Mapping[Spot, int], roles: int
) -> set[Spot]:
    found = set(loads)
    for kind in alike:
        found |= {(role, kind.where[role]) for role in range(roles)}
    return found


class _Prices:
    """What places cost kinds of nodes, as numbers.

    Levels, the most important first: roles that come second, what an operator has
    said of the node, how crowded it is where it stands, what is wasted.
    """

    def __init__(
        self,
        roles: Sequence[Role],
        alike: Mapping[_Alike, Sequence[Candidate]],
        *,
        places: int,
        most_in_cell: int,
    ) -> None:
        self._alike = alike
        self._levels = list(_levels(roles, alike))
        *said, much, uneven = [span * places for span in _spans(self._levels)]
        crowd = most_in_cell * places
        self.second, *by_said, self.crowding, by_much, by_uneven = weights(
            [places, *said, crowd, much, uneven]
        )
        self._weights = (*by_said, by_much, by_uneven)

    def kinds(self, spots: Sequence[Spot]) -> list[Kind]:
        """Price every cell for every kind that fits it."""
        cells = {spot: cell for cell, spot in enumerate(spots)}
        return [
            Kind(
                costs={
                    cells[role, kind.where[role]]: sum(
                        level * weight
                        for level, weight in zip(levels, self._weights, strict=True)
                    )
                    for role, levels in by_role.items()
                },
                number=len(members),
            )
            for (kind, members), by_role in zip(
                self._alike.items(), self._levels, strict=True
            )
        ]


def _levels(
    roles: Sequence[Role], alike: Mapping[_Alike, Sequence[Candidate]]
) -> Iterator[dict[int, Levels]]:
    """Give for each kind its levels in the roles, by number, that it fits."""
    fleet = fleet_of(members[0] for members in alike.values())
    asked = [asked_of(role) for role in roles]

    @cache
    def wasted(size: tuple[int, int, int], number: int) -> Levels:
        return waste(size, asked[number], fleet)

    for kind, members in alike.items():
        yield {
            number: rank(members[0], role, is_pinned=kind.is_pinned)
            + wasted(kind.size, number)
            for number, role in enumerate(roles)
            if kind.fits >> number & 1
        }


def _spans(rows: Sequence[Mapping[int, Levels]]) -> list[int]:
    columns = zip(*(levels for row in rows for levels in row.values()), strict=True)
    return [max(column) - min(column) for column in columns] or [0] * 4
