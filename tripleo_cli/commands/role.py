"""Roles, and the options by which other commands choose and count them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tripleo_cli.commands import base

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tripleo_cli.domain.role import Role

# TripleO's flags; tripleo_cli.inputs.counts says which roles they count.
SCALES = ("control", "compute", "ceph-storage", "block-storage", "swift-storage")


def add_role_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where roles are described."""
    parser.add_argument(
        "--roles-path",
        metavar="<directory>",
        type=Path,
        action="append",
        default=[],
        help="Directory of role files; they override the shipped roles of the same "
        "names (repeat for several directories)",
    )
    parser.add_argument(
        "-r",
        "--roles-file",
        metavar="<file>",
        type=Path,
        help="File that describes all roles, in place of the shipped ones",
    )


def chosen_roles(parsed_args: argparse.Namespace) -> dict[str, Role]:
    """Read the roles that the options of :func:`add_role_options` name."""
    from tripleo_cli.inputs.roles import load_roles
    from tripleo_cli.resources import shipped

    first = parsed_args.roles_file or shipped("roles")
    return load_roles([first, *parsed_args.roles_path])


def add_count_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how many nodes each role gets."""
    parser.add_argument(
        "--role-count",
        metavar="<role>=<number>",
        action="append",
        default=[],
        help="How many nodes a role gets (repeat for several roles)",
    )
    for name in SCALES:
        parser.add_argument(
            f"--{name}-scale",
            metavar="<number>",
            help=f"TripleO's form of --role-count for {name} nodes",
        )


def chosen_counts(
    parsed_args: argparse.Namespace, roles: Mapping[str, Role] | None
) -> dict[str, int]:
    """Read the counts that the options of :func:`add_count_options` give.

    Where roles could not be read (``None``), any name is one.
    """
    from tripleo_cli.inputs.counts import parse_counts

    given = {
        f"--{name}-scale": getattr(parsed_args, f"{name.replace('-', '_')}_scale")
        for name in SCALES
    }
    scales = {flag: text for flag, text in given.items() if text is not None}
    return parse_counts(parsed_args.role_count, scales, roles)


class ListRoles(base.Lister):
    """List the roles that nodes can have"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        add_role_options(parser)
        parser.add_argument(
            "--print-schema",
            action=_PrintSchema,
            nargs=0,
            help="Print the JSON Schema of role files, and end",
        )
        parser.add_argument(
            "--print-service-schema",
            action=_PrintServiceSchema,
            nargs=0,
            help="Print the JSON Schema of service files, and end",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        roles = chosen_roles(parsed_args)
        columns = ("Name", "Default Count", "Profile", "Needs", "Description")
        rows = [
            (
                role.name,
                role.count_default,
                role.profile,
                _needs(role),
                role.description,
            )
            for _, role in sorted(roles.items())
        ]
        return columns, rows


class ShowRole(base.ShowOne):
    """Show a role: its services, and what its nodes must be"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument("role", metavar="<role>", help="Name of a role")
        add_role_options(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.domain.flavor import flavor_for
        from tripleo_cli.inputs.roles import role_named

        role = role_named(chosen_roles(parsed_args), parsed_args.role)
        record = {
            "name": role.name,
            "description": role.description,
            "default_count": role.count_default,
            "profile": role.profile,
            "profile_aliases": ", ".join(role.profile_aliases),
            "resource_class": role.resource_class,
            "needs": _needs(role),
            "requires": role.requires.describe("is") if role.requires else "",
            "flavor": flavor_for(role).name,
            "image": role.image,
            "hostname_format": role.hostname_format,
            "transport": "pull" if role.pulls else "push",
            "networks": ", ".join(role.networks),
            "tags": ", ".join(sorted(role.tags)),
            "services": ", ".join(role.services),
        }
        return tuple(record), tuple(record.values())


class _PrintSchema(argparse.Action):
    """Print the schema of a role file and end, as --help does."""

    def __call__(self, parser: argparse.ArgumentParser, *_others: Any) -> None:
        from tripleo_cli.inputs.role_schema import schema_text

        sys.stdout.write(schema_text())
        parser.exit()


class _PrintServiceSchema(argparse.Action):
    """Print the schema of a service file and end, as --help does."""

    def __call__(self, parser: argparse.ArgumentParser, *_others: Any) -> None:
        from tripleo_cli.inputs.service_schema import schema_text

        sys.stdout.write(schema_text())
        parser.exit()


def _needs(role: Role) -> str:
    needs = role.needs
    sizes = {"CPUs": needs.cpus, "MiB": needs.memory_mb, "GiB disk": needs.disk_gb}
    asked = [f"{size} {unit}" for unit, size in sizes.items() if size]
    return ", ".join([*asked, *sorted(needs.traits)])
