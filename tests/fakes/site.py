"""Everything that the installer uses on a machine, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.fakes.clock import FakeClock
from tests.fakes.host import FakeHost
from tests.fakes.supervisor import FakeSupervisor
from tests.fakes.undercloud import FakeMachine
from tripleo_cli.domain.undercloud.catalog import Identity
from tripleo_cli.domain.undercloud.config import Subnet
from tripleo_cli.errors import ServiceError
from tripleo_cli.workflows.undercloud.site import Tools

LOCK = """\
supervisor==4.3.0 \\
    --hash=sha256:aa
nova==34.0.0 \\
    --hash=sha256:bb
"""


class FakeAdministration:
    """The services' own side: what was registered, and by which password."""

    def __init__(self, host: FakeHost) -> None:
        self._host = host
        self.identity: Identity | None = None
        self.subnets: tuple[Subnet, ...] = ()
        self.refusals = 0
        """How often the next questions about agents are refused."""

    def ensure_identity(self, wanted: Identity) -> int:
        self._ask("keystone")
        changes = 0 if self.identity == wanted else 1
        self.identity = wanted
        return changes

    def ensure_network(self, subnets: Sequence[Subnet]) -> int:
        self._ask("neutron")
        assert self.identity is not None
        changes = 0 if self.subnets == tuple(subnets) else 1
        self.subnets = tuple(subnets)
        return changes

    def silent_agents(self, hostname: str) -> Sequence[str]:
        assert hostname == self._host.config.undercloud_hostname
        if self.refusals:
            self.refusals -= 1
            raise ServiceError("nova-api: HTTP 503")
        names = ("nova-conductor", "nova-scheduler", "nova-compute", "heat-engine")
        return [name for name in names if not self._host.supervisor.reports(name)]

    def is_computing(self, hostname: str) -> bool:
        assert hostname == self._host.config.undercloud_hostname
        self._ask("nova-api")
        return self._host.supervisor.reports("nova-compute")

    def _ask(self, name: str) -> None:
        if not self._host.supervisor.runs(name) or not self._host.is_bootstrapped:
            raise ServiceError(f"{name} does not answer")


class FakeSite:
    """A machine and everything that the installer uses on it."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.host = FakeHost()
        self.administration = FakeAdministration(self.host)
        self.machine = FakeMachine(supervisor=self.host.supervisor)
        self.clock = FakeClock()
        self.templates = templates
        self.lock = LOCK

    @property
    def supervisor(self) -> FakeSupervisor:
        return self.host.supervisor

    def tools(self) -> Tools:
        return Tools(
            host=self.host,
            machine=self.machine,
            supervisor=lambda _layout: self.supervisor,
            administration=lambda _config, _secrets: self.administration,
            clock=self.clock,
            templates=self.templates,
            lock=self.lock,
            python="/usr/bin/python3.11",
            uv="/opt/uv",
        )
