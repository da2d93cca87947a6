"""How a stack stands, and why it failed."""

from __future__ import annotations

import pytest

from tests.unit.workflows.stacks import World
from tripleo_cli.domain.node import ProvisionState
from tripleo_cli.domain.overcloud.ledger import Ledger, Row
from tripleo_cli.errors import NotFoundError, StackFailedError
from tripleo_cli.workflows.failures import find_failures
from tripleo_cli.workflows.ledger import save_ledger
from tripleo_cli.workflows.status import report_status, watch_stack


def test_a_status_says_what_three_services_say() -> None:
    world = World()
    plan = world.deploy(Compute=1)

    found = report_status(world.run, "oc")

    assert str(found.stack.status) == "CREATE_COMPLETE"
    row = found.nodes[1]
    server = next(s for s in world.cloud.compute.servers() if s.name == row.hostname)
    assert (row.hostname, row.role) == ("oc-compute-0", "Compute")
    assert (row.resource, row.server) == ("CREATE_COMPLETE", "ACTIVE")
    assert (row.server_id, row.addresses) == (server.id, server.addresses)
    assert row.node_id == plan.nodes[1].node_id == server.node
    assert row.provision == "active"
    assert row.since


def test_a_status_says_how_far_nodes_are_configured() -> None:
    world = World()
    world.deploy(Compute=1)
    rows = tuple(
        Row(hostname="oc-compute-0", role="Compute", step=step, state=state)
        for step, state in ((1, "applied"), (2, "failed"), (3, "waiting"))
    )
    save_ledger(world.run.workdir, Ledger(rows=rows))

    found = report_status(world.run, "oc")

    assert [row.configuration for row in found.nodes] == ["", "1/3, step 2 failed"]


def test_what_a_service_does_not_have_is_empty() -> None:
    world = World()
    plan = world.deploy()
    world.cloud.compute.discard(world.cloud.compute.servers()[0].id)
    world.cloud.baremetal.delete(plan.nodes[0].node_id)

    row = report_status(world.run, "oc").nodes[0]

    assert (row.server, row.provision, row.power, row.addresses) == ("", "", "", ())


def test_there_has_to_be_a_stack() -> None:
    with pytest.raises(NotFoundError, match='no stack "oc"'):
        report_status(World().run, "oc")


def test_watching_follows_a_stack_to_its_end() -> None:
    world = World()
    world.deploy()
    files = world.cloud.stacks.files("oc")
    world.cloud.stacks.update("oc", files, 10)

    watch_stack(world.run, "oc", 10)

    assert str(world.stack().status) == "UPDATE_COMPLETE"


def test_watching_a_stack_at_rest_is_over_at_once() -> None:
    world = World()
    world.deploy()

    watch_stack(world.run, "oc", 10)

    assert world.clock.slept < 60


def test_a_sound_stack_has_no_failures() -> None:
    world = World()
    world.deploy()

    assert find_failures(world.cloud, "oc") == ()


def test_a_failure_is_explained_down_to_the_node() -> None:
    world = World()
    world.cloud.stacks.will_fail("oc-controller-0", "deploy timed out")
    with pytest.raises(StackFailedError):
        world.deploy()
    node = next(n for n in world.cloud.baremetal.nodes() if n.traits)
    world.cloud.baremetal.change_state(
        node.id, provision=ProvisionState.DEPLOY_FAILED, last_error="fan stopped"
    )

    (failure,) = find_failures(world.cloud, "oc")

    assert failure.path == "Controller.oc-controller-0"
    assert failure.cause == "deploy timed out"
    assert failure.node == node.name
    assert "last error in Ironic: fan stopped" in failure.findings


def test_a_server_that_broke_later_is_a_failure_too() -> None:
    world = World()
    world.deploy()
    server = world.cloud.compute.servers()[0]
    world.cloud.compute.finish(server.id, fault="gone mad")

    (failure,) = find_failures(world.cloud, "oc")

    assert failure.cause == "Nova calls the server ERROR: gone mad"


def test_a_failure_of_heat_itself_says_to_go_on() -> None:
    world = World()
    world.cloud.stacks.will_fail("Controller", "MessagingTimeout: no reply")

    with pytest.raises(StackFailedError, match="deploy --stack oc` again: it goes on"):
        world.deploy()
