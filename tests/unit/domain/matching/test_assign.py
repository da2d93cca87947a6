"""Maximum assignment, against brute force."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.matching.assign import assign, roles_in


def brute_force(capacities: Sequence[int], fits: Sequence[int]) -> frozenset[int]:
    """Find the best set of nodes by trying everything: most nodes, earliest first."""

    @cache
    def best(node: int, room: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        if node == len(fits):
            return 0, ()
        placed, nodes = best(node + 1, room)
        answers = [(placed, nodes)]
        for role in roles_in(fits[node]):
            if room[role]:
                less = (*room[:role], room[role] - 1, *room[role + 1 :])
                placed, nodes = best(node + 1, less)
                answers.append((placed + 1, (node, *nodes)))
        return max(answers, key=lambda a: (a[0], [-index for index in a[1]]))

    return frozenset(best(0, tuple(capacities))[1])


problems = st.integers(1, 4).flatmap(
    lambda roles: st.tuples(
        st.lists(st.integers(0, 3), min_size=roles, max_size=roles),
        st.lists(st.integers(0, 2**roles - 1), max_size=7),
    )
)


@given(problems)
def test_no_other_choice_of_nodes_is_better(
    problem: tuple[list[int], list[int]],
) -> None:
    """As many nodes as possible, and of such choices the earliest nodes."""
    capacities, fits = problem

    seated = assign(capacities, fits)

    chosen = [node for nodes in seated for node in nodes]
    assert len(chosen) == len(set(chosen))
    assert all(fits[node] >> role & 1 for role, ns in enumerate(seated) for node in ns)
    assert all(
        len(nodes) <= places for nodes, places in zip(seated, capacities, strict=True)
    )
    assert frozenset(chosen) == brute_force(capacities, fits)


def most(capacities: Sequence[int], fits: Sequence[int], roles: int) -> int:
    """Say how many nodes these roles could have, the others not counting."""
    open_now = [n if roles >> role & 1 else 0 for role, n in enumerate(capacities)]
    return len(brute_force(open_now, fits))


@given(problems, st.permutations(range(4)), st.integers(1, 4))
def test_roles_that_come_first_have_all_that_they_can_have(
    problem: tuple[list[int], list[int]], order: list[int], first: int
) -> None:
    """The nodes are the best ones all the same, and as many as can be placed."""
    capacities, fits = problem
    order = [role for role in order if role < len(capacities)]
    parts = [part for part in (order[:first], order[first:]) if part]
    waves = [sum(1 << role for role in part) for part in parts]

    seated = assign(capacities, fits, waves)

    assert frozenset(n for ns in seated for n in ns) == brute_force(capacities, fits)
    assert all(fits[node] >> role & 1 for role, ns in enumerate(seated) for node in ns)
    early = sum(len(seated[role]) for role in parts[0])
    assert early == most(capacities, fits, waves[0])


def test_a_long_chain_of_moves_is_found() -> None:
    """The last node is wanted by the first role only through all the others."""
    size = 200
    fits = [0b11 << role for role in range(size - 1)] + [1]

    assert sum(map(len, assign([1] * size, fits))) == size
