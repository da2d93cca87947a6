"""Profiles: which node is for which role, and the flavors that select them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tripleo_cli.commands import base
from tripleo_cli.commands.role import add_role_options, chosen_roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tripleo_cli.domain.events import Reporter
    from tripleo_cli.domain.node import Node
    from tripleo_cli.workflows.profiles import Proposal, Question


class ListProfiles(base.Lister):
    """List nodes with their current and their possible profiles"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--all",
            action="store_true",
            help="Also list nodes that are neither available nor active, and what is "
            "wrong with nodes",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.domain.matching.order import by_name
        from tripleo_cli.domain.profile import is_candidate, trouble

        nodes = by_name(self.cloud.baremetal.nodes())
        columns: tuple[str, ...] = (
            "Node UUID",
            "Node Name",
            "Provision State",
            "Current Profile",
            "Possible Profiles",
        )
        if parsed_args.all:
            return (*columns, "Error"), [(*_profiles(n), trouble(n)) for n in nodes]
        return columns, [_profiles(node) for node in nodes if is_candidate(node)]


class MatchProfiles(base.Lister):
    """Find nodes for roles, and tag them with the roles' profiles

    All roles get their nodes, or no node is touched. Nodes that are in use keep
    their role, and pinned ones their place; of the others, tagged ones are used
    first, then the smallest that fit. Without any count, roles get their default
    counts. In JSON the answer is one object: feasible, assignment, unmet, conflict
    and rejected.
    """

    _proposal: Proposal | None = None

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        from tripleo_cli.commands.question import add_question_options

        parser = super().get_parser(prog_name)
        add_question_options(parser)
        parser.add_argument(
            "--from",
            dest="source",
            metavar="<file>",
            type=Path,
            help="Match the nodes of a file (overcloud node export); needs no cloud "
            "and tags nothing",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Show which nodes would be tagged, and tag none",
        )
        parser.add_argument(
            "--explain",
            action="store_true",
            help="Show for each node and role whether it fits, or why not; tags none",
        )
        parser.add_argument(
            "--partial",
            action="store_true",
            help="Tag the nodes that were found even if they are not enough",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.rendering.matching import assignment_table, explanation_table
        from tripleo_cli.workflows.profiles import (
            apply_profiles,
            propose_profiles,
            read_nodes,
        )

        question, exported = _asked(parsed_args)
        only_shown = parsed_args.source or parsed_args.dry_run or parsed_args.explain
        with watching() as report:
            nodes = read_nodes(self.cloud, question) if exported is None else exported
            proposal = propose_profiles(question, nodes)
            self._proposal = proposal
            _note(report, proposal, is_partial=parsed_args.partial)
            if proposal.is_enough(is_partial=parsed_args.partial) and not only_shown:
                apply_profiles(self.cloud.baremetal, proposal, report)
        if parsed_args.explain:
            return explanation_table(proposal.request, proposal.outcome, nodes)
        return assignment_table(proposal.request, proposal.outcome)

    def produce_output(
        self, parsed_args: argparse.Namespace, column_names: Any, data: Any
    ) -> int:
        """Show the answer; a shortage fails the command, after it was shown."""
        proposal = self._proposal
        if proposal is None:
            raise AssertionError("take_action comes first")
        is_object = parsed_args.formatter == "json" and not parsed_args.columns
        is_enough = proposal.is_enough(is_partial=parsed_args.partial)
        if is_object:
            self._show_object(parsed_args, proposal)
        elif parsed_args.explain or is_enough:
            super().produce_output(parsed_args, column_names, data)
        if not is_enough:
            raise proposal.verdict if parsed_args.explain else proposal.error
        return 0

    def _show_object(self, parsed_args: argparse.Namespace, proposal: Proposal) -> None:
        import json

        from tripleo_cli.rendering.matching import answer_of

        answer = answer_of(proposal.request, proposal.outcome)
        indent = None if parsed_args.noindent else 2
        self.app.stdout.write(json.dumps(answer, indent=indent) + "\n")


def _asked(parsed_args: argparse.Namespace) -> tuple[Question, Sequence[Node] | None]:
    """Read what is asked, and the nodes of ``--from``, if that is given."""
    from tripleo_cli.commands.question import question_from
    from tripleo_cli.inputs.export import load_export
    from tripleo_cli.inputs.matching import pinned_names
    from tripleo_cli.inputs.together import Together
    from tripleo_cli.workflows.nodes import select

    together = Together()
    exported: Sequence[Node] | None = None
    with together:
        question = question_from(parsed_args)
    with together:
        if parsed_args.source:
            exported = load_export(parsed_args.source)
            select(exported, pinned_names(parsed_args.pin))
    together.check("overcloud profiles match")
    return question, exported


class UnsetProfiles(base.Lister):
    """Remove the profiles that nodes are tagged with

    What nodes were found fit for (NAME_profile:1) stays. Nodes that carry a server
    keep their tags, unless --force is given.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "node", metavar="<node>", nargs="*", default=[], help="Name or UUID"
        )
        which.add_argument(
            "--all", action="store_true", help="All nodes that carry no server"
        )
        parser.add_argument(
            "--pins",
            action="store_true",
            help="Remove the places that nodes are pinned to, not their profiles",
        )
        parser.add_argument(
            "--force", action="store_true", help="Also of nodes that carry a server"
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.pinning import without_pin
        from tripleo_cli.domain.profile import untagged
        from tripleo_cli.workflows.tagging import UNTAG, to_untag, write_tags

        nodes = to_untag(
            self.cloud.baremetal.nodes(),
            None if parsed_args.all else parsed_args.node,
            is_forced=parsed_args.force,
        )
        change = without_pin if parsed_args.pins else untagged
        with watching() as report:
            changes = [(node, change(node)) for node in nodes]
            write_tags(self.cloud.baremetal, changes, report, UNTAG)
        columns = ("Node UUID", "Node Name", "Provision State", "Result")
        return columns, [
            (
                before.id,
                before.name,
                before.provision.value,
                "unchanged" if before == after else "removed",
            )
            for before, after in changes
        ]


class ListFlavors(base.Lister):
    """List the flavors that roles need, and whether Nova has them so"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        add_role_options(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.rendering.flavors import flavor_table
        from tripleo_cli.workflows.flavors import flavor_states

        roles = chosen_roles(parsed_args)
        return flavor_table(flavor_states(self.cloud.compute, roles.values()), roles)


class CreateFlavors(base.Lister):
    """Create the flavors that roles need, correct those that differ"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--role",
            metavar="<role>",
            action="append",
            help="Only for this role (repeat for several roles)",
        )
        add_role_options(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.inputs.roles import role_named
        from tripleo_cli.rendering.flavors import flavor_table
        from tripleo_cli.workflows.flavors import ensure_flavors, flavor_states

        roles = chosen_roles(parsed_args)
        chosen = [role_named(roles, name) for name in parsed_args.role or roles]
        with watching() as report:
            ensure_flavors(self.cloud.compute, chosen, report)
        return flavor_table(flavor_states(self.cloud.compute, chosen), roles)


class ExportNodes(base.Command):
    """Write all that Ironic knows of the nodes to a file, to work from offline

    The file is a JSON list with the nodes' properties, traits, states and hardware
    inventories, and without any credentials of drivers. Of extra, numbers and short
    texts are written, unless their key tells of a secret. `overcloud profiles match`,
    `overcloud hardware report` and `overcloud hardware outliers` read it with --from.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "file",
            metavar="<file>",
            type=Path,
            help="Where to write; the file is made readable by its owner only",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.events import Noted
        from tripleo_cli.plugin import make_folder
        from tripleo_cli.workflows.export import export_nodes

        path = base.file_to_write(parsed_args.file, "overcloud node export")
        self.require_cloud()
        with watching() as report:
            text = export_nodes(self.cloud, report)
            make_folder(path.parent).write(path.name, text)
            report(Noted(f"Written: {path}"))


def _profiles(node: Node) -> tuple[str, ...]:
    from tripleo_cli.domain.profile import current_profiles, possible_profiles

    return (
        node.id,
        node.name,
        node.provision.value,
        ", ".join(current_profiles(node)),
        ", ".join(possible_profiles(node)),
    )


def _note(report: Reporter, proposal: Proposal, *, is_partial: bool) -> None:
    from tripleo_cli.domain.events import Noted

    for note in proposal.notes:
        report(Noted(note))
    if is_partial and not proposal.outcome.is_feasible:
        report(Noted(f"Not all roles have their nodes: {proposal.verdict}"))
