"""Deploying machines that are configured: what the stack keeps for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_node
from tests.fakes.cloud import FakeCloud
from tests.unit.domain.overcloud.examples import SERVICES
from tests.unit.workflows.stacks import ROLES, TEMPLATES, World, a_removal
from tripleo_cli.domain.deployment import DeploymentRequest
from tripleo_cli.domain.overcloud.layout import layout_from_outputs
from tripleo_cli.domain.overcloud.passwords import passwords_in
from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.domain.plan import Plan
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.rendering.heat import AGENT
from tripleo_cli.workflows.deploy import Deployment, deploy
from tripleo_cli.workflows.forget import Connect
from tripleo_cli.workflows.observe import require
from tripleo_cli.workflows.remove import remove_nodes

RUNNING = {
    "Controller": ("haproxy", "mysql", "keystone", "glance-api"),
    "Compute": ("nova-compute",),
}
SERVING = {name: replace(ROLES[name], services=RUNNING[name]) for name in ROLES}


def a_world(**extra: Any) -> World:
    cloud = FakeCloud(
        a_node(f"node-{number}", driver="redfish", extra=extra) for number in range(4)
    )
    cloud.images.put("overcloud-full")
    return World(cloud=cloud)


def deployed(
    world: World,
    services: dict[str, Service] | None = None,
    connect: Connect | None = None,
    roles: Mapping[str, Role] = SERVING,
    **parameters: Any,
) -> Plan:
    request = DeploymentRequest(
        stack="oc",
        counts={"Controller": 1, "Compute": 2},
        parameters=parameters,
        services=SERVICES if services is None else services,
    )
    deployment = Deployment(
        request=request,
        roles=roles,
        templates={**TEMPLATES, AGENT: "UEsDBA=="},
        connect=connect,
    )
    return deploy(world.run, deployment)[0]


def test_the_stack_knows_how_its_nodes_are_configured() -> None:
    world = a_world()

    plan = deployed(world)

    layout = layout_from_outputs(world.stack().outputs)
    assert layout.configurations == plan.configurations
    assert [node.role for node in layout.nodes] == ["Controller", "Compute", "Compute"]
    assert layout.vip


def test_simulated_machines_get_what_they_got_before() -> None:
    world = a_world(simulated="boots nothing")

    plan = deployed(world)

    assert not plan.configurations
    assert not passwords_in(plan.parameters)
    assert set(world.stack().outputs) == {"plan", "nodes", "hosts"}


def test_passwords_are_made_once() -> None:
    world = a_world()

    first = passwords_in(deployed(world).parameters)
    again = passwords_in(deployed(world).parameters)

    assert set(first) >= {"AdminPassword", "GlancePassword", "NovaPassword"}
    assert again == first
    assert world.changes() == ["create"]


def test_a_changed_parameter_updates_the_stack_and_keeps_passwords() -> None:
    world = a_world()
    first = passwords_in(deployed(world).parameters)

    plan = deployed(world, GlanceWorkers=7)

    assert plan.configurations["Controller"].parameters["GlanceWorkers"] == 7
    assert passwords_in(plan.parameters) == first
    assert world.changes() == ["create", "update"]
    told = layout_from_outputs(world.stack().outputs).configurations
    assert told["Controller"].parameters["GlanceWorkers"] == 7


def test_a_removal_keeps_all_that_the_others_need() -> None:
    world = a_world()
    plan = deployed(world)

    remove_nodes(world.run, a_removal("oc-compute-1"))

    observed = require(world.cloud, "oc")
    assert observed.plan.configurations == plan.configurations
    assert passwords_in(observed.plan.parameters) == passwords_in(plan.parameters)
    assert layout_from_outputs(world.stack().outputs).vip


def test_a_service_without_a_file_is_refused_before_anything_is_done() -> None:
    world = a_world()
    lacking = {name: one for name, one in SERVICES.items() if name != "keystone"}

    with pytest.raises(InvalidInputError, match="keystone"):
        deployed(world, lacking)

    assert world.changes() == []


def test_a_misspelt_parameter_is_asked_after() -> None:
    world = a_world()

    deployed(world, GlanceWorker=3)

    assert 'did you mean "GlanceWorkers"?' in world.told()


def test_without_service_files_nothing_is_configured() -> None:
    world = a_world()

    assert not deployed(world, {}).configurations
