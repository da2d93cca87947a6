"""An undercloud with machines for tests of whole deployments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.builders import a_node
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tests.fakes.times import FakeTimeServers
from tests.fakes.workdir import FakeWorkdir
from tripleo_cli.domain.deployment import DeploymentRequest
from tripleo_cli.domain.events import Event
from tripleo_cli.domain.plan import Plan
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.stack import Stack
from tripleo_cli.inputs.templates import load_templates
from tripleo_cli.resources import shipped
from tripleo_cli.workflows.deploy import Deployment, deploy
from tripleo_cli.workflows.remove import Removal
from tripleo_cli.workflows.run import Run

ROLES = {
    "Compute": Role(name="Compute", hostname_format="%stackname%-compute-%index%"),
    "Controller": Role(
        name="Controller",
        count_default=1,
        hostname_format="%stackname%-controller-%index%",
        tags=frozenset({"primary"}),
    ),
}
TEMPLATES = load_templates([shipped("templates")])


def a_cloud(nodes: int, **others: Any) -> FakeCloud:
    """An undercloud with nodes, and the image that roles name."""
    cloud = FakeCloud(a_node(f"node-{number}", **others) for number in range(nodes))
    cloud.images.put("overcloud-full")
    return cloud


@dataclass
class World:
    """An undercloud, an operator's folder, and what was reported."""

    cloud: FakeCloud = field(default_factory=lambda: a_cloud(6))
    workdir: FakeWorkdir = field(default_factory=FakeWorkdir)
    clock: FakeClock = field(default_factory=FakeClock)
    times: FakeTimeServers = field(default_factory=FakeTimeServers)
    events: list[Event] = field(default_factory=list)

    @property
    def run(self) -> Run:
        return Run(
            cloud=self.cloud,
            workdir=self.workdir,
            clock=self.clock,
            times=self.times,
            report=self.events.append,
        )

    def deploy(self, **counts: int) -> Plan:
        return deploy(self.run, a_deployment(**counts))[0]

    def stack(self) -> Stack:
        found = self.cloud.stacks.find("oc")
        assert found
        return found

    def places(self) -> dict[str, str]:
        """Which server stands on which node, as Nova says."""
        names = {node.id: node.name for node in self.cloud.baremetal.nodes()}
        return {
            server.name: names[server.node]
            for server in self.cloud.compute.servers()
            if server.node
        }

    def changes(self) -> list[str]:
        """The calls that changed something in Heat."""
        changing = {"create", "update", "delete", "cancel_update"}
        return [call for call in self.cloud.stacks.calls if call in changing]

    def told(self) -> str:
        return "\n".join(map(str, self.events))


def a_deployment(**counts: int) -> Deployment:
    return Deployment(
        request=DeploymentRequest(stack="oc", counts=counts),
        roles=ROLES,
        templates=TEMPLATES,
    )


def a_removal(*names: str) -> Removal:
    return Removal(stack="oc", names=names, templates=TEMPLATES)
