"""Maximum assignment, against reference cases and brute force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.matching.assign import assign, roles_in
from tripleo_cli.domain.matching.conflict import find_conflicts

CASES = sorted(
    (Path(__file__).parents[3] / "data" / "matching").glob("*.json"),
    key=lambda path: path.stem,
)


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


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_reference_cases_are_met(path: Path) -> None:
    case = json.loads(path.read_text())
    roles = list(case["wanted"])
    fits = [
        sum(1 << roles.index(role) for role in fitting)
        for fitting in case["fits"].values()
    ]

    placed = sum(map(len, assign(list(case["wanted"].values()), fits)))

    assert placed == case["placed"]
    assert (placed == sum(case["wanted"].values())) is case["feasible"]


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


@given(problems)
def test_what_is_missing_is_explained_by_a_conflict(
    problem: tuple[list[int], list[int]],
) -> None:
    capacities, fits = problem
    seated = assign(capacities, fits)
    unmet = {role for role, ns in enumerate(seated) if len(ns) < capacities[role]}

    conflicts = find_conflicts(capacities, fits, seated)

    assert bool(conflicts) is bool(unmet)
    for roles in conflicts:
        assert _is_violated(roles, capacities, fits)
        for role in roles_in(roles):
            assert not _is_violated(roles & ~(1 << role), capacities, fits)


def _is_violated(roles: int, capacities: list[int], fits: list[int]) -> bool:
    wanted = sum(capacities[role] for role in roles_in(roles))
    return wanted > sum(1 for mask in fits if mask & roles)


def test_a_long_chain_of_moves_is_found() -> None:
    """The last node is wanted by the first role only through all the others."""
    size = 200
    fits = [0b11 << role for role in range(size - 1)] + [1]

    assert sum(map(len, assign([1] * size, fits))) == size
