"""Waste, and levels of preference as one number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_node
from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.domain.matching import MatchRequest, solve
from tripleo_cli.domain.matching.cost import weights
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.role import Needs, Role

rows = st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=2)


@given(rows, st.integers(1, 9))
def test_sums_of_costs_compare_like_lists_of_sums(
    rows: list[list[int]], half: int
) -> None:
    size = min(half, len(rows) // 2)
    one, other = rows[:size], rows[-size:]
    sums = [
        [sum(column) for column in zip(*some, strict=True)] for some in (one, other)
    ]
    by_level = weights([5 * size] * 3)

    prices = [sum(n * w for n, w in zip(s, by_level, strict=True)) for s in sums]

    assert (prices[0] < prices[1]) is (sums[0] < sums[1])
    assert (prices[0] == prices[1]) is (sums[0] == sums[1])


def chosen(wanted: dict[str, int], roles: list[Role], nodes: list[Node]) -> object:
    known = {role.name: role for role in roles}
    request = MatchRequest(wanted=wanted, roles=known, nodes=nodes)
    assignment = solve(request).assignment
    return {name: [n.name for n in ns] for name, ns in assignment.nodes.items()}


def test_a_storage_machine_is_not_spent_on_a_role_without_disks() -> None:
    """Its root disk is small; the others count as well."""
    disks = tuple(Disk(name=f"sd{n}", size_gib=4000) for n in range(12))
    storage = a_node("a", memory_gb=60, facts=HardwareFacts(disks=disks))

    assert chosen(
        {"Compute": 1}, [Role(name="Compute")], [storage, a_node("b", memory_gb=64)]
    ) == {"Compute": ["b"]}


def test_nodes_of_use_to_others_are_kept_although_one_role_loses() -> None:
    """The large role could have either large node; the small one fits the small."""
    small = Role(name="Small", needs=Needs(memory_mb=8 * 1024))
    large = Role(name="Large", needs=Needs(memory_mb=200 * 1024))
    nodes = [a_node(f"n{gb}", memory_gb=gb) for gb in (512, 256, 16, 12)]

    assert chosen({"Small": 2, "Large": 1}, [large, small], nodes) == {
        "Small": ["n12", "n16"],
        "Large": ["n256"],
    }


def test_of_the_nodes_in_use_the_modest_role_has_the_small_one() -> None:
    modest = Role(name="Zoo", needs=Needs(memory_mb=1024))
    demanding = Role(name="Aqua", needs=Needs(memory_mb=8 * 1024))
    nodes = [a_node(f"n{gb}", memory_gb=gb) for gb in (512, 16)]

    assert chosen({"Zoo": 1, "Aqua": 1}, [modest, demanding], nodes) == {
        "Zoo": ["n16"],
        "Aqua": ["n512"],
    }
