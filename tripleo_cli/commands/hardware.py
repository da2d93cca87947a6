"""Hardware: what machines are, and which of them are fit for what."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tripleo_cli.commands import base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tripleo_cli.domain.node import Node
    from tripleo_cli.domain.outliers.findings import Finding
    from tripleo_cli.domain.outliers.survey import Survey
    from tripleo_cli.domain.outliers.tolerance import Tolerances
    from tripleo_cli.domain.specs.assign import Match
    from tripleo_cli.domain.specs.explain import Refusal
    from tripleo_cli.inputs.together import Together

VERDICTS = ("slow", "fast", "differs")


class HardwareMatch(base.Lister):
    """Match machines to the state and specs files of ahc-match

    Reads files only, no cloud is needed. Machines take the profiles of the state in
    their order. A machine that matches none is shown with the first line of each
    profile's specs that it fails.
    """

    _matches: Sequence[Match] = ()

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--specs",
            metavar="<directory>",
            required=True,
            type=Path,
            help="Where state, <profile>.specs and <profile>.cmdb are",
        )
        parser.add_argument(
            "--facts",
            metavar="<file>",
            required=True,
            type=Path,
            help="JSON: the collector's facts of one machine (a list), of several (a "
            "mapping from names), or what overcloud node export wrote",
        )
        parser.add_argument(
            "--strict",
            action="store_true",
            help="Fail, after the table, unless every machine matches a profile",
        )
        parser.add_argument(
            "--write-state",
            action="store_true",
            help="Write the counts that are left to state, and to each CMDB who has "
            "which entry (without it, the files stay as they are)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.events import Noted
        from tripleo_cli.inputs.collector_facts import load_hosts
        from tripleo_cli.inputs.specs import load_catalog
        from tripleo_cli.inputs.together import Together
        from tripleo_cli.plugin import make_folder
        from tripleo_cli.workflows.specs import match_and_save, match_specs, summary

        folder = parsed_args.specs
        together = Together()
        with together:
            hosts = load_hosts(parsed_args.facts)
        with together:
            catalog = load_catalog(folder)
        together.check("overcloud hardware match")
        with watching() as report:
            if parsed_args.write_state:
                files = make_folder(folder)
                self._matches = match_and_save(folder, files, hosts, report)
            else:
                self._matches = match_specs(catalog, hosts)
            report(Noted(summary(self._matches)))
        return _match_table(self._matches)

    def produce_output(
        self, parsed_args: argparse.Namespace, column_names: Any, data: Any
    ) -> int:
        """Fail after the table was shown, not instead of showing it."""
        from tripleo_cli.workflows.specs import require_all

        super().produce_output(parsed_args, column_names, data)
        if parsed_args.strict:
            require_all(self._matches)
        return 0


def _match_table(
    matches: Sequence[Match],
) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    from tripleo_cli.commands.columns import Lines

    columns = ("Node", "Profile", "Variables", "Rejected")
    rows = [
        (
            match.host,
            match.profile,
            Lines(
                dict(match.variables),
                [f"{name}={value}" for name, value in match.variables.items()],
            ),
            Lines(
                {one.profile: _refusal(one) for one in match.refusals},
                [str(one) for one in match.refusals],
            ),
        )
        for match in matches
    ]
    return columns, rows


def _refusal(refusal: Refusal) -> dict[str, Any]:
    line = refusal.line
    return {
        "line": line.number if line else None,
        "spec": [one.text for one in line.fields] if line else None,
        "reason": refusal.reason,
    }


class _OfFleet(base.Command):
    """A command about all machines: of a file, or of the undercloud."""

    called: ClassVar[str]

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser: argparse.ArgumentParser = super().get_parser(prog_name)
        parser.add_argument(
            "--from",
            metavar="<file>",
            type=Path,
            dest="source",
            help='Work from a file that "overcloud node export" wrote, without a cloud',
        )
        parser.add_argument(
            "--tolerance",
            metavar="<metric>=<percent>",
            action="append",
            default=[],
            help="How far from the median of like machines is still good, for a kind "
            "(cpu, memory, disk-sequential, disk-random, network, cpu-efficiency, "
            "memory-efficiency) or for metrics like disk.*.standalone_* (repeat for "
            "several)",
        )
        return parser

    def machines(
        self, parsed_args: argparse.Namespace, together: Together
    ) -> tuple[Sequence[Node], Tolerances]:
        """Read the machines, after all that was given is checked."""
        from tripleo_cli.inputs.export import load_export
        from tripleo_cli.inputs.tolerances import parse_tolerances
        from tripleo_cli.workflows.hardware import inspected_nodes

        exported: Sequence[Node] | None = None
        with together:
            tolerances = parse_tolerances(parsed_args.tolerance)
        with together:
            if parsed_args.source:
                exported = load_export(parsed_args.source)
        together.check(self.called)
        nodes = inspected_nodes(self.cloud) if exported is None else exported
        return nodes, tolerances


class HardwareOutliers(_OfFleet, base.Lister):
    """List the nodes that are not what others of their kind are

    Results of benchmarks are compared with the median of like machines: a node is
    slow, or, which is odd but not bad, fast. Parts, firmware, links and cables are
    compared with what most of them have. With --exclude, matching leaves nodes out.
    """

    called = "overcloud hardware outliers"
    _failure = ""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--exclude",
            metavar="<node>",
            nargs="*",
            help="Leave these nodes out of matching, or all slow ones if none is "
            "named; the reason is kept on the node",
        )
        parser.add_argument(
            "--include",
            metavar="<node>",
            nargs="+",
            default=[],
            help="Take nodes back that were excluded",
        )
        parser.add_argument(
            "--verdict",
            choices=VERDICTS,
            action="append",
            help="Only list nodes with this verdict (repeat for several)",
        )
        parser.add_argument(
            "--all-metrics",
            action="store_true",
            help="List every odd result, not only the worst of each kind",
        )
        parser.add_argument(
            "--strict",
            action="store_true",
            help="Fail if a listed node is slow or differs, and is not excluded",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.commands.findings import complaint, table
        from tripleo_cli.domain.events import Noted
        from tripleo_cli.domain.outliers.survey import survey
        from tripleo_cli.inputs.together import Together
        from tripleo_cli.workflows.hardware import summary

        together = Together()
        with together:
            _check(parsed_args)
        nodes, tolerances = self.machines(parsed_args, together)
        found = survey(nodes, tolerances)
        if parsed_args.exclude is not None or parsed_args.include:
            self._change(parsed_args, found, nodes)
            nodes = tuple(self.cloud.baremetal.nodes())
        with watching() as report:
            report(Noted(summary(found)))
        shown = _shown(parsed_args, found)
        if parsed_args.strict:
            self._failure = complaint(shown, nodes)
        return table(shown, nodes, for_people=parsed_args.formatter == "table")

    def produce_output(
        self, parsed_args: argparse.Namespace, column_names: Any, data: Any
    ) -> int:
        """Fail after the table was shown, not instead of showing it."""
        from tripleo_cli.errors import PartialFailureError

        super().produce_output(parsed_args, column_names, data)
        if self._failure:
            hint = "openstack overcloud hardware outliers --exclude"
            raise PartialFailureError(self._failure, hint=hint)
        return 0

    def _change(
        self, parsed_args: argparse.Namespace, found: Survey, nodes: Sequence[Node]
    ) -> None:
        from tripleo_cli.commands.console import watching
        from tripleo_cli.workflows.hardware import (
            exclude_nodes,
            include_nodes,
            reasons_to_exclude,
            require_minority,
        )
        from tripleo_cli.workflows.nodes import select

        # All names are checked before anything is changed.
        back = select(nodes, parsed_args.include)
        out = [
            pair
            for pair in reasons_to_exclude(found, nodes, parsed_args.exclude or ())
            if parsed_args.exclude is not None and pair[0] not in back
        ]
        if not parsed_args.exclude:
            require_minority(found, [node for node, _ in out])
        with watching() as report:
            if out:
                exclude_nodes(self.cloud.baremetal, out, report)
            if back:
                include_nodes(self.cloud.baremetal, back, report)


class HardwareReport(_OfFleet, base.ShowOne):
    """Show what machines there are, and what is odd in them

    With --output, also as one page for a browser, which needs no network: groups of
    like machines, every node's benchmarks among them, firmware and cabling. With
    -f json, everything that the page shows.
    """

    called = "overcloud hardware report"

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--output",
            metavar="<file>",
            type=Path,
            help="Write the page to this file, which only its owner can read",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.findings import record, write_page
        from tripleo_cli.domain.outliers.survey import survey
        from tripleo_cli.inputs.together import Together

        together = Together()
        output = None
        with together:
            if parsed_args.output:
                output = base.file_to_write(parsed_args.output, self.called)
        found = survey(*self.machines(parsed_args, together))
        if output:
            write_page(found, str(parsed_args.source or "this undercloud"), output)
        return record(found, str(output or ""))


def _check(parsed_args: argparse.Namespace) -> None:
    """Refuse, before any work, what cannot be meant."""
    from tripleo_cli.errors import InvalidInputError, Problem

    exclude, include = parsed_args.exclude, parsed_args.include
    problems = []
    if parsed_args.source and (exclude is not None or include):
        what = "cannot go with --exclude or --include: a file is only read"
        problems.append(Problem("--from", what, "leave one of them out"))
    problems.extend(
        Problem(name, "is to be excluded and included")
        for name in sorted({*(exclude or ())} & {*include})
    )
    if problems:
        raise InvalidInputError(HardwareOutliers.called, problems)


def _shown(parsed_args: argparse.Namespace, found: Survey) -> Sequence[Finding]:
    from tripleo_cli.domain.outliers.survey import worst

    chosen = found.findings if parsed_args.all_metrics else worst(found.findings)
    wanted = parsed_args.verdict or VERDICTS
    return [finding for finding in chosen if finding.verdict.value in wanted]
