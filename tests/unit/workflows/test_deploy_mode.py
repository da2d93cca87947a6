"""How strictly a deployment judges machines, and that it says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_node
from tests.fakes.cloud import FakeCloud
from tests.unit.workflows.stacks import ROLES, World, a_cloud, a_deployment
from tripleo_cli.domain.deployment import Instance
from tripleo_cli.domain.events import Noted
from tripleo_cli.domain.matching import Mode
from tripleo_cli.domain.plan import Plan
from tripleo_cli.domain.role import Needs
from tripleo_cli.errors import InvalidInputError, NotEnoughNodesError
from tripleo_cli.workflows.deploy import deploy, preview

HUGE = {
    **ROLES,
    "Controller": replace(ROLES["Controller"], needs=Needs(memory_mb=1024 * 1024)),
}


def a_world(*nodes: Any) -> World:
    if not nodes:
        return World(cloud=a_cloud(3))
    cloud = FakeCloud(nodes)
    cloud.images.put("overcloud-full")
    return World(cloud=cloud)


def deployed(world: World, mode: Mode | None = None, **fields: Any) -> Plan:
    deployment = a_deployment()
    request = replace(deployment.request, mode=mode)
    changed = replace(deployment, request=request, **({"roles": HUGE} | fields))
    return deploy(world.run, changed)[0]


def modes_told(world: World) -> list[str]:
    notes = [event.text for event in world.events if isinstance(event, Noted)]
    return [note for note in notes if note.startswith("Mode: ")]


def test_small_machines_do_for_a_trial_if_asked_for() -> None:
    world = a_world()

    plan = deployed(world, Mode.POC)

    assert plan.counts() == {"Controller": 1}
    assert modes_told(world) == ["Mode: poc, as asked for"]


def test_roles_that_ask_for_something_are_taken_at_their_word() -> None:
    world = a_world()

    with pytest.raises(NotEnoughNodesError, match="MiB of memory"):
        deployed(world)

    assert modes_told(world) == [
        "Mode: scale, because the role Controller asks for a minimum size"
    ]


def test_without_any_demand_only_numbers_count() -> None:
    world = a_world()

    deployed(world, roles=ROLES)

    assert modes_told(world) == [
        "Mode: poc, because no role asks for anything and no node is tagged with a "
        "profile"
    ]


def test_deploying_again_the_usual_way_leaves_servers_where_they_are() -> None:
    world = a_world()
    deployed(world, Mode.POC)
    places, changes = world.places(), world.changes()
    world.events.clear()

    deployed(world)

    assert (world.places(), world.changes()) == (places, changes)
    assert modes_told(world) == []


def test_a_machine_for_another_profile_is_taken_and_tagged_anew() -> None:
    world = a_world(a_node("a", capabilities={"profile": "compute"}))

    deployed(world, Mode.POC)

    [node] = world.cloud.baremetal.nodes()
    assert node.capabilities["profile"] == "controller"


@pytest.mark.parametrize(
    ("node", "needs", "why"),
    [
        (a_node("a", resource_class="gold"), Needs(), 'is of resource class "gold"'),
        (a_node("a"), Needs(traits=frozenset({"CUSTOM_GPU"})), "lacks the trait"),
    ],
    ids=["resource class", "trait"],
)
def test_what_nova_places_by_holds_in_every_mode(
    node: Any, needs: Needs, why: str
) -> None:
    roles = {**ROLES, "Controller": replace(ROLES["Controller"], needs=needs)}

    with pytest.raises(NotEnoughNodesError, match=why):
        deployed(a_world(node), Mode.POC, roles=roles)


@pytest.mark.parametrize("mode", [Mode.POC, None])
def test_a_machine_chosen_by_name_is_judged_alike(mode: Mode | None) -> None:
    wish = Instance(hostname="oc-controller-0", node="node-2")
    deployment = a_deployment()
    request = replace(deployment.request, mode=mode, instances={"Controller": (wish,)})
    asked = replace(deployment, request=request, roles=HUGE)
    world = a_world()

    if mode:
        [member] = preview(world.run, asked).plan.nodes
        assert member.node_name == "node-2"
    else:
        with pytest.raises(InvalidInputError, match="MiB of memory"):
            preview(world.run, asked)
