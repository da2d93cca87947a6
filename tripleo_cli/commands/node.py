"""Bare metal nodes: register, list, inspect, make available, delete."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tripleo_cli.commands import base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tripleo_cli.domain.events import Reporter
    from tripleo_cli.domain.node import Node
    from tripleo_cli.domain.transition import Goal
    from tripleo_cli.workflows.travel import NodeOutcome, Travel

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]


class NodesCommand(base.Lister):
    """A command that does something to nodes, and ends with a row for each."""

    _outcomes: Sequence[NodeOutcome] = ()
    _doing = ""

    def produce_output(
        self, parsed_args: argparse.Namespace, column_names: Any, data: Any
    ) -> int:
        """Print the table; a failed node fails the command after that."""
        from tripleo_cli.workflows.travel import raise_failures

        code: int = super().produce_output(parsed_args, column_names, data)
        raise_failures(self._outcomes, self._doing)
        return code

    def table(self, outcomes: Sequence[NodeOutcome], doing: str) -> Table:
        """Make the rows, and remember what failed."""
        self._outcomes, self._doing = outcomes, doing
        columns = ("Name", "UUID", "Result", "Provision State", "Seconds", "Error")
        return columns, [
            (
                outcome.name,
                outcome.id or "",
                outcome.result,
                outcome.state.value if outcome.state else "",
                round(outcome.seconds, 1),
                outcome.error,
            )
            for outcome in outcomes
        ]

    def travel(self, parsed_args: argparse.Namespace, report: Reporter) -> Travel:
        """Build what a journey of nodes needs, within the limits of the options."""
        from tripleo_cli.workflows.travel import Limits, Travel

        limits = Limits(
            concurrency=parsed_args.concurrency, node_timeout=parsed_args.node_timeout
        )
        return Travel(self.cloud.baremetal, self.clock, limits, report)


class ImportNodes(NodesCommand):
    """Register the machines of a nodes file, or update them

    A machine that Ironic knows already is found again by its uuid, a MAC address,
    its BMC or its name. What the file does not mention stays as it is. Nodes end
    manageable, or available with --provide.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "file",
            metavar="<file>",
            type=Path,
            help="Nodes in JSON, YAML or CSV (instackenv.json)",
        )
        parser.add_argument(
            "--validate-only",
            action="store_true",
            help="Check the file only; reaches no cloud and changes nothing",
        )
        parser.add_argument(
            "--print-schema",
            action=_PrintSchema,
            nargs=0,
            help="Print the JSON Schema of the file, and end",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Show what would be created and changed, and change nothing",
        )
        parser.add_argument(
            "--introspect",
            action="store_true",
            help="Inspect nodes that are new or never were inspected",
        )
        parser.add_argument(
            "--provide", action="store_true", help="Make nodes available afterwards"
        )
        parser.add_argument(
            "--boot-mode",
            choices=("uefi", "bios"),
            help="Boot mode of nodes for which the file gives none",
        )
        add_limits(parser, retries=True)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.commands.node_rows import checked
        from tripleo_cli.inputs.nodes import load_nodes
        from tripleo_cli.plugin import make_nodes_folder
        from tripleo_cli.workflows.node_import import (
            ImportRequest,
            import_nodes,
            preview_import,
            sealer_from,
        )

        definitions = load_nodes(parsed_args.file)
        if parsed_args.validate_only:
            return checked(definitions)
        self.require_cloud()
        request = ImportRequest(
            definitions=definitions,
            introspect=parsed_args.introspect,
            provide=parsed_args.provide,
            boot_mode=parsed_args.boot_mode,
            max_retries=parsed_args.max_retries,
        )
        sealer = sealer_from(make_nodes_folder())
        run = preview_import if parsed_args.dry_run else import_nodes
        with watching() as report:
            travel = self.travel(parsed_args, report)
            return self.table(run(travel, request, sealer), "import")


class DiscoverNodes(NodesCommand):
    """Find machines on the network by their BMCs, and register them

    Redfish and IPMI are spoken. Whoever answers is signed in to with each of the
    credentials until one fits; what is known already is found again as by an import.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        from tripleo_cli.commands.node_discovery import add_search

        parser = super().get_parser(prog_name)
        add_search(parser)
        parser.add_argument(
            "--introspect", action="store_true", help="Inspect nodes that are new"
        )
        parser.add_argument(
            "--provide", action="store_true", help="Make nodes available afterwards"
        )
        add_limits(parser, retries=True)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.commands.node_discovery import enrol, find, read_search, save

        search = read_search(parsed_args)
        output = parsed_args.output and base.file_to_write(
            parsed_args.output, "overcloud node discover"
        )
        if not output:
            self.require_cloud()
        with watching() as report:
            discovery = find(search, parsed_args, report)
            if output:
                outcomes = save(discovery, output)
            else:
                travel = self.travel(parsed_args, report)
                outcomes = enrol(discovery, travel, parsed_args)
        return self.table([*outcomes, *discovery.refused], "discover")


class ListNodes(base.Lister):
    """List bare metal nodes with what a deployment needs to know of them"""

    def take_action(self, parsed_args: argparse.Namespace) -> Any:  # noqa: ARG002 - cliff's signature
        """Run the command."""
        from tripleo_cli.commands.node_rows import row_of

        columns = (
            "Name",
            "UUID",
            "Provision State",
            "Power",
            "Profile",
            "Resource Class",
            "CPUs",
            "Memory MiB",
            "Disk GiB",
            "Maintenance",
            "Instance",
            "Last Error",
            "Discovered",
            "Excluded",
        )
        nodes = sorted(self.cloud.baremetal.nodes(), key=lambda node: node.name)
        return columns, [row_of(node) for node in nodes]


class MoveNodes(NodesCommand):
    """A command that brings nodes to another state."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        which = parser.add_mutually_exclusive_group(required=True)
        # argparse gives None for an omitted list only where the default is falsy.
        which.add_argument(
            "nodes", metavar="<node>", nargs="*", default=[], help="Names or uuids"
        )
        which.add_argument(
            "--all-manageable",
            action="store_true",
            help="All nodes in state manageable that are not under maintenance",
        )
        return parser

    def chosen(self, parsed_args: argparse.Namespace) -> Sequence[Node]:
        """Find the nodes that the operator means."""
        from tripleo_cli.workflows.nodes import manageable, select

        everything = self.cloud.baremetal.nodes()
        if parsed_args.all_manageable:
            return manageable(everything)
        return select(everything, parsed_args.nodes)

    def _move(
        self,
        parsed_args: argparse.Namespace,
        task: str,
        goal: Goal,
    ) -> Table:
        from tripleo_cli.commands.console import watching

        nodes = self.chosen(parsed_args)
        with watching() as report:
            travel = self.travel(parsed_args, report)
            return self.table(travel.go(task, [(n, goal) for n in nodes]), task)


class ProvideNodes(MoveNodes):
    """Make nodes available for deployment, powered off"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        add_limits(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.domain.transition import Goal

        return self._move(parsed_args, "provide", Goal(provide=True))


class DeleteNodes(NodesCommand):
    """Remove nodes from Ironic

    A node that is in use is refused, and then none is removed;
    "overcloud node remove" takes it out of its stack.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument("nodes", metavar="<node>", nargs="+", help="Names or uuids")
        add_concurrency(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.workflows.nodes import delete

        with watching() as report:
            outcomes = delete(
                self.cloud.baremetal,
                parsed_args.nodes,
                report,
                concurrency=parsed_args.concurrency,
            )
        return self.table(outcomes, "delete")


class _PrintSchema(argparse.Action):
    """Print the schema of a nodes file and end, as --help does."""

    def __call__(self, parser: argparse.ArgumentParser, *_others: Any) -> None:
        from tripleo_cli.inputs.node_schema import schema_text

        sys.stdout.write(schema_text())
        parser.exit()


def add_concurrency(parser: argparse.ArgumentParser) -> None:
    """Add how many nodes are under way at a time."""
    parser.add_argument(
        "--concurrency",
        metavar="<number>",
        type=positive,
        default=20,
        help="How many nodes at a time (default: %(default)s)",
    )


def add_limits(parser: argparse.ArgumentParser, *, retries: bool = False) -> None:
    """Add concurrency, time out and, if wanted, how often to try again."""
    add_concurrency(parser)
    parser.add_argument(
        "--node-timeout",
        metavar="<seconds>",
        type=positive,
        default=1200,
        help="How long to wait for one node, per try (default: %(default)s)",
    )
    if retries:
        parser.add_argument(
            "--max-retries",
            metavar="<number>",
            type=_retries,
            default=1,
            help="How often to try a failed inspection again (default: %(default)s)",
        )


def positive(text: str) -> int:
    """Read a number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def _retries(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 100:  # noqa: PLR2004 - nobody means more
        raise argparse.ArgumentTypeError(f"must be 0 to 100, not {number}")
    return number
