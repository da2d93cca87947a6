"""Check what an overcloud depends on, and deploy it."""

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
    from collections.abc import Iterator

    from tripleo_cli.domain.plan import Plan
    from tripleo_cli.domain.stack import StackFiles
    from tripleo_cli.domain.validation.report import Policy, Report
    from tripleo_cli.errors import ValidationError
    from tripleo_cli.workflows.deploy import Deployment

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
CHECK_COLUMNS = ("Check", "Result", "Subject", "What", "Remedy")
PLAN_COLUMNS = ("Role", "Hostname", "Node", "Node UUID", "Flavor", "Image")


class DeployOvercloud(StackCommand, base.Lister):
    """Create an overcloud, or bring the one that there is to what is asked for

    Nodes that run stay where they are; other counts add nodes. Run again, it
    changes nothing where nothing is to do, and completes what failed or was
    interrupted.
    """

    _refusal: ValidationError | None = None

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        _add_deployment_options(parser)
        add_timeout(parser)
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Show the plan and what checks find, and write what would be sent to "
            "Heat; change nothing",
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
        from tripleo_cli.workflows.deploy import deploy, preview

        deployment = _deployment(parsed_args)
        with watching() as report:
            run = self.start(deployment.request.stack, report)
            if parsed_args.dry_run:
                shown = preview(run, deployment)
                plan, files, self._refusal = shown.plan, shown.files, shown.refusal
            else:
                plan, files = deploy(run, deployment)
        if parsed_args.dry_run or parsed_args.output_dir:
            self._write(parsed_args.output_dir, plan.stack, files)
        return _plan_table(plan)

    def produce_output(self, *answer: Any) -> Any:
        """Show the plan, and only then what is against it."""
        code = super().produce_output(*answer)
        if self._refusal:
            raise self._refusal
        return code

    def _write(self, folder: Path | None, stack: str, files: StackFiles) -> None:
        from tripleo_cli.plugin import make_folder, make_workdir
        from tripleo_cli.workflows.saved import DRY_RUN, save_tree

        if folder is None:
            save_tree(make_workdir(stack), files, DRY_RUN)
        else:
            save_tree(make_folder(folder), files)


class ValidateOvercloud(StackCommand, base.Lister):
    """Check all that a deployment depends on, before it is made; changes nothing

    Takes the options of `openstack overcloud deploy`, which makes the same checks
    before it begins. Ends with an exit code other than 0 where a check found an
    error.
    """

    _refusal: ValidationError | None = None

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        _add_deployment_options(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.events import Noted
        from tripleo_cli.workflows.validate import look, validate

        deployment = _deployment(parsed_args)
        with watching() as report:
            run = self.start(deployment.request.stack, report)
            situation = look(run.cloud, deployment.request, deployment.roles)
            found = validate(run.cloud, run.times, situation, deployment.policy.skip)
            report(Noted(found.summary))
        self._refusal = found.verdict(deployment.policy)
        return CHECK_COLUMNS, list(_check_rows(found))

    def produce_output(self, *answer: Any) -> Any:
        """Show all findings, and only then fail."""
        code = super().produce_output(*answer)
        if self._refusal:
            raise self._refusal
        return code


def _add_deployment_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is to be deployed, and how it is checked."""
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
    _add_policy_options(parser)


def _add_policy_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--skip",
        metavar="<check>",
        action="append",
        default=[],
        help="Leave a check out; `openstack overcloud validate` shows their names "
        "(repeat for several, or put commas between them)",
    )
    parser.add_argument(
        "--validation-errors-nonfatal",
        action="store_true",
        help="Go on where checks find errors",
    )
    parser.add_argument(
        "--validation-warnings-fatal",
        action="store_true",
        help="Do not go on where checks find warnings",
    )


def _policy(parsed_args: argparse.Namespace) -> Policy:
    from tripleo_cli.domain.validation.report import Policy, check_names

    named = (name.strip() for text in parsed_args.skip for name in text.split(","))
    skip = frozenset(name for name in named if name)
    check_names(skip)
    return Policy(
        skip=skip,
        errors_are_fatal=not parsed_args.validation_errors_nonfatal,
        warnings_are_fatal=parsed_args.validation_warnings_fatal,
    )


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
        timeout_minutes=getattr(parsed_args, "timeout", 0),
        policy=_policy(parsed_args),
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


def _check_rows(report: Report) -> Iterator[tuple[Any, ...]]:
    """Give a row for each finding, and one for each check that has none."""
    from osc_lib.cli.format_columns import ListColumn

    from tripleo_cli.domain.validation.finding import in_short

    class Names(ListColumn):
        """All names for programs, the first few for people."""

        def human_readable(self) -> str:
            return in_short(tuple(self._value))

    for result in report.results:
        name, meaning = result.check.name, result.check.meaning
        for finding in result.findings:
            yield (
                name,
                finding.severity.value,
                Names(list(finding.subjects)),
                finding.what,
                finding.remedy,
            )
        if not result.findings:
            verdict = "skipped" if result.is_skipped else "ok"
            yield name, verdict, Names([]), meaning, ""
