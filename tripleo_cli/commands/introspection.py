"""Inspect machines, look at what was found, and rules that tag them by it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tripleo_cli.commands import base
from tripleo_cli.commands.node import MoveNodes, add_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tripleo_cli.domain.facts import HardwareFacts
    from tripleo_cli.domain.inspection_rule import Clause, InspectionRule
    from tripleo_cli.domain.introspection import Benchmark
    from tripleo_cli.domain.node import Node
    from tripleo_cli.workflows.rules import RuleOutcome

BENCHMARKS = ("cpu", "memory", "disk")
RULE_COLUMNS = ("Description", "UUID", "Priority", "Conditions", "Actions")


class IntrospectNodes(MoveNodes):
    """Inspect the hardware of nodes

    Nodes that are available are made manageable first, and stay so without
    --provide. With --benchmark the machines are measured, too, which takes
    minutes; "overcloud introspection show" and "overcloud hardware report" show
    the results.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--provide", action="store_true", help="Make nodes available afterwards"
        )
        parser.add_argument(
            "--method",
            choices=("agent", "redfish"),
            help="Boot a ramdisk that looks around (agent), or ask the BMC (redfish); "
            "for this time only (default: as each node is set)",
        )
        parser.add_argument(
            "--benchmark",
            metavar="<kind>[,<kind>...]",
            dest="benchmarks",
            type=_benchmarks,
            default=(),
            help=f"Let the ramdisk measure as well: {', '.join(BENCHMARKS)}",
        )
        add_limits(parser, retries=True)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.introspection import Method
        from tripleo_cli.workflows.introspection import (
            IntrospectionRequest,
            introspect,
            note_missing_benchmarks,
        )

        request = IntrospectionRequest(
            method=Method(parsed_args.method) if parsed_args.method else None,
            benchmarks=_as_benchmarks(parsed_args.benchmarks),
            provide=parsed_args.provide,
            max_retries=parsed_args.max_retries,
        )
        nodes = self.chosen(parsed_args)
        with watching() as report:
            travel = self.travel(parsed_args, report)
            outcomes = introspect(travel, self.cloud.inspection, nodes, request)
            if request.benchmarks:
                note_missing_benchmarks(travel, self.cloud.inspection, outcomes)
        return self.table(outcomes, request.task)


class _OfNode(base.Command):
    """A command about what inspection found of one node."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument("node", metavar="<node>", help="Name or uuid")
        return parser

    def _node(self, parsed_args: argparse.Namespace) -> Node:
        from tripleo_cli.workflows.nodes import select

        [node] = select(self.cloud.baremetal.nodes(), [parsed_args.node])
        return node

    def _facts(self, node: Node) -> HardwareFacts:
        from tripleo_cli.workflows.introspection import facts_of

        return facts_of(self.cloud.inspection, node)


class SaveData(_OfNode):
    """Save what inspection found of a node, as Ironic keeps it

    It is JSON with "inventory", which the ramdisk or the BMC gave, and
    "plugin_data", which Ironic made of the rest.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--file",
            metavar="<file>",
            type=Path,
            help="Where to write (default: standard output)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Run the command."""
        import json

        from tripleo_cli.workflows.introspection import data_of

        node = self._node(parsed_args)
        inventory, plugin_data = data_of(self.cloud.inspection, node)
        found = {"inventory": inventory, "plugin_data": plugin_data}
        text = json.dumps(found, indent=2, sort_keys=True) + "\n"
        if parsed_args.file is None:
            self.app.stdout.write(text)
        else:
            _write(parsed_args.file, text)


class ShowIntrospection(_OfNode, base.ShowOne):
    """Show what inspection found of a node: its parts, cables and speed"""

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.rendering.hardware_facts import as_data, as_text

        node = self._node(parsed_args)
        facts = self._facts(node)
        shown = as_data(facts) if _is_for_programs(parsed_args) else as_text(facts)
        about = {
            "name": node.name,
            "uuid": node.id,
            "inspected_at": node.inspected_at,
        }
        rows = about | shown
        return tuple(rows), tuple(rows.values())


class ListInterfaces(_OfNode, base.Lister):
    """List a node's network cards and where their cables end"""

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.rendering.hardware_facts import (
            INTERFACE_COLUMNS,
            interface_row,
        )

        facts = self._facts(self._node(parsed_args))
        return INTERFACE_COLUMNS, [interface_row(nic) for nic in facts.nics]


class ShowInterface(_OfNode, base.ShowOne):
    """Show a network card of a node, and what its switch told of itself"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "interface", metavar="<interface>", help="Name or MAC address"
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.rendering.hardware_facts import interface_data
        from tripleo_cli.workflows.introspection import select_nic

        node = self._node(parsed_args)
        nic = select_nic(node, self._facts(node), parsed_args.interface)
        data = interface_data(nic)
        if not _is_for_programs(parsed_args):
            data["switch_vlans"] = ", ".join(map(str, data["switch_vlans"]))
        return tuple(data), tuple(data.values())


class _RulesCommand(base.Lister):
    """A command that changes rules, and ends with a row for each."""

    _outcomes: Sequence[RuleOutcome] = ()
    _doing = ""

    def produce_output(
        self, parsed_args: argparse.Namespace, column_names: Any, data: Any
    ) -> int:
        """Print the table; a failed rule fails the command after that."""
        from tripleo_cli.workflows.rules import raise_rule_failures

        code: int = super().produce_output(parsed_args, column_names, data)
        raise_rule_failures(self._outcomes, self._doing)
        return code

    def _table(self, outcomes: Sequence[RuleOutcome], doing: str) -> Any:
        self._outcomes, self._doing = outcomes, doing
        return ("Description", "UUID", "Result", "Error"), [
            (o.rule.description, o.rule.uuid, o.result, o.error) for o in outcomes
        ]


class ImportRules(_RulesCommand):
    """Make Ironic's inspection rules those of a file

    Rules are applied to each machine when its inspection ends, and can tag it with
    traits and capabilities by what was found. A rule that Ironic has by its uuid or
    description is changed; others stay. Files for ironic-inspector are converted.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "file", metavar="<file>", type=Path, help="Rules in YAML or JSON"
        )
        parser.add_argument(
            "--validate-only",
            action="store_true",
            help="Check the file only; reaches no cloud and changes nothing",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.events import Noted
        from tripleo_cli.inputs.rules import load_rules
        from tripleo_cli.workflows.rules import import_rules

        file = load_rules(parsed_args.file)
        if not parsed_args.validate_only:
            self.require_cloud()
        with watching() as report:
            for note in file.notes:
                report(Noted(note))
            if parsed_args.validate_only:
                return RULE_COLUMNS, [_rule_row(rule) for rule in file.rules]
            outcomes = import_rules(self.cloud.inspection, file.rules, report)
        return self._table(outcomes, "import")


class ListRules(base.Lister):
    """List Ironic's inspection rules, those applied first first

    Rules built into Ironic's configuration are not shown.
    """

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        rules = sorted(self.cloud.inspection.rules(), key=lambda rule: -rule.priority)
        row = _rule_data if _is_for_programs(parsed_args) else _rule_row
        return RULE_COLUMNS, [row(rule) for rule in rules]


class DeleteRules(_RulesCommand):
    """Delete inspection rules from Ironic"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "rules",
            metavar="<rule>",
            nargs="*",
            default=[],
            help="Descriptions or uuids",
        )
        which.add_argument("--all", action="store_true", help="All that were added")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.workflows.rules import delete_rules, select_rules

        inspection = self.cloud.inspection
        rules = inspection.rules()
        if not parsed_args.all:
            rules = select_rules(rules, parsed_args.rules)
        with watching() as report:
            return self._table(delete_rules(inspection, rules, report), "delete")


def _rule_row(rule: InspectionRule) -> tuple[Any, ...]:
    clauses = (rule.conditions, rule.actions)
    texts = ("hidden" if part is None else _clauses(part) for part in clauses)
    return (rule.description, rule.uuid, rule.priority, *texts)


def _rule_data(rule: InspectionRule) -> tuple[Any, ...]:
    return (
        rule.description,
        rule.uuid,
        rule.priority,
        rule.conditions,
        rule.actions,
    )


def _clauses(clauses: Sequence[Clause]) -> str:
    lines = []
    for clause in clauses:
        words = (f"{name}={value}" for name, value in clause["args"].items())
        lines.append(" ".join([str(clause["op"]), *words]))
    return "\n".join(lines)


def _benchmarks(text: str) -> tuple[str, ...]:
    """Read kinds; "all" and Ironic's word "mem" are understood as well."""
    words = [word.strip().lower() for word in text.split(",")]
    if words == ["all"]:
        return BENCHMARKS
    kinds = ["memory" if word == "mem" else word for word in words]
    if unknown := sorted(set(kinds) - set(BENCHMARKS)):
        known = ", ".join(BENCHMARKS)
        raise argparse.ArgumentTypeError(
            f"there is no benchmark {', '.join(map(repr, unknown))}; known are {known}"
        )
    return tuple(kinds)


def _as_benchmarks(kinds: tuple[str, ...]) -> frozenset[Benchmark]:
    from tripleo_cli.domain.introspection import Benchmark

    return frozenset(Benchmark[kind.upper()] for kind in kinds)


def _is_for_programs(parsed_args: argparse.Namespace) -> bool:
    return parsed_args.formatter in ("json", "yaml")


def _write(path: Path, text: str) -> None:
    from tripleo_cli.errors import HostError

    try:
        path.write_text(text)
    except OSError as error:
        raise HostError(f"cannot write {path}: {error.strerror}") from error
