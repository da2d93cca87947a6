"""The options of deploying that say how nodes are configured, and what comes of them.

Imported when a command needs it, not at every start of the shell; for ``--help``, too,
so what options mean is imported when they are read.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tripleo_cli.domain.overcloud.service import STEPS
from tripleo_cli.domain.overcloud.ssh import SSH_SECONDS, USER, SshAccess

if TYPE_CHECKING:
    from collections.abc import Callable

    from tripleo_cli.domain.overcloud.service import Service
    from tripleo_cli.workflows.after_stack import NodeWish
    from tripleo_cli.workflows.ports import Cloud

KEY = Path("~/.ssh/tripleo-overcloud")


def add_services_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that says where service files are."""
    parser.add_argument(
        "--services-path",
        metavar="<directory>",
        type=Path,
        action="append",
        default=[],
        help="Directory with service files (*.yaml); one there overrides the shipped "
        "one of its name (repeat for several; the later wins)",
    )


def add_configure_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what of configuring nodes is done, and how."""
    _add_choice_options(parser)
    parser.add_argument(
        "--overcloud-ssh-user",
        metavar="<name>",
        default=USER,
        help="Who logs in to nodes; may use sudo without a password (default: "
        "%(default)s)",
    )
    parser.add_argument(
        "--overcloud-ssh-key",
        metavar="<file>",
        type=Path,
        default=KEY,
        help="Private key that lets us in, made where there is none (default: "
        "%(default)s)",
    )
    parser.add_argument(
        "--overcloud-ssh-timeout",
        metavar="<seconds>",
        type=_seconds,
        default=SSH_SECONDS,
        help="How long nodes may take until they let us in (default: %(default)g)",
    )


def _add_choice_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stack-only",
        action="store_true",
        help="Make the stack, and leave its nodes as they are",
    )
    parser.add_argument(
        "--step",
        metavar="<number>",
        type=int,
        choices=STEPS,
        default=0,
        help="Configure nodes by this step only, 1 to 5",
    )
    parser.add_argument(
        "--limit",
        metavar="<node>",
        action="append",
        default=[],
        help="Configure only the node of this hostname (repeat for several, or put "
        "commas between them)",
    )
    parser.add_argument(
        "--skip-checks",
        metavar="<name>",
        action="append",
        default=[],
        help="Leave out a check that is made after a step (repeat for several, or put "
        "commas between them)",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="Apply steps to nodes that have done them, too",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="Show what steps would change on each node; the stack stays as it is, and "
        "nothing is applied",
    )
    parser.add_argument(
        "--max-fail-percentage",
        metavar="<percent>",
        type=_percent,
        default=100,
        help="How many of the nodes of roles tagged compute may fail without stopping "
        "the others (default: %(default)s); other nodes always stop all",
    )


def chosen_services(parsed_args: argparse.Namespace) -> dict[str, Service]:
    """Read the shipped service files, and those of ``--services-path``."""
    from tripleo_cli.inputs.services import FOLDER, load_services
    from tripleo_cli.resources import shipped

    own = parsed_args.services_path
    return load_services([shipped("templates") / FOLDER, *own])


def chosen_wish(
    parsed_args: argparse.Namespace, stack: str, cloud: Callable[[], Cloud]
) -> NodeWish:
    """Say how the nodes of a stack are to be configured."""
    from tripleo_cli.domain.overcloud.steps import Choice
    from tripleo_cli.plugin import make_key_files, make_overcloud_tools, make_places
    from tripleo_cli.workflows.after_stack import NodeWish

    key = parsed_args.overcloud_ssh_key.expanduser().absolute()
    return NodeWish(
        keys=make_key_files(),
        ssh=SshAccess(key=str(key), user=parsed_args.overcloud_ssh_user),
        tools=lambda ssh: make_overcloud_tools(stack, ssh, cloud()),
        choice=Choice(
            step=parsed_args.step,
            limit=_names(parsed_args.limit),
            skipped_checks=_names(parsed_args.skip_checks),
            force=parsed_args.force,
            is_check=parsed_args.check,
            tolerance=parsed_args.max_fail_percentage,
        ),
        ssh_seconds=parsed_args.overcloud_ssh_timeout,
        is_stack_only=parsed_args.stack_only,
        places=make_places(stack),
    )


def _names(given: list[str]) -> frozenset[str]:
    """Take names apart that commas join."""
    named = (name.strip() for text in given for name in text.split(","))
    return frozenset(name for name in named if name)


def _seconds(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"must be more than 0, not {text}")
    return number


def _percent(text: str) -> int:
    number = int(text)
    if number not in range(101):
        raise argparse.ArgumentTypeError(f"must be 0 to 100, not {text}")
    return number
