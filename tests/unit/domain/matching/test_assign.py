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


def test_a_long_chain_of_moves_is_found() -> None:
    """The last node is wanted by the first role only through all the others."""
    size = 200
    fits = [0b11 << role for role in range(size - 1)] + [1]

    assert sum(map(len, assign([1] * size, fits))) == size
