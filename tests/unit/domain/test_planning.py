"""Which node becomes which server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_node
from tripleo_cli.domain.deployment import DeploymentRequest, Instance
from tripleo_cli.domain.node import Node, NodeId, ProvisionState
from tripleo_cli.domain.plan import Plan
from tripleo_cli.domain.planning import Running, make_plan
from tripleo_cli.domain.role import Needs, Role
from tripleo_cli.errors import InvalidInputError, NotEnoughNodesError

ROLES = {
    "Compute": Role(name="Compute", hostname_format="%stackname%-novacompute-%index%"),
    "Controller": Role(name="Controller", count_default=1, tags=frozenset({"primary"})),
}
NODES = [a_node(f"node-{number}") for number in range(6)]


def a_request(instances: Sequence[Instance] = (), **counts: int) -> DeploymentRequest:
    return DeploymentRequest(
        stack="oc", counts=counts, instances={"Compute": tuple(instances)}
    )


def plan_of(
    request: DeploymentRequest,
    running: Plan | None = None,
    *,
    nodes: Sequence[Node] = NODES,
    unplaced: frozenset[str] = frozenset(),
    roles: Mapping[str, Role] = ROLES,
) -> Plan:
    members = running.nodes if running else ()
    names = frozenset(node.hostname for node in members) - unplaced
    taken = {node.node_id for node in members if node.hostname in names}
    seen = [
        replace(node, instance_id="x", state=replace(node.state, provision=ACTIVE))
        if node.id in taken
        else node
        for node in nodes
    ]
    return make_plan(request, roles, seen, Running(plan=running, placed=names))


ACTIVE = ProvisionState.ACTIVE


def places(plan: Plan) -> dict[str, str]:
    return {node.hostname: node.node_name for node in plan.nodes}


def test_roles_without_a_count_get_their_default() -> None:
    assert plan_of(a_request()).counts() == {"Controller": 1}


def test_hostnames_follow_the_format_of_the_role() -> None:
    plan = plan_of(a_request(Compute=2))

    assert [node.hostname for node in plan.nodes] == [
        "oc-controller-0",
        "oc-novacompute-0",
        "oc-novacompute-1",
    ]


def test_a_node_knows_its_role_flavor_and_image() -> None:
    node = plan_of(a_request()).nodes[0]

    assert (node.role, node.index) == ("Controller", 0)
    assert (node.flavor, node.image) == ("controller", "overcloud-full")
    assert node.node_id in {known.id for known in NODES}


def test_the_same_request_again_gives_the_same_plan() -> None:
    first = plan_of(a_request(Compute=2))

    again = plan_of(a_request(Compute=2), first)

    assert again.nodes == first.nodes
    assert again.is_update


def test_without_counts_a_stack_keeps_those_that_it_has() -> None:
    first = plan_of(a_request(Compute=2))

    assert plan_of(a_request(), first).nodes == first.nodes


def test_more_nodes_leave_those_that_run_where_they_are() -> None:
    first = plan_of(a_request(Compute=1))

    more = plan_of(a_request(Compute=3, Controller=2), first)

    assert places(first).items() <= places(more).items()
    assert more.counts() == {"Controller": 2, "Compute": 3}
    assert len({node.node_id for node in more.nodes}) == 5


def test_a_freed_index_is_filled_first() -> None:
    first = plan_of(a_request(Compute=3))
    left = first.without(frozenset({"oc-novacompute-1"}))

    again = plan_of(a_request(Compute=4), left)

    assert [node.index for node in again.members("Compute")] == [0, 1, 2, 3]
    assert places(left).items() <= places(again).items()


def test_a_new_image_is_for_new_nodes_only() -> None:
    first = plan_of(a_request(Compute=1))
    roles = {**ROLES, "Compute": replace(ROLES["Compute"], image="newer")}

    more = plan_of(a_request(Compute=2), first, roles=roles)

    assert [n.image for n in more.members("Compute")] == ["overcloud-full", "newer"]


def test_fewer_nodes_are_refused_with_the_way_to_take_one_out() -> None:
    first = plan_of(a_request(Compute=2))

    with pytest.raises(InvalidInputError, match="1 wanted, but 2 are") as caught:
        plan_of(a_request(Compute=1), first)

    assert caught.value.hint == (
        "openstack overcloud node remove --stack oc oc-novacompute-1"
    )


def test_a_role_cannot_go_by_its_count_either() -> None:
    first = plan_of(a_request(Compute=1))

    with pytest.raises(InvalidInputError, match="0 wanted, but 1 are"):
        plan_of(a_request(Compute=0), first)


def test_a_server_that_failed_tries_again_on_its_node() -> None:
    first = plan_of(a_request(Compute=1))

    again = plan_of(a_request(), first, unplaced=frozenset({"oc-novacompute-0"}))

    assert places(again) == places(first)


@pytest.mark.parametrize("trouble", ["maintenance", "gone"])
def test_a_server_whose_node_is_no_good_gets_another_under_its_name(
    trouble: str,
) -> None:
    first = plan_of(a_request(Compute=1))
    bad = first.members("Compute")[0].node_id
    nodes = [node for node in NODES if node.id != bad]
    if trouble == "maintenance":
        broken = next(node for node in NODES if node.id == bad)
        nodes.append(replace(broken, state=replace(broken.state, maintenance=True)))

    again = plan_of(
        a_request(), first, nodes=nodes, unplaced=frozenset({"oc-novacompute-0"})
    )

    moved = again.members("Compute")[0]
    assert (moved.hostname, moved.index) == ("oc-novacompute-0", 0)
    assert moved.node_id != bad
    assert again.members("Controller") == first.members("Controller")


def test_a_placed_server_stays_although_ironic_lost_its_node() -> None:
    first = plan_of(a_request(Compute=1))
    lost = first.members("Compute")[0].node_id

    again = plan_of(
        a_request(Compute=2), first, nodes=[n for n in NODES if n.id != lost]
    )

    assert again.members("Compute")[0] == first.members("Compute")[0]
    assert len(again.members("Compute")) == 2


def test_a_node_is_chosen_by_name() -> None:
    wish = Instance(hostname="gpu-0", node="node-4")

    plan = plan_of(a_request([wish], Compute=2))

    assert places(plan)["gpu-0"] == "node-4"
    assert "oc-novacompute-1" in places(plan)


def test_a_node_is_chosen_by_id_once_only() -> None:
    wish = Instance(hostname="gpu-0", node="uuid-node-4")
    first = plan_of(a_request([wish], Compute=1))

    assert plan_of(a_request([wish], Compute=1), first).nodes == first.nodes


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ([Instance(hostname="a", node="node-44")], r'no node "node-44" \(did you mean'),
        (
            [Instance(hostname="a", node="bad")],
            'Compute.a: node "bad" is in maintenance',
        ),
        (
            [
                Instance(hostname="a", node="node-1"),
                Instance(hostname="b", node="node-1"),
            ],
            "chosen twice",
        ),
        ([Instance(hostname="a"), Instance(hostname="a")], "two nodes would have"),
        ([Instance(hostname="x" * 64)], "at most 63"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(
    wishes: Sequence[Instance], told: str
) -> None:
    bad = a_node("bad")
    bad = replace(bad, state=replace(bad.state, maintenance=True))

    with pytest.raises(InvalidInputError, match=told):
        plan_of(a_request(wishes, Compute=2), nodes=[*NODES, bad])


def test_a_format_without_an_index_cannot_serve_two() -> None:
    roles = {"Compute": Role(name="Compute", hostname_format="%stackname%-compute")}

    with pytest.raises(InvalidInputError, match="two nodes would have this hostname"):
        plan_of(a_request(Compute=2), roles=roles)


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"Computer.*did you mean"):
        plan_of(a_request(Computer=1))


def test_a_running_role_that_is_described_nowhere_is_refused() -> None:
    first = plan_of(a_request(Compute=1))
    roles = {"Controller": ROLES["Controller"]}
    request = DeploymentRequest(stack="oc")

    with pytest.raises(InvalidInputError, match="Compute: there is no such role"):
        plan_of(request, first, roles=roles)


def test_no_nodes_at_all_is_not_a_deployment() -> None:
    with pytest.raises(InvalidInputError, match="no role gets a node"):
        plan_of(a_request(Controller=0))


def test_too_few_machines_say_why_each_does_not_fit() -> None:
    roles = {"Compute": Role(name="Compute", needs=Needs(memory_mb=1024 * 1024))}

    with pytest.raises(NotEnoughNodesError, match="MiB of memory"):
        plan_of(a_request(Compute=1), roles=roles)


@given(
    first=st.tuples(st.integers(0, 3), st.integers(1, 2)),
    more=st.tuples(st.integers(0, 2), st.integers(0, 1)),
    gone=st.sets(st.integers(0, 4)),
)
def test_scaling_never_moves_and_never_doubles(
    first: tuple[int, int], more: tuple[int, int], gone: set[int]
) -> None:
    nodes = [a_node(f"node-{number}") for number in range(12)]
    before = plan_of(a_request(Compute=first[0], Controller=first[1]), nodes=nodes)
    names = [node.hostname for node in before.nodes]
    leaving = frozenset(names[index] for index in gone if index < len(names) - 1)
    left = before.without(leaving)
    counts = {
        "Compute": len(left.members("Compute")) + more[0],
        "Controller": len(left.members("Controller")) + more[1],
    }

    after = plan_of(DeploymentRequest(stack="oc", counts=counts), left, nodes=nodes)

    assert places(left).items() <= places(after).items()
    assert {k: v for k, v in counts.items() if v} == after.counts()
    used: list[NodeId] = [node.node_id for node in after.nodes]
    assert len(set(used)) == len(used)
    assert len(places(after)) == len(used)


def test_a_machine_pinned_to_a_place_gets_it_whatever_its_size() -> None:
    pinned = a_node("huge", memory_gb=512, capabilities={"node": "compute-1"})

    plan = plan_of(a_request(Compute=2), nodes=[*NODES, pinned])

    assert places(plan)["oc-novacompute-1"] == "huge"


def test_a_pin_to_a_place_that_runs_waits_for_another_one() -> None:
    running = plan_of(a_request(Compute=1))
    pinned = a_node("huge", memory_gb=512, capabilities={"node": "compute-0"})

    plan = plan_of(a_request(Compute=2), running, nodes=[*NODES, pinned])

    assert places(plan)["oc-novacompute-0"] == places(running)["oc-novacompute-0"]


def test_what_a_request_names_goes_before_the_pin_of_a_machine() -> None:
    pinned = a_node("huge", capabilities={"node": "compute-0"})
    wish = Instance(hostname="oc-novacompute-0", node="node-3")

    plan = plan_of(a_request([wish], Compute=2), nodes=[*NODES, pinned])

    assert places(plan)["oc-novacompute-0"] == "node-3"


def test_a_machine_is_not_taken_from_its_pin_for_another_role() -> None:
    pinned = a_node("a", memory_gb=1, capabilities={"node": "controller-0"})

    plan = plan_of(a_request(Compute=2, Controller=1), nodes=[pinned, *NODES])

    assert places(plan)["oc-controller-0"] == "a"


def test_new_servers_of_a_role_that_pulls_pull_and_old_ones_stay_as_they_are() -> None:
    machines = [a_node(f"node-{number}", driver="redfish") for number in range(3)]
    pulling = {**ROLES, "Compute": replace(ROLES["Compute"], pulls=True)}
    before = plan_of(a_request(Compute=1), nodes=machines)

    after = plan_of(a_request(Compute=2), before, nodes=machines, roles=pulling)

    found = {node.hostname: node.transport for node in after.nodes}
    assert found == {
        "oc-controller-0": "",
        "oc-novacompute-0": "",
        "oc-novacompute-1": "pull",
    }


def test_the_remedy_for_a_shortage_counts_roles_in_their_order() -> None:
    names = [f"Role{number}" for number in range(8)]
    roles = {name: Role(name=name, count_default=1) for name in names}

    with pytest.raises(NotEnoughNodesError) as caught:
        plan_of(DeploymentRequest(stack="oc"), nodes=NODES[:1], roles=roles)

    counts = " ".join(f"--role-count {name}=1" for name in names)
    assert caught.value.hint == f"openstack overcloud profiles match --explain {counts}"
