"""What nodes that go were ordered goes with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.heat_orders import FakeHeatOrders
from tests.unit.workflows.stacks import World, a_removal
from tests.unit.workflows.test_deploy_configured import SERVING, a_world, deployed
from tripleo_cli.rendering.heat import AGENT
from tripleo_cli.workflows.remove import delete_stack, remove_nodes

COMPUTES = ("oc-compute-0", "oc-compute-1")


class Overcloud:
    """A stack whose computes pull; a run that was killed left an order for each."""

    def __init__(self) -> None:
        self.world = a_world()
        pulling = replace(SERVING["Compute"], pulls=True)
        deployed(self.world, roles={**SERVING, "Compute": pulling})
        self.orders: FakeHeatOrders = self.world.cloud.orders("oc")
        for server in self.world.cloud.compute.servers():
            if server.name in COMPUTES:
                self.orders.serve(server.id)
                self.orders.put(server.id, "with a password")
        self.orders.halves.append("with another")

    def left(self) -> int:
        orders = [one.orders for one in self.orders.servers.values()]
        return sum(map(len, orders)) + len(self.orders.halves)


def test_orders_of_a_node_that_goes_are_taken_back() -> None:
    overcloud = Overcloud()

    removal = a_removal("oc-compute-1")
    removal = replace(removal, templates={**removal.templates, AGENT: "UEsDBA=="})

    remove_nodes(overcloud.world.run, removal)

    assert overcloud.left() == len(["of oc-compute-0"])


def test_nothing_that_was_ordered_is_left_of_a_stack_that_is_deleted() -> None:
    overcloud = Overcloud()

    assert delete_stack(overcloud.world.run, "oc", 10)

    assert overcloud.left() == 0


def test_orders_that_stay_in_heat_are_told_of() -> None:
    overcloud = Overcloud()
    overcloud.orders.is_down = True

    assert delete_stack(overcloud.world.run, "oc", 10)

    told = "orders to nodes that are gone stay in Heat: Heat does not answer"
    assert told in overcloud.world.told()


@pytest.mark.parametrize("name", COMPUTES)
def test_nobody_asks_for_orders_where_nodes_pull_none(name: str) -> None:
    world: World = a_world()
    deployed(world)

    remove_nodes(world.run, a_removal(name))

    assert not world.cloud.ordered
