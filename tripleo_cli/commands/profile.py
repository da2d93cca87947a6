"""Profiles: which node is for which role, and the flavors that select them."""

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
    from collections.abc import Iterable, Mapping, Sequence

    from tripleo_cli.domain.node import Node
    from tripleo_cli.domain.role import Role
    from tripleo_cli.errors import NotEnoughNodesError
    from tripleo_cli.workflows.flavors import FlavorState
    from tripleo_cli.workflows.profiles import Proposal

Table = tuple["Sequence[str]", "Sequence[Sequence[Any]]"]


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
    their role; of the others, tagged ones are used first, then the smallest that
    fit. Without any count, roles get their default counts.
    """

    _shortage: NotEnoughNodesError | None = None

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        add_count_options(parser)
        add_role_options(parser)
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
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.workflows.profiles import apply_profiles, propose_profiles

        roles = chosen_roles(parsed_args)
        wanted = chosen_counts(parsed_args, roles) or _defaults(roles)
        proposal = propose_profiles(self.cloud.baremetal, wanted, roles)
        if parsed_args.explain:
            self._shortage = proposal.verdict
            return _explanation(proposal)
        if proposal.error:
            raise proposal.error
        if not parsed_args.dry_run:
            with watching() as report:
                apply_profiles(self.cloud.baremetal, proposal, report)
        return _assignment(proposal)

    def produce_output(
        self, parsed_args: argparse.Namespace, column_names: Any, data: Any
    ) -> int:
        """Fail after the explanation was shown, not instead of showing it."""
        super().produce_output(parsed_args, column_names, data)
        if self._shortage:
            raise self._shortage
        return 0


class ListFlavors(base.Lister):
    """List the flavors that roles need, and whether Nova has them so"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        add_role_options(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.workflows.flavors import flavor_states

        roles = chosen_roles(parsed_args)
        return _flavors(flavor_states(self.cloud.compute, roles.values()), roles)


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
        from tripleo_cli.workflows.flavors import ensure_flavors, flavor_states

        roles = chosen_roles(parsed_args)
        chosen = [role_named(roles, name) for name in parsed_args.role or roles]
        with watching() as report:
            ensure_flavors(self.cloud.compute, chosen, report)
        return _flavors(flavor_states(self.cloud.compute, chosen), roles)


class ExportNodes(base.Command):
    """Write all that Ironic knows of the nodes to a file, to work from offline

    The file is a JSON list with the nodes' properties, traits, states and hardware
    inventories, and without any credentials. `overcloud profiles match`, `overcloud
    hardware report` and `overcloud hardware outliers` read it with --from.
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

        path = _writable(parsed_args.file)
        self.require_cloud()
        with watching() as report:
            text = export_nodes(self.cloud, report)
            make_folder(path.parent).write(path.name, text)
            report(Noted(f"Written: {path}"))


def _writable(path: Path) -> Path:
    """Find the file that an operator names, before any work is done for it.

    It is replaced by a new one, which must not happen to a device or a folder.
    """
    from tripleo_cli.errors import InvalidInputError, Problem

    whole = path.resolve()
    if whole.name.startswith(".") or (path.exists() and not path.is_file()):
        what = "must be a file, and its name must not begin with a dot"
        raise InvalidInputError("overcloud node export", [Problem(str(path), what)])
    return whole


def _profiles(node: Node) -> tuple[str, ...]:
    from tripleo_cli.domain.profile import current_profiles, possible_profiles

    return (
        node.id,
        node.name,
        node.provision.value,
        ", ".join(current_profiles(node)),
        ", ".join(possible_profiles(node)),
    )


def _defaults(roles: Mapping[str, Role]) -> dict[str, int]:
    return {name: role.count_default for name, role in roles.items()}


def _assignment(proposal: Proposal) -> Table:
    columns = ("Role", "Node UUID", "Node Name", "Profile", "In Use")
    rows = [
        (
            name,
            node.id,
            node.name,
            proposal.roles[name].profile,
            node.id in proposal.held,
        )
        for name, nodes in proposal.outcome.assignment.nodes.items()
        for node in nodes
    ]
    return columns, rows


def _explanation(proposal: Proposal) -> Table:
    from tripleo_cli.domain.matching.explain import rejections
    from tripleo_cli.domain.matching.order import by_name

    against = rejections(proposal.request)
    serves = {
        (node.id, name): "assigned"
        for name, nodes in proposal.outcome.assignment.nodes.items()
        for node in nodes
    }
    rows = [
        (
            node.name or node.id,
            node.provision.value,
            *(
                serves.get((node.id, name)) or against[node.id].get(name, "fits")
                for name in proposal.roles
            ),
        )
        for node in by_name(proposal.nodes)
    ]
    return ("Node", "Provision State", *proposal.roles), rows


def _flavors(states: Iterable[FlavorState], roles: Mapping[str, Role]) -> Table:
    from tripleo_cli.domain.flavor import flavor_for

    users = {
        state.name: ", ".join(
            name for name in sorted(roles) if flavor_for(roles[name]).name == state.name
        )
        for state in states
    }
    columns = ("Name", "Roles", "Requires", "State")
    rows = [
        (state.name, users[state.name], _requirements(state), state.verdict)
        for state in states
    ]
    return columns, rows


def _requirements(state: FlavorState) -> str:
    specs = state.needed.extra_specs
    return ", ".join(
        key.partition(":")[2] for key, value in specs.items() if value != "0"
    )
