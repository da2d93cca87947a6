"""An overcloud of fakes for tests of its steps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tests.fakes.nodes import FakeNodes
from tests.fakes.overcloud import FakeOvercloudIdentity, FakeOvercloudUse, FakeProbes
from tests.fakes.times import FakeTimeServers
from tests.fakes.workdir import FakeWorkdir
from tripleo_cli.domain.events import Event, Noted
from tripleo_cli.domain.overcloud.access import access_to
from tripleo_cli.domain.overcloud.bundle import Bundle, BundleStep
from tripleo_cli.domain.overcloud.catalog import Catalogue, CloudService
from tripleo_cli.domain.overcloud.configuration import RoleConfiguration
from tripleo_cli.domain.overcloud.layout import DeployedNode, Layout
from tripleo_cli.domain.overcloud.ledger import Ledger
from tripleo_cli.domain.overcloud.offer import Offered
from tripleo_cli.domain.overcloud.service import STEPS
from tripleo_cli.domain.overcloud.steps import Choice
from tripleo_cli.workflows.configure import configure
from tripleo_cli.workflows.overcloud import Configuring, Overcloud, Tools
from tripleo_cli.workflows.run import Run

CONTROLLER = "oc-controller-0"
COMPUTE = "oc-novacompute-0"
GLANCE = CloudService(name="glance", type="image")


def a_bundle(hostname: str, role: str, hiera: dict[str, Any] | None = None) -> Bundle:
    """A bundle of five steps; ``hiera`` changes the hashes of step 4 only."""
    checks = ({"name": f"{role} runs", "service": "s", "timeout_s": 5, "systemd": {}},)
    return Bundle(
        hostname=hostname,
        role=role,
        address="192.0.2.1",
        hiera={"service_configs": hiera or {}},
        steps={
            step: BundleStep(
                hash=f"{step}-{hiera}" if step == 4 else f"{step}",
                manifest="notice('x')",
                checks=checks,
            )
            for step in STEPS
        },
    )


def a_layout(computes: int = 1) -> Layout:
    roles = [("Controller", CONTROLLER)]
    roles += [("Compute", f"oc-novacompute-{number}") for number in range(computes)]
    return Layout(
        configurations={
            "Controller": RoleConfiguration(role="Controller"),
            "Compute": RoleConfiguration(role="Compute"),
        },
        nodes=tuple(
            DeployedNode(
                hostname=hostname,
                fqdn=f"{hostname}.localdomain",
                role=role,
                index=number,
                address=f"192.0.2.{number + 1}",
            )
            for number, (role, hostname) in enumerate(roles)
        ),
    )


@dataclass
class OvercloudWorld:
    """Nodes, an operator's folder, and what was reported."""

    computes: int = 1
    nodes: FakeNodes = field(default_factory=FakeNodes)
    identity: FakeOvercloudIdentity = field(default_factory=FakeOvercloudIdentity)
    use: FakeOvercloudUse = field(default_factory=FakeOvercloudUse)
    offer: tuple[Offered, ...] = ()
    workdir: FakeWorkdir = field(default_factory=FakeWorkdir)
    clock: FakeClock = field(default_factory=FakeClock)
    events: list[Event] = field(default_factory=list)
    hiera: dict[str, Any] = field(default_factory=dict)
    ssh_seconds: float = 60

    @property
    def run(self) -> Run:
        return Run(
            cloud=FakeCloud(),
            workdir=self.workdir,
            clock=self.clock,
            times=FakeTimeServers(),
            report=self.events.append,
        )

    def wish(self, **choice: Any) -> Configuring:
        layout = a_layout(self.computes)
        bundles = {
            node.hostname: a_bundle(
                node.hostname,
                node.role,
                self.hiera if node.role == "Controller" else {},
            )
            for node in layout.nodes
        }
        return Configuring(
            overcloud=Overcloud(
                name="oc",
                layout=layout,
                bundles=bundles,
                access=access_to("192.0.2.1", "secret"),
                catalogue=Catalogue(items=(GLANCE,)),
                offer=self.offer,
                tolerated=frozenset({"Compute"}),
            ),
            tools=Tools(
                nodes=self.nodes,
                probes=FakeProbes(),
                identity=lambda _access: self.identity,
                use=lambda _access: self.use,
            ),
            choice=replace(Choice(), **choice),
            ssh_seconds=self.ssh_seconds,
        )

    def configure(self, **choice: Any) -> Ledger:
        return configure(self.run, self.wish(**choice))

    def applied(self) -> list[tuple[int, tuple[str, ...]]]:
        """The steps that nodes were asked to apply, with the nodes, in order."""
        return [
            (step, names) for verb, step, names in self.nodes.calls if verb == "apply"
        ]

    def checked(self) -> list[int]:
        """The steps whose checks nodes were asked for, in order."""
        return [step for verb, step, _ in self.nodes.calls if verb == "check"]

    def forget_calls(self) -> None:
        self.nodes.calls.clear()
        self.events.clear()

    def told(self) -> str:
        return "\n".join(map(str, self.events))

    def notes(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Noted)]
