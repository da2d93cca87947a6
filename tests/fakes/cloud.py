"""One undercloud of fakes that know each other."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fakes.baremetal import FakeBaremetal
from tests.fakes.compute import FakeCompute
from tests.fakes.heat_orders import FakeHeatOrders
from tests.fakes.images import FakeImages
from tests.fakes.inspection import FakeInspection
from tests.fakes.networks import FakeNetworks
from tests.fakes.node_setup import FakeNodeSetup
from tests.fakes.stacks import FakeStacks
from tripleo_cli.domain.node import Node


class FakeCloud:
    """Deploying a stack occupies nodes; deleting it frees them."""

    def __init__(self, nodes: Iterable[Node] = ()) -> None:
        self.baremetal = FakeBaremetal(nodes)
        self.inspection = FakeInspection(self.baremetal)
        self.setup = FakeNodeSetup(self.baremetal)
        self.compute = FakeCompute(self.baremetal)
        self.networks = FakeNetworks()
        self.images = FakeImages()
        self.stacks = FakeStacks(self.compute)
        self.ordered: dict[str, FakeHeatOrders] = {}

    def orders(self, stack: str) -> FakeHeatOrders:
        return self.ordered.setdefault(stack, FakeHeatOrders())
