"""Taking nodes out, and whole stacks down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.workflows.stacks import World, a_removal
from tripleo_cli.domain.events import Skipped
from tripleo_cli.domain.node import ProvisionState
from tripleo_cli.domain.profile import current_profiles, tagged_for_stack
from tripleo_cli.domain.stack import StackFiles
from tripleo_cli.errors import (
    BusyError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    PartialFailureError,
    StackFailedError,
)
from tripleo_cli.workflows.remove import await_given_back, delete_stack, remove_nodes

FOREIGN = StackFiles(template="heat_template_version: 2021-04-16\nresources: {}\n")


def test_a_removed_node_leaves_the_others_where_they_are() -> None:
    world = World()
    world.deploy(Compute=3)
    before = world.places()

    gone = remove_nodes(world.run, a_removal("oc-compute-1"))

    assert [node.hostname for node in gone] == ["oc-compute-1"]
    del before["oc-compute-1"]
    assert world.places() == before
    states = {n.id: n.provision for n in world.cloud.baremetal.nodes()}
    assert states[gone[0].node_id] is ProvisionState.AVAILABLE


def test_deploying_after_a_removal_changes_nothing() -> None:
    world = World()
    world.deploy(Compute=3)
    remove_nodes(world.run, a_removal("oc-compute-1"))
    before = world.changes()

    plan = world.deploy()

    assert plan.counts() == {"Controller": 1, "Compute": 2}
    assert world.changes() == before


@pytest.mark.parametrize("by", ["hostname", "server", "name", "uuid"])
def test_a_node_is_named_in_any_way(by: str) -> None:
    world = World()
    plan = world.deploy(Compute=2)
    node = plan.members("Compute")[1]
    server = next(s for s in world.cloud.compute.servers() if s.node == node.node_id)
    names = {
        "hostname": node.hostname,
        "server": server.id,
        "name": node.node_name,
        "uuid": node.node_id,
    }

    assert remove_nodes(world.run, a_removal(names[by])) == (node,)


def test_a_role_can_lose_its_last_node() -> None:
    world = World()
    world.deploy(Compute=1)

    remove_nodes(world.run, a_removal("oc-compute-0"))

    assert list(world.places()) == ["oc-controller-0"]


def test_unknown_names_are_told_together_and_nothing_happens() -> None:
    world = World()
    world.deploy(Compute=1)

    with pytest.raises(InvalidInputError) as caught:
        remove_nodes(world.run, a_removal("oc-compute-9", "oc-compute-0", "zzz"))

    assert [problem.where for problem in caught.value.problems] == [
        "oc-compute-9",
        "zzz",
    ]
    assert 'did you mean "oc-compute-0"' in str(caught.value)
    assert len(world.places()) == 2


def test_the_last_node_goes_by_deleting_the_stack() -> None:
    world = World()
    world.deploy()

    with pytest.raises(InvalidInputError) as caught:
        remove_nodes(world.run, a_removal("oc-controller-0"))

    assert caught.value.hint == "openstack overcloud delete oc"


def test_there_has_to_be_a_stack_to_remove_from() -> None:
    with pytest.raises(NotFoundError, match='no stack "oc"'):
        remove_nodes(World().run, a_removal("x"))


def test_a_machine_that_does_not_come_back_is_named() -> None:
    world = World()
    plan = world.deploy()
    node = plan.nodes[0]
    state = ProvisionState.CLEAN_FAILED
    world.cloud.baremetal.change_state(
        node.node_id, provision=state, last_error="no agent"
    )

    with pytest.raises(PartialFailureError, match="clean failed: no agent"):
        await_given_back(world.run, plan.nodes)


def test_a_machine_that_never_ends_cleaning_is_not_awaited_forever() -> None:
    world = World()
    plan = world.deploy()
    world.cloud.baremetal.change_state(
        plan.nodes[0].node_id, provision=ProvisionState.CLEAN_WAIT
    )

    with pytest.raises(PartialFailureError, match="clean wait"):
        await_given_back(world.run, plan.nodes)


def test_deleting_gives_all_machines_back() -> None:
    world = World()
    world.deploy(Compute=2)

    assert delete_stack(world.run, "oc", 10)

    assert world.cloud.stacks.find("oc") is None
    assert world.places() == {}
    states = {node.provision for node in world.cloud.baremetal.nodes()}
    assert states == {ProvisionState.AVAILABLE}


def test_deleting_what_is_not_there_is_harmless() -> None:
    world = World()

    assert not delete_stack(world.run, "oc", 10)

    assert isinstance(world.events[-1], Skipped)


def test_a_failed_deletion_says_what_is_left() -> None:
    world = World()
    world.deploy(Compute=1)
    world.cloud.stacks.will_fail("oc-compute-0", "cannot power off")

    with pytest.raises(StackFailedError, match=r"oc-compute-0.*cannot power off"):
        delete_stack(world.run, "oc", 10)

    world.cloud.stacks.heal("oc-compute-0")
    assert delete_stack(world.run, "oc", 10)


def test_after_a_failed_deletion_deploy_points_to_delete() -> None:
    world = World()
    world.deploy()
    world.cloud.stacks.will_fail("oc-controller-0", "cannot power off")
    with pytest.raises(StackFailedError):
        delete_stack(world.run, "oc", 10)

    with pytest.raises(ConflictError) as caught:
        world.deploy(Compute=1)

    assert caught.value.hint == "openstack overcloud delete --yes oc"


def test_deploying_while_a_stack_is_deleted_is_refused() -> None:
    world = World()
    world.deploy()
    world.cloud.stacks.delete("oc")

    with pytest.raises(BusyError, match="it can't be stopped"):
        world.deploy()


def test_a_stack_of_somebody_else_is_not_deleted() -> None:
    world = World()
    world.cloud.stacks.create("oc", FOREIGN, 10)
    world.cloud.stacks.settle("oc")

    with pytest.raises(ConflictError, match="was not made by"):
        delete_stack(world.run, "oc", 10)


def test_environments_stay_when_a_node_goes() -> None:
    world = World()
    world.deploy(Compute=2)
    files = world.cloud.stacks.files("oc")
    environment = {"parameter_defaults": {"CloudDomain": "example.org"}}
    world.cloud.stacks.update("oc", replace(files, environment=environment), 10)
    world.cloud.stacks.settle("oc")

    remove_nodes(world.run, a_removal("oc-compute-0"))

    after = world.cloud.stacks.files("oc")
    assert after.environment == environment
    assert "oc-controller-0.example.org" in after.files["role-Controller.yaml"]


def test_tags_that_came_with_a_stack_go_with_it_and_others_stay() -> None:
    world = World()
    own, *_ = world.cloud.baremetal.nodes()
    world.cloud.baremetal.change(own.id, capabilities={"profile": "compute"})
    world.deploy(Compute=2)
    remove_nodes(world.run, a_removal("oc-compute-1"))
    tagged = {n.name for n in world.cloud.baremetal.nodes() if current_profiles(n)}
    assert len(tagged) == len(["controller", "compute"])

    delete_stack(world.run, "oc", 10)

    after = {n.name: n for n in world.cloud.baremetal.nodes() if current_profiles(n)}
    assert list(after) == [own.name]
    assert after[own.name].extra == {}
    assert all(not n.extra for n in world.cloud.baremetal.nodes())


def test_tags_go_though_a_machine_does_not_come_back() -> None:
    world = World()
    plan = world.deploy(Compute=2)
    lost = plan.members("Compute")[1]
    world.cloud.compute.dirty.add(lost.node_id)

    with pytest.raises(PartialFailureError, match="clean failed: no agent"):
        remove_nodes(world.run, a_removal(lost.hostname))

    nodes = {n.id: n for n in world.cloud.baremetal.nodes()}
    assert current_profiles(nodes[lost.node_id]) == ()


def test_tags_that_are_not_noted_to_be_the_stacks_stay() -> None:
    world = World()
    (member,) = world.deploy(Compute=1).members("Compute")
    world.cloud.baremetal.change(member.node_id, extra={})

    delete_stack(world.run, "oc", 10)

    nodes = {n.id: n for n in world.cloud.baremetal.nodes()}
    assert current_profiles(nodes[member.node_id]) == ("compute",)


def test_a_machine_that_was_tried_in_vain_loses_the_tags_of_the_stack_too() -> None:
    world = World()
    (member,) = world.deploy(Compute=1).members("Compute")
    spare = next(n for n in world.cloud.baremetal.nodes() if not n.is_in_use)
    tagged = tagged_for_stack(spare, "compute", "oc")
    world.cloud.baremetal.change(
        spare.id, extra=tagged.extra, capabilities=tagged.capabilities
    )

    delete_stack(world.run, "oc", 10)

    nodes = {n.id: n for n in world.cloud.baremetal.nodes()}
    assert spare.id != member.node_id
    assert current_profiles(nodes[spare.id]) == ()
