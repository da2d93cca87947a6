"""Machines that have a place of their own in the stacks that are deployed."""

from __future__ import annotations

from tests.unit.workflows.stacks import World


def test_a_machine_whose_place_is_taken_is_told() -> None:
    world = World()
    broken, *_ = world.cloud.baremetal.nodes()
    world.cloud.baremetal.change(broken.id, capabilities={"node": "compute-0"})
    world.cloud.baremetal.change_state(broken.id, maintenance=True)

    (member,) = world.deploy(Compute=1).members("Compute")

    assert member.node_id != broken.id
    told = f"{broken.name} is pinned to compute-0, but {member.node_name} is there"
    assert told in world.told()


def test_a_machine_in_its_place_is_not_worth_a_word() -> None:
    world = World()
    *_, last = world.cloud.baremetal.nodes()
    world.cloud.baremetal.change(last.id, capabilities={"node": "compute-0"})

    (member,) = world.deploy(Compute=1).members("Compute")

    assert member.node_id == last.id
    assert "is pinned to" not in world.told()
