"""The python-openstackclient hook, and the only place that builds clients."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tripleo_cli.domain.undercloud.config import UndercloudConfig
    from tripleo_cli.workflows.ports import (
        Clock,
        Cloud,
        Controllers,
        TimeServers,
        Workdir,
    )
    from tripleo_cli.workflows.undercloud.installed import Undercloud
    from tripleo_cli.workflows.undercloud.ports import Machine
    from tripleo_cli.workflows.undercloud.site import Tools

API_NAME = "tripleo"
API_VERSION_OPTION = "os_tripleo_api_version"
API_VERSIONS = ("1",)
DEFAULT_API_VERSION = "1"


def make_client(instance: Any) -> Cloud:
    """Wire the live services; mypy checks each against its port."""
    # The shell imports this module for every `openstack` command: stay light.
    from tripleo_cli.clients.cloud import LiveCloud

    return LiveCloud(instance)


def sign_in(prepare: Callable[[], None]) -> None:
    """Let the shell sign in to the cloud, and tell of failures in our words.

    Raises:
        ServiceError: Keystone does not let us in, or cannot be reached.
    """
    from openstack.exceptions import ConfigException

    from tripleo_cli.clients.translate import Service, translating
    from tripleo_cli.errors import ServiceError

    try:
        with translating(Service(name="Keystone", process="keystone"), "sign in"):
            prepare()
    except ConfigException as error:
        hint = "say which cloud of clouds.yaml: export OS_CLOUD=undercloud"
        raise ServiceError(f"cannot sign in: {error}", hint=hint) from error


def make_clock() -> Clock:
    """Give real time."""
    from tripleo_cli.clients.clock import LiveClock

    return LiveClock()


def make_times() -> TimeServers:
    """Ask time servers from this machine."""
    from tripleo_cli.clients.ntp import NtpServers

    return NtpServers()


def make_controllers(*, verify: bool) -> Controllers:
    """Give what talks to BMCs; ``verify`` is whether certificates must be good."""
    from tripleo_cli.clients.controllers import LiveControllers

    return LiveControllers(verify=verify)


def make_nodes_folder() -> Workdir:
    """Find where this machine keeps what it must remember of registered nodes."""
    from pathlib import Path

    from tripleo_cli.clients.workdir import FOLDER, LocalWorkdir

    # No stack can have this name: Heat wants a letter first.
    return LocalWorkdir(Path.home() / FOLDER / ".nodes")


def make_workdir(stack: str) -> Workdir:
    """Find the folder of a stack under the operator's home.

    Raises:
        InvalidInputError: That is no name for a stack.
    """
    from pathlib import Path

    from tripleo_cli.clients.workdir import workdir_of

    return workdir_of(stack, Path.home())


def make_folder(path: Path) -> Workdir:
    """Treat any folder as one to write plans and templates to."""
    from tripleo_cli.clients.workdir import LocalWorkdir

    return LocalWorkdir(path)


def build_option_parser(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add the version option that python-openstackclient expects."""
    parser.add_argument(
        "--os-tripleo-api-version", default=DEFAULT_API_VERSION, help=argparse.SUPPRESS
    )
    return parser


def undercloud_tools() -> Tools:
    """Wire what installing and running an undercloud on this machine takes."""
    from uv import find_uv_bin

    from tripleo_cli.clients.bootstrap import UndercloudAdministration
    from tripleo_cli.clients.clock import LiveClock
    from tripleo_cli.clients.host import LocalHost, public_python
    from tripleo_cli.clients.supervisor import SocketSupervisor
    from tripleo_cli.resources import shipped
    from tripleo_cli.workflows.undercloud.site import Tools

    folder = shipped("templates") / "undercloud"
    texts = {entry.name: entry.read_text() for entry in folder.iterdir()}
    return Tools(
        host=LocalHost(),
        machine=local_machine(),
        supervisor=lambda layout: SocketSupervisor(layout.supervisor_socket),
        administration=UndercloudAdministration,
        clock=LiveClock(),
        templates=texts,
        lock=texts["services.lock"],
        python=public_python(),
        uv=find_uv_bin(),
    )


def local_machine() -> Machine:
    """Wire what the pre-checks look at."""
    from tripleo_cli.clients.machine import LocalMachine

    return LocalMachine()


def make_undercloud(config: UndercloudConfig) -> Undercloud:
    """Wire what running an undercloud on this machine takes."""
    from tripleo_cli.clients.host import LocalHost
    from tripleo_cli.clients.supervisor import SocketSupervisor
    from tripleo_cli.domain.undercloud.layout import Layout
    from tripleo_cli.workflows.undercloud.installed import Undercloud

    return Undercloud(
        config=config,
        host=LocalHost(),
        machine=local_machine(),
        supervisor=SocketSupervisor(Layout(config.state_dir).supervisor_socket),
        clock=make_clock(),
    )
