"""See how an overcloud stands and why it failed; take nodes out, take it down."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tripleo_cli.commands import base

if TYPE_CHECKING:
    from tripleo_cli.domain.events import Reporter
    from tripleo_cli.workflows.run import Run
    from tripleo_cli.workflows.status import NodeStatus

DEFAULT_STACK = "overcloud"
STATUS_COLUMNS = (
    "Hostname",
    "Role",
    "Resource",
    "Server",
    "Node",
    "Provision State",
    "Power",
    "Addresses",
    "Configuration",
    "Since",
    "Server ID",
    "Node UUID",
)
STEP_COLUMNS = (
    "Hostname",
    "Role",
    "Step",
    "State",
    "Checks",
    "Changes",
    "Seconds",
    "Finished At",
)
SHORT = 10
"""How many of the columns of a status fit on a usual terminal."""


class StackCommand(base.Command):
    """A command on one stack."""

    def start(self, stack: str, report: Reporter) -> Run:
        """Wire what a run on a stack works with."""
        from tripleo_cli.plugin import make_times, make_workdir
        from tripleo_cli.workflows.run import Run

        return Run(
            cloud=self.cloud,
            workdir=make_workdir(stack),
            clock=self.clock,
            times=make_times(),
            report=report,
        )


class ShowStatus(StackCommand, base.Lister):
    """Show how an overcloud and its nodes stand"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        _add_stack(parser)
        parser.add_argument(
            "--watch",
            action="store_true",
            help="First follow what Heat is doing until it has done it",
        )
        parser.add_argument(
            "--long",
            action="store_true",
            help="Also show ids; other formats than a table always have them",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.events import Noted
        from tripleo_cli.workflows.status import report_status, watch_stack

        with watching() as report:
            run = self.start(parsed_args.stack, report)
            if parsed_args.watch:
                watch_stack(run, parsed_args.stack, minutes=24 * 60)
            found = report_status(run, parsed_args.stack)
            stack = found.stack
            since = stack.updated or stack.created
            report(Noted(f"stack {stack.name}: {stack.status}, since {since}"))
        width = None if parsed_args.long or self._is_data(parsed_args) else SHORT
        rows = [_status_row(node)[:width] for node in found.nodes]
        return STATUS_COLUMNS[:width], rows

    def _is_data(self, parsed_args: argparse.Namespace) -> bool:
        return bool(parsed_args.formatter != self.formatter_default)


class ListFailures(StackCommand, base.Lister):
    """Show why an overcloud failed: what failed, why, and what to do"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        _add_stack(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.workflows.failures import find_failures

        columns = ("Resource", "Type", "Cause", "Node", "Findings", "What To Do")
        return columns, [
            (
                failure.path,
                failure.type,
                failure.cause,
                failure.node,
                "\n".join(failure.findings),
                failure.remedy,
            )
            for failure in find_failures(self.cloud, parsed_args.stack)
        ]


class ListSteps(StackCommand, base.Lister):
    """Show how far each node of an overcloud is configured, step by step

    It shows what the deployments from this machine saw; the next one asks the nodes.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        _add_stack(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.plugin import make_workdir
        from tripleo_cli.workflows.ledger import require_ledger

        stack = parsed_args.stack
        ledger = require_ledger(make_workdir(stack), stack)
        return STEP_COLUMNS, [
            (
                row.hostname,
                row.role,
                row.step,
                row.state,
                row.checks,
                row.changed,
                round(row.seconds, 1),
                row.finished_at,
            )
            for row in ledger.rows
        ]


class Credentials(StackCommand, base.ShowOne):
    """Show how to sign in to an overcloud, and write its rc file and clouds.yaml entry

    What `openstack overcloud deploy` wrote when it was deployed, from the stack alone:
    for another machine, or when the files are lost.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "stack",
            metavar="<stack>",
            nargs="?",
            default=DEFAULT_STACK,
            help="Name of the stack (default: %(default)s)",
        )
        parser.add_argument(
            "--show-password", action="store_true", help="Show the password, too"
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.overcloud.credentials import shown
        from tripleo_cli.plugin import make_places
        from tripleo_cli.workflows.credentials import (
            check_credentials,
            save_credentials,
        )
        from tripleo_cli.workflows.overcloud_access import require_access

        stack = parsed_args.stack
        places = make_places(stack)
        check_credentials(places, stack)
        with watching() as report:
            access = require_access(self.cloud, stack)
            save_credentials(places, stack, access, report)
        found = shown(stack, access, is_open=parsed_args.show_password)
        return tuple(found), tuple(found.values())


class DeleteOvercloud(StackCommand):
    """Delete an overcloud and give its machines back"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "stack",
            metavar="<stack>",
            nargs="?",
            default=DEFAULT_STACK,
            help="Name of the stack (default: %(default)s)",
        )
        _add_yes(parser)
        add_timeout(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.plugin import make_places
        from tripleo_cli.workflows.credentials import drop_credentials
        from tripleo_cli.workflows.remove import delete_stack

        name = parsed_args.stack
        _confirm(parsed_args, f"stack {name} and everything on its nodes")
        with watching() as report:
            delete_stack(self.start(name, report), name, parsed_args.timeout)
        drop_credentials(make_places(name), name)


class RemoveNodes(StackCommand, base.Lister):
    """Take nodes out of an overcloud and give the machines back

    The other nodes keep their names and places.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "nodes",
            metavar="<node>",
            nargs="+",
            help="Hostname, server id, or name or UUID of the bare metal node",
        )
        _add_stack(parser)
        _add_yes(parser)
        add_timeout(parser)
        parser.add_argument(
            "--templates",
            metavar="<directory>",
            type=Path,
            help="Directory with heat/*.j2, where deploy was given one",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.plugin import make_overcloud_services
        from tripleo_cli.workflows.remove import Removal, remove_nodes

        names = ", ".join(parsed_args.nodes)
        _confirm(parsed_args, f"{names} and everything on them")
        removal = Removal(
            stack=parsed_args.stack,
            names=parsed_args.nodes,
            templates=chosen_templates(parsed_args),
            timeout_minutes=parsed_args.timeout,
            connect=make_overcloud_services,
        )
        with watching() as report:
            gone = remove_nodes(self.start(parsed_args.stack, report), removal)
        columns = ("Hostname", "Role", "Node", "Node UUID")
        return columns, [(n.hostname, n.role, n.node_name, n.node_id) for n in gone]


def _status_row(node: NodeStatus) -> tuple[Any, ...]:
    return (
        node.hostname,
        node.role,
        node.resource,
        node.server,
        node.node,
        node.provision,
        node.power,
        ", ".join(node.addresses),
        node.configuration,
        node.since,
        node.server_id,
        node.node_id,
    )


def _add_stack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stack",
        metavar="<name>",
        default=DEFAULT_STACK,
        help="Name of the stack (default: %(default)s)",
    )


def add_timeout(parser: argparse.ArgumentParser) -> None:
    """Add the option that limits how long Heat may take."""
    parser.add_argument(
        "-t",
        "--timeout",
        metavar="<minutes>",
        type=_minutes,
        default=240,
        help="How long Heat may take, in minutes (default: %(default)s)",
    )


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="Do not ask")


def _minutes(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def chosen_templates(parsed_args: argparse.Namespace) -> dict[str, str]:
    """Read the shipped templates, those of ``--templates``, and what is put in."""
    from tripleo_cli.inputs.templates import load_templates
    from tripleo_cli.plugin import make_agent
    from tripleo_cli.rendering.heat import AGENT
    from tripleo_cli.resources import shipped

    own = [parsed_args.templates] if parsed_args.templates else []
    return {**load_templates([shipped("templates"), *own]), AGENT: make_agent()}


def _confirm(parsed_args: argparse.Namespace, what: str) -> None:
    """Ask before something is lost.

    Raises:
        InvalidInputError: The operator said no, or there is nobody to ask.
    """
    import sys

    from tripleo_cli.errors import InvalidInputError, Problem

    if parsed_args.yes:
        return
    if sys.stdin is not None and sys.stdin.isatty():
        sys.stderr.write(f"This deletes {what}. Go on? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() in {"y", "yes"}:
            return
    problem = Problem("", f"this deletes {what}: nothing was done")
    raise InvalidInputError("confirmation", [problem], hint="add --yes")
