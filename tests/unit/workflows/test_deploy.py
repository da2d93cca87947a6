"""Deploying, whatever state it is begun in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.workflows.stacks import TEMPLATES, World, a_deployment
from tripleo_cli.domain.events import Finished, Skipped
from tripleo_cli.domain.plan import plan_from_dict
from tripleo_cli.domain.stack import StackFiles
from tripleo_cli.errors import (
    BusyError,
    ConflictError,
    HostError,
    InterruptedRunError,
    InvalidInputError,
    NotEnoughNodesError,
    ServiceError,
    StackFailedError,
)
from tripleo_cli.workflows.deploy import deploy, preview
from tripleo_cli.workflows.observe import observe

FOREIGN = StackFiles(template="heat_template_version: 2021-04-16\nresources: {}\n")


def test_a_deployment_puts_every_server_on_the_node_of_its_plan() -> None:
    world = World()

    plan = world.deploy(Compute=2)

    assert str(world.stack().status) == "CREATE_COMPLETE"
    assert world.places() == {node.hostname: node.node_name for node in plan.nodes}
    assert plan.counts() == {"Controller": 1, "Compute": 2}


def test_the_plan_and_what_was_rendered_are_kept() -> None:
    world = World()

    plan = world.deploy()

    assert plan_from_dict(json.loads(world.workdir.files["plan.json"])) == plan
    assert {"heat/overcloud.yaml", "heat/role-Controller.yaml"} <= set(
        world.workdir.files
    )


def test_watchers_see_each_node_end_in_its_role() -> None:
    world = World()

    plan = world.deploy(Compute=1)

    ended = [event for event in world.events if isinstance(event, Finished)]
    for node in plan.nodes:
        expected = Finished(node.role, node.hostname, f"node {node.node_name}")
        assert expected in ended


def test_nodes_are_tagged_and_flavors_made() -> None:
    world = World()

    world.deploy()

    node = world.stack().outputs["nodes"]["Controller"]["oc-controller-0"]["node"]
    traits = {found.id: found.traits for found in world.cloud.baremetal.nodes()}
    assert traits[node] == {"CUSTOM_PROFILE_CONTROLLER"}
    assert [flavor.name for flavor in world.cloud.compute.flavors()] == ["controller"]


def test_the_stack_tells_each_node_about_itself() -> None:
    world = World()

    world.deploy()

    told = world.stack().outputs["nodes"]["Controller"]["oc-controller-0"]
    server = world.cloud.compute.servers()[0]
    assert (told["role"], told["server"]) == ("Controller", server.id)
    assert told["addresses"] == {"ctlplane": server.addresses[0]}


def test_deploying_again_changes_nothing_and_says_so() -> None:
    world = World()
    first = world.deploy(Compute=2)
    before = world.changes()

    again = world.deploy(Compute=2)

    assert again.nodes == first.nodes
    assert world.changes() == before == ["create"]
    assert isinstance(world.events[-1], Skipped)
    assert "nothing changed" in world.events[-1].text


def test_a_lost_folder_costs_nothing() -> None:
    world = World()
    first = world.deploy(Compute=2)
    world.workdir.files.clear()

    more = world.deploy(Compute=3)

    assert set(first.nodes) <= set(more.nodes)


def test_scaling_up_leaves_what_runs_where_it_is() -> None:
    world = World()
    world.deploy(Compute=1)
    before = {server.id for server in world.cloud.compute.servers()}

    world.deploy(Compute=3)

    assert before <= {server.id for server in world.cloud.compute.servers()}
    assert len(world.places()) == 4
    assert str(world.stack().status) == "UPDATE_COMPLETE"


def test_fewer_nodes_change_nothing() -> None:
    world = World()
    world.deploy(Compute=2)

    with pytest.raises(InvalidInputError, match="deploying adds nodes only"):
        world.deploy(Compute=1)

    assert world.changes() == ["create"]


def test_too_many_nodes_touch_nothing() -> None:
    world = World()

    with pytest.raises(NotEnoughNodesError):
        world.deploy(Compute=7)

    assert world.changes() == []
    assert all(not node.traits for node in world.cloud.baremetal.nodes())
    assert not world.cloud.compute.flavors()


def test_a_dry_run_touches_nothing() -> None:
    world = World()

    shown = preview(world.run, a_deployment(Compute=1))

    assert shown.plan.counts() == {"Controller": 1, "Compute": 1}
    assert "role-Compute.yaml" in shown.files.files
    assert shown.refusal is None
    assert world.changes() == []
    assert not world.workdir.files
    assert not world.cloud.compute.flavors()


def test_a_failure_names_its_leaf_cause_and_the_remedy() -> None:
    world = World()
    world.cloud.stacks.will_fail("oc-compute-0", "the disk is on fire")

    with pytest.raises(StackFailedError) as caught:
        world.deploy(Compute=2)

    message = str(caught.value)
    assert "Compute.oc-compute-0 (OS::Nova::Server): the disk is on fire" in message
    assert "what to do:" in message
    assert "openstack baremetal node maintenance set node-" in message
    assert caught.value.hint == "openstack overcloud failures --stack oc"


def test_a_failed_deployment_is_completed_by_the_same_command() -> None:
    world = World()
    world.cloud.stacks.will_fail("oc-compute-0", "the disk is on fire")
    with pytest.raises(StackFailedError):
        world.deploy(Compute=2)
    world.cloud.stacks.heal("oc-compute-0")

    plan = world.deploy(Compute=2)

    assert str(world.stack().status) == "UPDATE_COMPLETE"
    assert world.places() == {node.hostname: node.node_name for node in plan.nodes}


def test_a_node_set_aside_after_a_failure_is_replaced() -> None:
    world = World()
    world.cloud.stacks.will_fail("oc-compute-0", "the disk is on fire")
    with pytest.raises(StackFailedError):
        world.deploy(Compute=1)
    world.cloud.stacks.heal("oc-compute-0")
    observed = observe(world.cloud, "oc")
    assert observed
    bad = observed.plan.members("Compute")[0].node_id
    world.cloud.baremetal.change_state(bad, maintenance=True)

    plan = world.deploy(Compute=1)

    assert plan.members("Compute")[0].node_id != bad
    assert world.places()["oc-compute-0"] == plan.members("Compute")[0].node_name


def test_a_server_that_nova_lost_is_made_again() -> None:
    world = World()
    first = world.deploy(Compute=1)
    lost = next(s for s in world.cloud.compute.servers() if s.name == "oc-compute-0")
    world.cloud.compute.discard(lost.id)

    again = world.deploy(Compute=1)

    assert again.counts() == first.counts()
    assert set(world.places()) == {"oc-controller-0", "oc-compute-0"}


def test_a_server_that_broke_is_left_to_the_operator() -> None:
    world = World()
    world.deploy(Compute=1)
    server = next(s for s in world.cloud.compute.servers() if s.name == "oc-compute-0")
    world.cloud.compute.finish(server.id, fault="gone mad")

    with pytest.raises(StackFailedError, match="gone mad") as caught:
        world.deploy(Compute=1)

    assert caught.value.hint == (
        "openstack overcloud node remove --stack oc oc-compute-0"
    )
    assert world.changes() == ["create"]


def begun_and_killed(world: World, **counts: int) -> None:
    """Leave a deployment as kill -9 does: Heat at work, the folder written."""

    class KilledError(BaseException):
        pass

    def kill(_seconds: float) -> None:
        raise KilledError

    run = replace(world.run, clock=_Clock(kill))
    with pytest.raises(KilledError):
        deploy(run, a_deployment(**counts))
    world.workdir.held_by = None
    assert world.stack().status.in_progress


class _Clock:
    def __init__(self, sleep: Callable[[float], Any]) -> None:
        self.sleep = sleep

    def now(self) -> float:
        return 0.0


def test_a_killed_deployment_is_followed_to_its_end() -> None:
    world = World()
    begun_and_killed(world, Compute=2)

    plan = world.deploy(Compute=2)

    assert str(world.stack().status) == "CREATE_COMPLETE"
    assert world.changes() == ["create"]
    assert "goes on in Heat; following it" in world.told()
    assert len(plan.nodes) == 3


def test_another_request_after_a_kill_comes_after_its_end() -> None:
    world = World()
    begun_and_killed(world, Compute=1)

    world.deploy(Compute=2)

    assert world.changes() == ["create", "update"]
    assert len(world.places()) == 3


def test_what_somebody_else_began_is_left_alone() -> None:
    world = World()
    begun_and_killed(world, Compute=2)
    world.workdir.files.clear()

    with pytest.raises(BusyError) as caught:
        world.deploy(Compute=2)

    assert "CREATE_IN_PROGRESS" in str(caught.value)
    assert "openstack stack cancel oc" in str(caught.value)
    assert caught.value.hint == "openstack overcloud status --watch --stack oc"


def test_a_damaged_folder_is_the_same_as_a_lost_one() -> None:
    world = World()
    begun_and_killed(world, Compute=2)
    world.workdir.files["sent-to-heat.json"] = "{"

    with pytest.raises(BusyError):
        world.deploy(Compute=2)


def test_ctrl_c_leaves_heat_at_work_and_says_how_to_go_on() -> None:
    world = World()

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    run = replace(world.run, clock=_Clock(interrupt))
    with pytest.raises(InterruptedRunError) as caught:
        deploy(run, a_deployment(Compute=2))

    assert "openstack overcloud status --watch --stack oc" in str(caught.value)
    assert "openstack stack cancel oc" in str(caught.value)
    assert world.stack().status.in_progress
    assert world.workdir.held_by is None


def test_a_deployment_ends_at_its_time_limit() -> None:
    world = World()
    world.cloud.stacks.never_finishes("oc-controller-0")

    with pytest.raises(StackFailedError, match="after 240 minutes; Heat goes on"):
        world.deploy()

    assert 240 * 60 <= world.clock.slept < 241 * 60


def test_deploy_waits_until_nova_sees_the_nodes() -> None:
    world = World()
    world.cloud.compute.blind_to = {n.id for n in world.cloud.baremetal.nodes()}
    clock = world.clock

    def open_eyes(seconds: float) -> None:
        clock.sleep(seconds)
        world.cloud.compute.blind_to = set()

    late = _Clock(open_eyes)
    deploy(replace(world.run, clock=late), a_deployment())

    assert "Waiting for Nova to see 1 of 1 Controller nodes" in world.told()
    assert len(world.places()) == 1


def test_nodes_that_nova_never_sees_are_named() -> None:
    world = World()
    world.cloud.compute.blind_to = {n.id for n in world.cloud.baremetal.nodes()}

    with pytest.raises(ServiceError, match=r"node-\d: available, power off"):
        world.deploy()

    assert world.changes() == []


def test_a_stack_of_somebody_else_is_not_touched() -> None:
    world = World()
    world.cloud.stacks.create("oc", FOREIGN, 10)
    world.cloud.stacks.settle("oc")

    with pytest.raises(ConflictError, match="was not made by"):
        world.deploy()


def test_a_held_lock_stops_the_run() -> None:
    world = World()
    world.workdir.held_by = "somebody"

    with pytest.raises(BusyError, match="held by somebody"):
        world.deploy()


def test_a_full_disk_stops_before_heat_is_asked() -> None:
    world = World()
    world.workdir.is_full = True

    with pytest.raises(HostError, match="no space left"):
        world.deploy()

    assert world.changes() == []


def test_a_template_that_heat_refuses_is_not_deployed() -> None:
    world = World()
    broken = {**TEMPLATES, "heat/role.yaml.j2": "heat_template_version: '1'\nbad: 1\n"}
    deployment = replace(a_deployment(), templates=broken)

    with pytest.raises(ServiceError, match="bad"):
        deploy(world.run, deployment)

    assert world.changes() == []
    assert not world.workdir.files
