"""Nodes and roles in, an assignment or the reasons against it out."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_node
from tripleo_cli.domain import matching
from tripleo_cli.domain.matching import Assignment, MatchRequest, Outcome, reject
from tripleo_cli.domain.node import Node, NodeId, ProvisionState
from tripleo_cli.domain.role import Needs, Role
from tripleo_cli.errors import NotEnoughNodesError


def roles(*given: Role) -> dict[str, Role]:
    return {role.name: role for role in given}


def request(
    wanted: Mapping[str, int],
    known: Mapping[str, Role],
    nodes: Sequence[Node],
    held: Mapping[NodeId, str],
) -> MatchRequest:
    return MatchRequest(wanted=wanted, roles=known, nodes=nodes, held=held)


def match(
    wanted: Mapping[str, int],
    known: Mapping[str, Role],
    nodes: Sequence[Node],
    held: Mapping[NodeId, str],
) -> Assignment:
    return matching.match(request(wanted, known, nodes, held))


def solve(
    wanted: Mapping[str, int],
    known: Mapping[str, Role],
    nodes: Sequence[Node],
    held: Mapping[NodeId, str],
) -> Outcome:
    return matching.solve(request(wanted, known, nodes, held))


def names(nodes: Iterable[Node]) -> list[str]:
    return [node.name for node in nodes]


CONTROLLER = Role(name="Controller")
COMPUTE = Role(name="Compute")
BOTH = roles(CONTROLLER, COMPUTE)


def test_a_node_that_serves_both_leaves_the_other_role_its_only_one() -> None:
    """TripleO failed here, and had tagged the first node already."""
    flexible = a_node(
        "a", capabilities={"controller_profile": "1", "compute_profile": "1"}
    )
    strict = a_node("b", capabilities={"controller_profile": "1"})

    found = match({"Controller": 1, "Compute": 1}, BOTH, [flexible, strict], {})

    assert found.nodes == {"Controller": (strict,), "Compute": (flexible,)}


def test_demanding_roles_do_not_strand_each_other() -> None:
    wide = a_node("wide", memory_gb=32, cpus=16)
    tall = a_node("tall", memory_gb=64, cpus=2)
    memory = Role(name="Memory", needs=Needs(memory_mb=32768, cpus=2))
    cpus = Role(name="Cpus", needs=Needs(memory_mb=8192, cpus=16))

    found = match({"Memory": 1, "Cpus": 1}, roles(memory, cpus), [wide, tall], {})

    assert found.nodes == {"Memory": (tall,), "Cpus": (wide,)}


def test_the_smallest_nodes_that_fit_are_used() -> None:
    nodes = [a_node(f"n{gb}", memory_gb=gb) for gb in (64, 8, 256, 16)]
    needs = Role(name="Compute", needs=Needs(memory_mb=16 * 1024))

    found = match({"Compute": 2}, roles(needs), nodes, {})

    assert names(found.nodes["Compute"]) == ["n16", "n64"]


def test_a_modest_role_takes_the_smaller_of_two_nodes() -> None:
    small, big = a_node("small", memory_gb=32), a_node("big", memory_gb=64)
    controller = replace(CONTROLLER, needs=Needs(memory_mb=16384))

    found = match(
        {"Controller": 1, "Compute": 1}, roles(controller, COMPUTE), [big, small], {}
    )

    assert found.nodes == {"Controller": (big,), "Compute": (small,)}


def test_tagged_nodes_are_used_before_smaller_ones() -> None:
    tagged = a_node("tagged", memory_gb=512, capabilities={"profile": "compute"})

    found = match({"Compute": 1}, BOTH, [a_node("small", memory_gb=8), tagged], {})

    assert found.nodes["Compute"] == (tagged,)


def test_nodes_are_ordered_by_the_numbers_in_their_names() -> None:
    nodes = [a_node(f"node-{number}") for number in (10, 9, 1, 2)]

    found = match({"Compute": 3}, BOTH, nodes, {})

    assert names(found.nodes["Compute"]) == ["node-1", "node-2", "node-9"]


def test_serving_nodes_stay_whatever_the_rules_say_now() -> None:
    serving = a_node("z", state=ProvisionState.ACTIVE, resource_class="old")
    free = [a_node("a"), a_node("b")]

    found = match({"Compute": 2}, BOTH, [*free, serving], {serving.id: "Compute"})

    assert names(found.nodes["Compute"]) == ["z", "a"]


def test_a_role_keeps_more_nodes_than_it_wants() -> None:
    serving = [a_node(name, state=ProvisionState.ACTIVE) for name in "ab"]
    held = {node.id: "Compute" for node in serving}

    found = match({"Compute": 1}, BOTH, serving, held)

    assert names(found.nodes["Compute"]) == ["a", "b"]


def test_a_node_that_serves_a_role_not_asked_about_is_not_free() -> None:
    node = a_node("a")

    with pytest.raises(NotEnoughNodesError, match="a: serves Controller"):
        match({"Compute": 1}, BOTH, [node], {node.id: "Controller"})


def test_a_serving_node_that_is_gone_is_replaced() -> None:
    found = match({"Compute": 1}, BOTH, [a_node("a")], {NodeId("gone"): "Compute"})

    assert names(found.nodes["Compute"]) == ["a"]


def test_one_role_short_of_nodes_is_told_why_each_does_not_fit() -> None:
    needs = replace(COMPUTE, needs=Needs(cpus=32))
    nodes = [
        a_node("ok", cpus=64),
        a_node("slow", cpus=8),
        a_node("busy", state=ProvisionState.CLEANING),
        a_node("other", capabilities={"profile": "ceph"}),
    ]

    with pytest.raises(NotEnoughNodesError) as caught:
        match({"Compute": 2}, roles(needs), nodes, {})

    assert str(caught.value).splitlines() == [
        "Compute needs 2 nodes, 1 fits: ok",
        "  busy: is in state cleaning",
        '  other: is tagged for "ceph", needs profile "compute"',
        "  slow: has 8 CPUs, needs 32",
    ]
    assert caught.value.hint == (
        "openstack overcloud profiles match --explain --role-count Compute=2"
    )


def test_roles_that_conflict_are_named_together_and_others_are_not() -> None:
    ceph = Role(name="Ceph", needs=Needs(disk_gb=1000))
    controller = replace(CONTROLLER, needs=Needs(disk_gb=1000))
    nodes = [a_node(f"big-{number}", disk_gb=2000) for number in range(7)]
    nodes += [a_node(f"small-{number}") for number in range(4)]
    wanted = {"Controller": 3, "Ceph": 5, "Compute": 4}

    with pytest.raises(NotEnoughNodesError) as caught:
        match(wanted, roles(controller, ceph, COMPUTE), nodes, {})

    lines = str(caught.value).splitlines()
    assert lines[0] == (
        "Ceph (5) and Controller (3) together need 8 of the 7 nodes with at least "
        "1000 GiB of disk: big-0, big-1, big-2, big-3, big-4, big-5, big-6"
    )
    assert lines[1] == "  small-0: has 100 GiB of disk, needs 1000"
    assert len(lines) == 5


def test_what_other_nodes_have_too_is_not_said_of_those_that_fit() -> None:
    ceph = Role(name="Ceph", needs=Needs(cpus=4, disk_gb=1000))
    controller = replace(CONTROLLER, needs=Needs(cpus=4, memory_mb=8192))
    nodes = [a_node("fit", disk_gb=2000, memory_gb=16)]
    nodes += [a_node("small", memory_gb=4)]

    with pytest.raises(NotEnoughNodesError) as caught:
        match({"Controller": 1, "Ceph": 1}, roles(controller, ceph), nodes, {})

    assert str(caught.value).startswith(
        "Ceph (1) and Controller (1) together need 2 of the 1 node that fits any of "
        "them: fit\n"
    )


def test_reasons_that_differ_between_conflicting_roles_name_them() -> None:
    nodes = [a_node("only"), a_node("tagged", capabilities={"profile": "gpu"})]

    with pytest.raises(NotEnoughNodesError) as caught:
        match({"Controller": 1, "Compute": 1}, BOTH, nodes, {})

    assert (
        '  tagged: Controller: is tagged for "gpu", needs profile "controller"; '
        'Compute: is tagged for "gpu", needs profile "compute"'
    ) not in str(caught.value)
    assert (
        '  tagged: Compute: is tagged for "gpu", needs profile "compute"; '
        'Controller: is tagged for "gpu", needs profile "controller"'
    ) in str(caught.value)


def test_without_any_node_the_way_to_register_some_is_shown() -> None:
    with pytest.raises(NotEnoughNodesError, match="no node is registered") as caught:
        match({"Compute": 1}, BOTH, [], {})

    assert caught.value.hint == "openstack overcloud node import FILE"


def test_a_long_list_of_nodes_is_cut() -> None:
    nodes = [a_node(f"n{i}", state=ProvisionState.ENROLL) for i in range(100)]

    with pytest.raises(NotEnoughNodesError, match="and 60 more nodes"):
        match({"Compute": 1}, BOTH, nodes, {})


def test_an_infeasible_outcome_still_tells_what_could_be_done() -> None:
    outcome = solve({"Compute": 3, "Controller": 0}, BOTH, [a_node("a")], {})

    assert not outcome.is_feasible
    assert outcome.unmet == {"Compute": 2}
    assert names(outcome.assignment.nodes["Compute"]) == ["a"]
    assert [conflict.roles for conflict in outcome.conflicts] == [("Compute",)]


machines = st.builds(
    a_node,
    st.sampled_from(["a", "b", "c", "d", "e", "f", "g"]),
    memory_gb=st.sampled_from([8, 16, 32]),
    cpus=st.sampled_from([2, 16]),
    state=st.sampled_from([ProvisionState.AVAILABLE, ProvisionState.ENROLL]),
    capabilities=st.sampled_from(
        [{}, {}, {"profile": "r0"}, {"r0_profile": "1"}, {"r2_profile": "true"}]
    ),
)
fleets = st.lists(machines, max_size=7, unique_by=lambda node: node.id)
demands = st.builds(
    Needs, memory_mb=st.sampled_from([0, 16384]), cpus=st.sampled_from([0, 16])
)
role_sets = st.lists(demands, min_size=3, max_size=3).map(
    lambda needs: roles(
        *(Role(name=f"R{i}", needs=need) for i, need in enumerate(needs))
    )
)
counts = st.fixed_dictionaries({f"R{i}": st.integers(0, 3) for i in range(3)})


@given(fleets, role_sets, counts, st.integers(0, 100), st.integers(0, 3))
def test_order_of_input_does_not_matter_and_serving_nodes_stay(
    fleet: list[Node],
    known: dict[str, Role],
    wanted: dict[str, int],
    seed: int,
    serving: int,
) -> None:
    held = {node.id: f"R{i % 3}" for i, node in enumerate(fleet[:serving])}

    outcome = solve(wanted, known, fleet, held)

    for node in fleet[:serving]:
        assert node in outcome.assignment.nodes[held[node.id]]
    for name, members in outcome.assignment.nodes.items():
        new = [node for node in members if node.id not in held]
        assert not [node for node in new if reject(node, known[name])]
    assert _shuffled(seed, wanted, known, fleet, held) == outcome.assignment.nodes


def _shuffled(
    seed: int,
    wanted: dict[str, int],
    known: dict[str, Role],
    fleet: list[Node],
    held: dict[NodeId, str],
) -> object:
    rng = random.Random(seed)  # noqa: S311 - shuffles a test
    again = solve(
        dict(rng.sample(sorted(wanted.items()), len(wanted))),
        dict(rng.sample(sorted(known.items()), len(known))),
        rng.sample(fleet, len(fleet)),
        dict(rng.sample(sorted(held.items()), len(held))),
    )
    return again.assignment.nodes
