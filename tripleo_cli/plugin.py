"""The python-openstackclient hook, and the only place that builds clients."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tripleo_cli.domain.overcloud.access import Access
    from tripleo_cli.domain.overcloud.ssh import SshAccess
    from tripleo_cli.domain.undercloud.config import UndercloudConfig
    from tripleo_cli.workflows.credentials import Places
    from tripleo_cli.workflows.image_build import Tools as ImageTools
    from tripleo_cli.workflows.overcloud import Tools as OvercloudTools
    from tripleo_cli.workflows.overcloud_ports import OvercloudServices, OvercloudUse
    from tripleo_cli.workflows.ports import (
        Clock,
        Cloud,
        Controllers,
        KeyFiles,
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


def make_overcloud_services(access: Access) -> OvercloudServices:
    """Give what talks to the services of an overcloud that list its nodes."""
    from tripleo_cli.clients.overcloud_services import LiveOvercloudServices

    return LiveOvercloudServices(access)


def make_overcloud_use(access: Access) -> OvercloudUse:
    """Give what makes things in an overcloud, as its users do."""
    from tripleo_cli.clients.overcloud_use import LiveOvercloudUse

    return LiveOvercloudUse(access)


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


def make_key_files() -> KeyFiles:
    """Give what makes and reads SSH keys on this machine."""
    from tripleo_cli.clients.ssh_key import LocalKeys

    return LocalKeys()


def make_overcloud_tools(stack: str, ssh: SshAccess, cloud: Cloud) -> OvercloudTools:
    """Wire what reaches the nodes of an overcloud, and the services on them."""
    from pathlib import Path

    from tripleo_cli.clients.overcloud import KeystoneIdentity
    from tripleo_cli.clients.probes import LiveProbes
    from tripleo_cli.clients.pull import HeatNodes
    from tripleo_cli.clients.push import SshNodes
    from tripleo_cli.clients.routed_nodes import RoutedNodes
    from tripleo_cli.clients.ssh import Ssh
    from tripleo_cli.clients.workdir import FOLDER
    from tripleo_cli.resources import shipped
    from tripleo_cli.workflows.overcloud import Tools

    folder = Path.home() / FOLDER / stack
    playbook = (shipped("templates") / "ansible/verb.yaml").read_text()
    login = Ssh(folder=folder, key=Path(ssh.key), user=ssh.user)
    push = SshNodes(ssh=login, playbook=playbook)
    pull = HeatNodes(orders=lambda: cloud.orders(stack), clock=make_clock())
    return Tools(
        nodes=RoutedNodes(push, pull),
        probes=LiveProbes(),
        identity=KeystoneIdentity,
        use=make_overcloud_use,
        places=make_places(stack),
    )


def make_agent() -> str:
    """Give the agent of nodes that pull, as base64."""
    from base64 import b64encode

    from tripleo_cli.clients.node_program import node_agent

    return b64encode(node_agent().data).decode()


def make_places(stack: str) -> Places:
    """Find where an operator looks for how to sign in to an overcloud."""
    import os
    from pathlib import Path

    from tripleo_cli.clients.workdir import LocalWorkdir
    from tripleo_cli.workflows.credentials import Places

    usual = Path.home() / ".config" / "openstack" / "clouds.yaml"
    named = os.environ.get("OS_CLIENT_CONFIG_FILE") or usual
    # Where a link leads: a link stays one, and whoever goes through it or past it
    # has the same lock.
    clouds = Path(os.path.realpath(named))
    return Places(
        stack=make_workdir(stack),
        home=LocalWorkdir(Path.home()),
        clouds=LocalWorkdir(clouds.parent),
        clouds_name=clouds.name,
        clouds_path=str(named),
    )


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


def make_image_tools(cache: Path, elements: Sequence[Path]) -> ImageTools:
    """Wire what building images on this machine takes.

    Args:
        cache: Where builds are kept.
        elements: Folders of an operator's own elements.
    """
    from tripleo_cli.clients.dib import LocalImageBuilder
    from tripleo_cli.clients.image_store import LocalImageStore
    from tripleo_cli.resources import shipped
    from tripleo_cli.workflows.image_build import Tools

    own = str(shipped("templates") / "images" / "elements")
    return Tools(
        builder=LocalImageBuilder(),
        store=LocalImageStore(cache),
        clock=make_clock(),
        elements=(*(str(path.resolve()) for path in elements), own),
    )
