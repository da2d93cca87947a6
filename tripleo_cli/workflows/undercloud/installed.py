"""One undercloud and all that its operations need from the machine."""

from __future__ import annotations

from dataclasses import dataclass

from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.errors import HostError
from tripleo_cli.workflows.ports import Clock
from tripleo_cli.workflows.undercloud.ports import Host, Machine, Supervisor


@dataclass(frozen=True, slots=True, kw_only=True)
class Undercloud:
    """An undercloud where it is installed, or is to be."""

    config: UndercloudConfig
    host: Host
    machine: Machine
    supervisor: Supervisor
    clock: Clock

    @property
    def layout(self) -> Layout:
        """Where its files are."""
        return Layout(self.config.state_dir)

    def check_installed(self) -> None:
        """Make sure that there is something to run.

        Raises:
            HostError: Nothing is installed.
        """
        # Of all folders, everybody may see whether this one is there.
        if not self.host.exists(self.layout.run):
            raise HostError(
                f"no undercloud is installed in {self.config.state_dir}",
                hint="openstack undercloud install",
            )
