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


def missing(roles: int, places: list[int], kinds: list[tuple[int, int]]) -> int:
    """Say how many places of these roles stay empty, whatever the others have."""
    parts = [part for part in range(1 << len(places)) if part & ~roles == 0]
    return max(
        sum(places[role] for role in roles_in(part))
        - sum(number for mask, number in kinds if mask & part)
        for part in parts
    )


def conflicts_of(
    places: list[int], kinds: list[tuple[int, int]], first: int = 0
) -> tuple[list[int], list[int]]:
    """Give the roles that are short, and the conflicts; some roles come first."""
    cells = [
        Cell(role=role, price=0 if first >> role & 1 else 1)
        for role in range(len(places))
    ]
    priced = [
        Kind(costs=dict.fromkeys(roles_in(mask), 0), number=number)
        for mask, number in kinds
    ]
    seated = allot(places, cells, priced)
    fits, numbers = [mask for mask, _ in kinds], [number for _, number in kinds]
    short = [
        role for role, here in enumerate(seated) if sum(here.values()) < places[role]
    ]
    return short, find_conflicts(places, fits, numbers, seated)


@given(problems, st.integers(0, 31))
def test_every_role_that_is_short_is_in_one_that_has_no_role_too_many(
    problem: tuple[list[int], list[tuple[int, int]]], first: int
) -> None:
    """Either no role can be spared, or the rest is no reason for a role's shortage."""
    places, kinds = problem
    every = range(1, 1 << len(places))

    short, conflicts = conflicts_of(places, kinds, first)

    assert len(set(conflicts)) == len(conflicts)
    assert all(any(bits >> role & 1 for bits in conflicts) for role in short)
    for roles in conflicts:
        assert is_violated(roles, places, kinds)
        parts = [part for part in every if part & ~roles == 0]
        violated = [part for part in parts if is_violated(part, places, kinds)]
        reasons = [
            [part for part in parts if is_made_short(role, part, places, kinds)]
            for role in roles_in(roles)
            if role in short
        ]
        assert violated == [roles] or [roles] in reasons


def is_made_short(
    role: int, roles: int, places: list[int], kinds: list[tuple[int, int]]
) -> bool:
    """Whether these roles, this one among them, miss more places than without it."""
    others = roles & ~(1 << role)
    with_it, without = (missing(some, places, kinds) for some in (roles, others))
    return others != roles and with_it > without


@given(problems)
def test_one_has_no_smaller_one_in_it(
    problem: tuple[list[int], list[tuple[int, int]]],
) -> None:
    places, kinds = problem
    every = range(1, 1 << len(places))
    is_feasible = not any(is_violated(roles, places, kinds) for roles in every)

    _, conflicts = conflicts_of(places, kinds)

    assert bool(conflicts) is not is_feasible
    for roles in conflicts[:1]:
        parts = [part for part in every if part & ~roles == 0]
        violated = [part for part in parts if is_violated(part, places, kinds)]
        assert violated == [roles]


def test_a_set_that_only_hides_a_smaller_conflict_is_not_named() -> None:
    """A wants 2 of 1 node; B and C share two nodes with it in their count."""
    places = [2, 1, 1]
    kinds = [(0b001, 1), (0b110, 2)]

    assert conflicts_of(places, kinds) == ([0], [0b001])


def test_two_roles_that_are_short_for_themselves_are_both_named() -> None:
    """A and B want 3 nodes each; there are two for each, of which they share one."""
    short, conflicts = conflicts_of([3, 3], [(0b01, 1), (0b11, 1), (0b10, 1)])

    assert short == [0, 1]
    assert sorted(conflicts) == [0b01, 0b10]


def test_a_role_is_named_with_the_one_that_has_its_node_and_no_other() -> None:
    """A fits y only, B wants y and z, and C, which is short for itself, has z."""
    kinds = [(0b011, 1), (0b110, 1), (0b100, 1)]

    short, conflicts = conflicts_of([1, 2, 3], kinds, first=0b110)

    assert 0 in short
    assert 0b011 in conflicts
    assert 0b101 not in conflicts
