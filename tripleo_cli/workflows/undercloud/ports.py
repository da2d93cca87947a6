"""What the undercloud's workflows need from the machine.

Every method may be called from several threads at once. All raise
:class:`~tripleo_cli.errors.HostError` when the machine refuses; the message names
the path or command and the cause.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from tripleo_cli.domain.host import Call, File, Result
from tripleo_cli.domain.undercloud.catalog import Identity
from tripleo_cli.domain.undercloud.config import Subnet, UndercloudConfig
from tripleo_cli.domain.undercloud.health import Usage
from tripleo_cli.domain.undercloud.preflight import MachineFacts
from tripleo_cli.domain.undercloud.process import Process


class Host(Protocol):
    """A machine on which commands run and files are kept; paths are absolute."""

    def run(self, call: Call) -> Result:
        """Run a command to its end; a non-zero exit is a result, not an error.

        Raises:
            HostError: It could not be started, or exceeded its time.
        """

    def interrupt(self) -> None:
        """End the running commands that are interruptible."""

    def put(self, file: File) -> bool:
        """Make a file be so, atomically; tells whether its content changed."""

    def append(self, path: str, text: str) -> None:
        """Add to the end of a log file, creating it with mode 0600."""

    def read(self, path: str) -> str | None:
        """Give a file's text; ``None`` where there is none."""

    def exists(self, path: str) -> bool:
        """Tell whether anything is at a path."""

    def mkdir(self, path: str, *, owner: str, mode: int) -> None:
        """Make a folder (and its parents, root's) be so."""

    def remove(self, path: str) -> None:
        """Remove a file or a whole folder; nothing there is fine."""

    def lock(self, path: str) -> AbstractContextManager[None]:
        """Hold a lock against other runs.

        Commands of a run that was killed hold it until they end, and are waited for.

        Raises:
            BusyError: A living run holds it; names its pid and since when.
        """

    def turn(self, path: str) -> AbstractContextManager[None]:
        """Have a file for oneself, while it is read, changed and written.

        Others who take turns wait; it need not be there, but its folder must.

        Raises:
            HostError: Somebody has it for too long.
        """

    def connects(self, address: str, port: int) -> bool:
        """Tell whether something accepts TCP connections there."""

    def http_status(self, url: str) -> int | None:
        """Ask for a URL; the status code, or ``None`` where nobody answers."""


class Supervisor(Protocol):
    """The process that runs an undercloud's services, behind its socket."""

    def is_running(self) -> bool:
        """Tell whether it answers."""

    def processes(self) -> Mapping[str, Process]:
        """List what it runs, by service name; empty where it does not answer."""

    def start(self, name: str) -> None:
        """Ask for a service to be started; returns at once; running is fine."""

    def stop(self, name: str) -> None:
        """Stop a service and wait until it is gone; stopped is fine."""

    def update(self) -> Sequence[str]:
        """Read the configuration again; names of services added or changed.

        Services whose definition changed, and those that are gone, are stopped;
        supervisor starts those that are new or changed.
        """

    def shutdown(self) -> None:
        """Stop every service, then itself; returns at once."""


class Machine(Protocol):
    """What can be found out about this machine."""

    def facts(self, config: UndercloudConfig) -> MachineFacts:
        """Gather what the pre-checks judge; changes nothing."""

    def usage(self, pids: Collection[int]) -> Mapping[int, Usage]:
        """Measure processes with their descendants; those that ended are left out."""

    def versions(self, config: UndercloudConfig) -> Mapping[str, str]:
        """Tell the version of each installed service, by service name."""

    def end_strays(self, config: UndercloudConfig) -> Sequence[str]:
        """End this undercloud's processes that outlived their supervisor.

        Returns:
            Name and pid of each. Processes that this run started are left alone.
        """

    def end_all(self, config: UndercloudConfig) -> None:
        """Kill this undercloud's processes, its supervisor among them, at once."""

    def tail(self, path: str, lines: int, *, follow: bool) -> Iterator[str]:
        """Give the last lines of a file and, to follow it, those yet to come."""


class Administration(Protocol):
    """An undercloud's own services, asked as its administrator.

    Raises :class:`~tripleo_cli.errors.ServiceError` where one refuses.
    """

    def ensure_identity(self, wanted: Identity) -> int:
        """Make users, roles, services and endpoints so; the number of changes."""

    def ensure_network(self, subnets: Sequence[Subnet]) -> int:
        """Make the provisioning network and its subnets so; the number of changes.

        What the configuration does not name is left alone.
        """

    def is_computing(self, hostname: str) -> bool:
        """Tell whether Nova knows of a compute service here that is up."""

    def silent_agents(self, hostname: str) -> Sequence[str]:
        """List the services without a port that do not report to be up."""
