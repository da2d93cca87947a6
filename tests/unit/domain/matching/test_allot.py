"""Maximum assignment at minimum cost, against brute force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.matching.alike import allot_quickly
from tripleo_cli.domain.matching.allot import Cell, Kind, allot

Algorithm = Callable[..., list[dict[int, int]]]
Problem = tuple[list[int], list[Cell], list[Kind]]


def cells_of(role: int) -> st.SearchStrategy[list[Cell]]:
    prices = st.integers(0, 3)
    plain = prices.map(lambda price: [Cell(role=role, price=price)])
    crowded = st.tuples(prices, st.integers(1, 9)).flatmap(
        lambda costs: st.lists(
            st.builds(
                Cell,
                role=st.just(role),
                price=st.just(costs[0]),
                crowding=st.just(costs[1]),
                load=st.integers(0, 2),
            ),
            min_size=1,
            max_size=3,
        )
    )
    return plain | crowded


def kinds_for(cells: int) -> st.SearchStrategy[list[Kind]]:
    some = st.integers(0, cells - 1)
    alike = st.tuples(st.sets(some), st.integers(0, 9)).map(
        lambda pair: dict.fromkeys(*pair)
    )
    costs = st.dictionaries(some, st.integers(0, 9)) | alike
    return st.lists(
        st.builds(Kind, costs=costs, number=st.integers(1, 2)), max_size=4
    ).filter(lambda kinds: sum(kind.number for kind in kinds) <= 6)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    roles = draw(st.integers(1, 3))
    places = draw(st.lists(st.integers(0, 3), min_size=roles, max_size=roles))
    cells = [cell for role in range(roles) for cell in draw(cells_of(role))]
    return places, cells, draw(kinds_for(len(cells)))


def price(cells: Sequence[Cell], seats: Sequence[tuple[int, int]]) -> int:
    """Add up pairs of cell and cost, and what crowding costs."""
    load = [cell.load for cell in cells]
    total = 0
    for cell, cost in seats:
        total += cells[cell].price + cost + cells[cell].crowding * load[cell]
        load[cell] += 1
    return total


def assignments(problem: Problem) -> Iterator[list[tuple[int, int]]]:
    places, cells, kinds = problem
    nodes = [kind for kind in kinds for _ in range(kind.number)]
    for choice in product(*([None, *node.costs] for node in nodes)):
        seats = [
            (cell, node.costs[cell])
            for cell, node in zip(choice, nodes, strict=True)
            if cell is not None
        ]
        used = [cells[cell].role for cell, _ in seats]
        if all(used.count(role) <= room for role, room in enumerate(places)):
            yield seats


@pytest.mark.parametrize("algorithm", [allot, allot_quickly])
@given(problem=problems())
def test_no_other_assignment_is_larger_or_as_large_and_cheaper(
    algorithm: Algorithm, problem: Problem
) -> None:
    places, cells, kinds = problem

    seated = algorithm(places, cells, kinds)

    taken = [sum(here.get(kind, 0) for here in seated) for kind in range(len(kinds))]
    assert all(n <= kind.number for n, kind in zip(taken, kinds, strict=True))
    for role, room in enumerate(places):
        own = zip(cells, seated, strict=True)
        assert sum(sum(here.values()) for c, here in own if c.role == role) <= room
    seats = [
        (cell, kinds[kind].costs[cell])
        for cell, here in enumerate(seated)
        for kind, number in here.items()
        for _ in range(number)
    ]
    best = min((-len(s), price(cells, s)) for s in assignments(problem))
    assert (-len(seats), price(cells, seats)) == best


def test_alike_nodes_move_together() -> None:
    """Whole fleets of like machines cost as little as one of them."""
    cells = [Cell(role=0), Cell(role=1)]
    kinds = [
        Kind(costs={0: 1, 1: 9}, number=10**9),
        Kind(costs={0: 0}, number=10**9),
    ]

    seated = allot([10**9, 10**9], cells, kinds)

    assert seated == [{1: 10**9}, {0: 10**9}]
