"""The parts of ``overcloud node discover``; loaded when it runs."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tripleo_cli.domain.discovery import Kind, hosts, places
from tripleo_cli.inputs.node_credentials import VARIABLE, credentials_from
from tripleo_cli.inputs.nodes import parse_nodes
from tripleo_cli.plugin import make_controllers, make_folder, make_nodes_folder
from tripleo_cli.workflows.discover import Discovery, Search, discover, listed
from tripleo_cli.workflows.node_import import ImportRequest, import_nodes, sealer_from

if TYPE_CHECKING:
    from tripleo_cli.domain.events import Reporter
    from tripleo_cli.workflows.travel import NodeOutcome, Travel

LAST_PORT = 65535


def add_search(parser: argparse.ArgumentParser) -> None:
    """Add where to look, and as whom."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--ip",
        dest="hosts",
        metavar="<address>",
        type=_hosts,
        action="append",
        help="Address of a BMC (repeat for more)",
    )
    where.add_argument(
        "--range",
        dest="hosts",
        metavar="<range>",
        type=_hosts,
        action="append",
        help="Addresses to look at: 10.0.0.0/24 or 10.0.0.8-10.0.0.20 (repeat for "
        "more)",
    )
    parser.add_argument(
        "--port",
        metavar="<port>",
        type=_port,
        action="append",
        help="Port to look at (repeat for more; default: 443 for Redfish, 623 for "
        "IPMI)",
    )
    parser.add_argument(
        "--kind",
        choices=[kind.value for kind in Kind],
        help="Speak only this (default: both)",
    )
    parser.add_argument(
        "--credentials",
        metavar="<file>",
        help=f"Lines user:password, mode 0600 (default: the variable {VARIABLE})",
    )
    parser.add_argument(
        "--no-verify-ca",
        action="store_true",
        help="Take any certificate of a BMC for good, here and in Ironic",
    )
    parser.add_argument(
        "--output",
        metavar="<file>",
        type=Path,
        help="Write a nodes file, readable by its owner only, and register nothing",
    )


def read_search(parsed_args: argparse.Namespace) -> Search:
    """Read where to look, and as whom.

    Raises:
        InvalidInputError: There are no credentials, or others can read them.
    """
    given = [host for found in parsed_args.hosts for host in found]
    kinds = [kind for kind in Kind if parsed_args.kind in (None, kind.value)]
    return Search(
        places=places(given, parsed_args.port or (), kinds),
        credentials=credentials_from(parsed_args.credentials, os.environ),
    )


def find(
    search: Search, parsed_args: argparse.Namespace, report: Reporter
) -> Discovery:
    """Look for BMCs and sign in."""
    controllers = make_controllers(verify=not parsed_args.no_verify_ca)
    return discover(controllers, search, report)


def save(discovery: Discovery, path: Path) -> Sequence[NodeOutcome]:
    """Write a nodes file; it holds passwords."""
    text = json.dumps({"nodes": _entries(discovery)}, indent=2) + "\n"
    make_folder(path.parent).write(path.name, text)
    return listed(discovery.found)


def enrol(
    discovery: Discovery, travel: Travel, parsed_args: argparse.Namespace
) -> Sequence[NodeOutcome]:
    """Register what was found as an import of a nodes file does."""
    text = json.dumps(_entries(discovery))
    request = ImportRequest(
        definitions=parse_nodes(text, source="what was found.json"),
        introspect=parsed_args.introspect,
        provide=parsed_args.provide,
        max_retries=parsed_args.max_retries,
    )
    return import_nodes(travel, request, sealer_from(make_nodes_folder()))


def _entries(discovery: Discovery) -> list[dict[str, object]]:
    return [entry for found in discovery.found for entry in found.entries()]


def _hosts(text: str) -> list[str]:
    try:
        return hosts(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"must be 1 to {LAST_PORT}, not {number}")
    return number
