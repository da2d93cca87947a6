"""Deploy an overcloud."""

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
from tripleo_cli.commands.stack import (
    DEFAULT_STACK,
    StackCommand,
    add_timeout,
    chosen_templates,
)

if TYPE_CHECKING:
    from tripleo_cli.domain.plan import Plan
    from tripleo_cli.domain.stack import StackFiles
    from tripleo_cli.workflows.deploy import Deployment

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
PLAN_COLUMNS = ("Role", "Hostname", "Node", "Node UUID", "Flavor", "Image")


class DeployOvercloud(StackCommand, base.Lister):
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
        add_timeout(parser)
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
            run = self.start(deployment.request.stack, report)
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
        templates=chosen_templates(parsed_args),
        timeout_minutes=parsed_args.timeout,
    )


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
