"""Conflicts are violators of Hall's condition, and have no smaller one in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.matching.allot import Cell, Kind, allot
from tripleo_cli.domain.matching.assign import roles_in
from tripleo_cli.domain.matching.conflict import find_conflicts

problems = st.integers(1, 5).flatmap(
    lambda roles: st.tuples(
        st.lists(st.integers(0, 3), min_size=roles, max_size=roles),
        st.lists(
            st.tuples(st.integers(0, 2**roles - 1), st.integers(1, 3)), max_size=5
        ),
    )
)


def is_violated(roles: int, places: list[int], kinds: list[tuple[int, int]]) -> bool:
    wanted = sum(places[role] for role in roles_in(roles))
    return wanted > sum(number for mask, number in kinds if mask & roles)


def conflicts_of(places: list[int], kinds: list[tuple[int, int]]) -> list[int]:
    cells = [Cell(role=role) for role in range(len(places))]
    priced = [
        Kind(costs=dict.fromkeys(roles_in(mask), 0), number=number)
        for mask, number in kinds
    ]
    seated = allot(places, cells, priced)
    fits, numbers = [mask for mask, _ in kinds], [number for _, number in kinds]
    return find_conflicts(places, fits, numbers, seated)


@given(problems)
def test_there_is_one_where_a_role_is_short_and_no_smaller_one_in_it(
    problem: tuple[list[int], list[tuple[int, int]]],
) -> None:
    places, kinds = problem
    every = range(1, 1 << len(places))
    is_feasible = not any(is_violated(roles, places, kinds) for roles in every)

    conflicts = conflicts_of(places, kinds)

    assert bool(conflicts) is not is_feasible
    for roles in conflicts:
        parts = [part for part in every if part & ~roles == 0]
        violated = [part for part in parts if is_violated(part, places, kinds)]
        assert violated == [roles]


def test_a_set_that_only_hides_a_smaller_conflict_is_not_named() -> None:
    """A wants 2 of 1 node; B and C share two nodes with it in their count."""
    places = [2, 1, 1]
    kinds = [(0b001, 1), (0b110, 2)]

    assert conflicts_of(places, kinds) == [0b001]
