"""The python-openstackclient hook, and the only place that builds clients."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from tripleo_cli.commands import base

if TYPE_CHECKING:
    from tripleo_cli.workflows.ports import Cloud

API_NAME = base.API_NAME
API_VERSION_OPTION = "os_tripleo_api_version"
API_VERSIONS = ("1",)
DEFAULT_API_VERSION = "1"


def make_client(instance: Any) -> Cloud:
    """Wire the live services; mypy checks each against its port."""
    # The shell imports this module for every `openstack` command: stay light.
    from tripleo_cli.clients.cloud import LiveCloud

    return LiveCloud(instance)


def build_option_parser(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add the version option that python-openstackclient expects."""
    parser.add_argument(
        "--os-tripleo-api-version", default=DEFAULT_API_VERSION, help=argparse.SUPPRESS
    )
    return parser
