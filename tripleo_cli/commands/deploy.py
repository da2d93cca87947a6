"""Deploy an overcloud, see how it stands and why it failed, take it down again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tripleo_cli.commands import base
from tripleo_cli.commands.role import (
    add_count_options,
    add_role_options,
    chosen_counts,
    chosen_roles,
)

if TYPE_CHECKING:
    from tripleo_cli.domain.events import Reporter
    from tripleo_cli.domain.plan import Plan
    from tripleo_cli.domain.stack import StackFiles
    from tripleo_cli.workflows.deploy import Deployment
    from tripleo_cli.workflows.run import Run
    from tripleo_cli.workflows.status import NodeStatus

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
DEFAULT_STACK = "overcloud"
PLAN_COLUMNS = ("Role", "Hostname", "Node", "Node UUID", "Flavor", "Image")
STATUS_COLUMNS = (
    "Hostname",
    "Role",
    "Resource",
    "Server",
    "Node",
    "Provision State",
    "Power",
    "Addresses",
    "Since",
    "Server ID",
    "Node UUID",
)
SHORT = 9
"""How many of the columns of a status fit on a usual terminal."""


class _StackCommand(base.Command):
    """A command on one stack."""

    def _run(self, stack: str, report: Reporter) -> Run:
        from tripleo_cli.plugin import make_workdir
        from tripleo_cli.workflows.run import Run

        return Run(
            cloud=self.cloud,
            workdir=make_workdir(stack),
            clock=self.clock,
            report=report,
        )


class DeployOvercloud(_StackCommand, base.Lister):
    """Create an overcloud, or bring the one that there is to what is asked for

    Nodes that run stay where they are; other counts add nodes. Run again, it
    changes nothing where nothing is to do, and completes what failed or was
    interrupted.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "file",
            metavar="<file>",
            type=Path,
            nargs="?",
            help="Deployment file: stack and roles, or TripleO's list of roles",
        )
        parser.add_argument(
            "--stack",
            metavar="<name>",
            help=f"Name of the stack (default: the file's, else {DEFAULT_STACK})",
        )
        add_count_options(parser)
        add_role_options(parser)
        parser.add_argument(
            "-e",
            "--environment",
            metavar="<file>",
            type=Path,
            action="append",
            default=[],
            help="Heat environment file (repeat for several; the later wins)",
        )
        parser.add_argument(
            "--templates",
            metavar="<directory>",
            type=Path,
            help="Directory with heat/*.j2 that override the shipped templates",
        )
        _add_timeout(parser)
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Show the plan and write what would be sent to Heat; change nothing",
        )
        parser.add_argument(
            "--output-dir",
            metavar="<directory>",
            type=Path,
            help="Where to write the rendered templates (default: the stack's folder "
            "under ~/overcloud-deploy)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.workflows.deploy import deploy, plan_deployment

        deployment = _deployment(parsed_args)
        if parsed_args.dry_run:
            plan, files = plan_deployment(self.cloud, deployment)
            self._write(parsed_args.output_dir, plan.stack, files)
            return _plan_table(plan)
        with watching() as report:
            run = self._run(deployment.request.stack, report)
            plan, files = deploy(run, deployment)
        if parsed_args.output_dir:
            self._write(parsed_args.output_dir, plan.stack, files)
        return _plan_table(plan)

    def _write(self, folder: Path | None, stack: str, files: StackFiles) -> None:
        from tripleo_cli.plugin import make_folder, make_workdir
        from tripleo_cli.workflows.saved import DRY_RUN, save_tree

        if folder is None:
            save_tree(make_workdir(stack), files, DRY_RUN)
        else:
            save_tree(make_folder(folder), files)


class ShowStatus(_StackCommand, base.Lister):
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
            run = self._run(parsed_args.stack, report)
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


class ListFailures(_StackCommand, base.Lister):
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


class DeleteOvercloud(_StackCommand):
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
        _add_timeout(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.workflows.remove import delete_stack

        name = parsed_args.stack
        _confirm(parsed_args, f"stack {name} and everything on its nodes")
        with watching() as report:
            delete_stack(self._run(name, report), name, parsed_args.timeout)


class RemoveNodes(_StackCommand, base.Lister):
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
        _add_timeout(parser)
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
        from tripleo_cli.workflows.remove import Removal, remove_nodes

        names = ", ".join(parsed_args.nodes)
        _confirm(parsed_args, f"{names} and everything on them")
        removal = Removal(
            stack=parsed_args.stack,
            names=parsed_args.nodes,
            templates=_templates(parsed_args),
            timeout_minutes=parsed_args.timeout,
        )
        with watching() as report:
            gone = remove_nodes(self._run(parsed_args.stack, report), removal)
        columns = ("Hostname", "Role", "Node", "Node UUID")
        return columns, [(n.hostname, n.role, n.node_name, n.node_id) for n in gone]


def _deployment(parsed_args: argparse.Namespace) -> Deployment:
    from tripleo_cli.inputs.deployment import (
        DeploymentFile,
        load_deployment,
        make_request,
    )
    from tripleo_cli.inputs.environment import load_environments
    from tripleo_cli.workflows.deploy import Deployment

    roles = chosen_roles(parsed_args)
    document = (
        load_deployment(parsed_args.file, roles)
        if parsed_args.file
        else DeploymentFile(roles=roles)
    )
    flags = chosen_counts(parsed_args, roles)
    environment = load_environments(parsed_args.environment)
    request, roles = make_request(parsed_args.stack, flags, document, environment)
    return Deployment(
        request=request,
        roles=roles,
        templates=_templates(parsed_args),
        timeout_minutes=parsed_args.timeout,
    )


def _templates(parsed_args: argparse.Namespace) -> dict[str, str]:
    from tripleo_cli.inputs.templates import load_templates
    from tripleo_cli.resources import shipped

    own = [parsed_args.templates] if parsed_args.templates else []
    return load_templates([shipped("templates"), *own])


def _plan_table(plan: Plan) -> Table:
    return PLAN_COLUMNS, [
        (
            node.role,
            node.hostname,
            node.node_name,
            node.node_id,
            node.flavor,
            node.image,
        )
        for node in plan.nodes
    ]


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


def _add_timeout(parser: argparse.ArgumentParser) -> None:
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
