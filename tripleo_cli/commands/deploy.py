"""Check what an overcloud depends on, and deploy it."""

from __future__ import annotations

import argparse
from dataclasses import replace
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
    from tripleo_cli.domain.validation.finding import Finding
    from tripleo_cli.domain.validation.report import Policy, Report
    from tripleo_cli.errors import TripleoError
    from tripleo_cli.workflows.deploy import Deployment

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
CHECK_COLUMNS = ("Check", "Result", "Subject", "What", "Remedy")
PLAN_COLUMNS = ("Role", "Hostname", "Node", "Node UUID", "Flavor", "Image")


class _Judged(StackCommand, base.Lister):
    """A command that shows what it found, and only then what is against it."""

    _refusal: TripleoError | None = None

    def produce_output(self, *answer: Any) -> Any:
        """Show the table, and fail where something is against it."""
        code = super().produce_output(*answer)
        if self._refusal:
            raise self._refusal
        return code


class DeployOvercloud(_Judged):
    """Create an overcloud, or bring the one that there is to what is asked for

    Nodes that run stay where they are; other counts add nodes. Run again, it
    changes nothing where nothing is to do, and completes what failed or was
    interrupted.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        from tripleo_cli.commands.configuring import add_configure_options

        parser = super().get_parser(prog_name)
        _add_deployment_options(parser)
        add_configure_options(parser)
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
        from tripleo_cli.commands.configuring import chosen_wish
        from tripleo_cli.commands.console import watching
        from tripleo_cli.plugin import make_overcloud_services
        from tripleo_cli.workflows.deploy import deploy, preview

        deployment = _deployment(parsed_args)
        stack = deployment.request.stack
        wish = chosen_wish(parsed_args, stack, lambda: self.cloud)
        deployment = replace(deployment, nodes=wish, connect=make_overcloud_services)
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

    def _write(self, folder: Path | None, stack: str, files: StackFiles) -> None:
        from tripleo_cli.plugin import make_folder, make_workdir
        from tripleo_cli.workflows.saved import DRY_RUN, save_tree

        if folder is None:
            save_tree(make_workdir(stack), files, DRY_RUN)
        else:
            save_tree(make_folder(folder), files)


class ValidateOvercloud(_Judged):
    """Check all that a deployment depends on, before it is made; changes nothing

    Takes the options of `openstack overcloud deploy`, which makes the same checks
    before it begins. Ends with an exit code other than 0 where a check found an
    error.

    With --after it tries an overcloud that is deployed, as its users will: an image
    is uploaded, a network with a router made, a server booted, and all of it removed.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        _add_deployment_options(parser)
        parser.add_argument(
            "--after",
            action="store_true",
            help="Try the overcloud of the stack that is deployed instead; of the "
            "other options only --stack counts",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        if parsed_args.after:
            return self._try(parsed_args.stack or DEFAULT_STACK)
        return self._check(parsed_args)

    def _try(self, stack: str) -> Any:
        from tripleo_cli.commands.after import TRIED_COLUMNS, refusal, tried_rows
        from tripleo_cli.commands.console import watching
        from tripleo_cli.plugin import make_overcloud_use, make_workdir
        from tripleo_cli.workflows.after import new_name, try_overcloud
        from tripleo_cli.workflows.overcloud_access import require_access

        use = make_overcloud_use(require_access(self.cloud, stack))
        purpose = f"overcloud validate --after of {stack}"
        with make_workdir(stack).lock(purpose), watching() as report:
            tried = try_overcloud(use, new_name(), clock=self.clock, report=report)
        self._refusal = refusal(tried)
        return TRIED_COLUMNS, tried_rows(tried)

    def _check(self, parsed_args: argparse.Namespace) -> Any:
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.events import Noted
        from tripleo_cli.workflows.validate import look, validate

        deployment = _deployment(parsed_args)
        with watching() as report:
            run = self.start(deployment.request.stack, report)
            situation = look(run.cloud, deployment.request, deployment.roles)
            found = validate(run.cloud, run.times, situation, deployment.policy.skip)
            if situation.note:
                report(Noted(situation.note))
            report(Noted(found.summary))
        self._refusal = found.verdict(deployment.policy)
        return CHECK_COLUMNS, list(_check_rows(found))


def _add_deployment_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is to be deployed, and how it is checked."""
    from tripleo_cli.commands.configuring import add_services_option
    from tripleo_cli.commands.question import add_mode_option

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
    add_services_option(parser)
    add_mode_option(parser)
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
    from tripleo_cli.commands.configuring import chosen_services
    from tripleo_cli.commands.question import chosen_mode, role_words
    from tripleo_cli.inputs.deployment import (
        DeploymentFile,
        load_deployment,
        make_request,
    )
    from tripleo_cli.inputs.environment import load_environments
    from tripleo_cli.inputs.together import Together
    from tripleo_cli.workflows.deploy import Deployment

    together = Together()
    with together:
        roles = chosen_roles(parsed_args)
        document = DeploymentFile(roles=roles)
        with together:
            flags = chosen_counts(parsed_args, roles)
        if parsed_args.file:
            document = load_deployment(parsed_args.file, roles)
    with together:
        environment = load_environments(parsed_args.environment)
    with together:
        services = chosen_services(parsed_args)
    with together:
        templates = chosen_templates(parsed_args)
    with together:
        policy = _policy(parsed_args)
    together.check("what is to be deployed")
    request, roles = make_request(parsed_args.stack, flags, document, environment)
    return Deployment(
        request=replace(
            request,
            services=services,
            mode=chosen_mode(parsed_args),
            words=role_words(parsed_args),
        ),
        roles=roles,
        templates=templates,
        timeout_minutes=getattr(parsed_args, "timeout", 0),
        policy=policy,
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
    from tripleo_cli.domain.validation.report import SERVICES

    class Names(ListColumn):
        """All names for programs, the first few for people."""

        def human_readable(self) -> str:
            return in_short(tuple(self._value))

    def row(name: str, finding: Finding) -> tuple[Any, ...]:
        names = Names(list(finding.subjects))
        return name, finding.severity.value, names, finding.what, finding.remedy

    for failure in report.failures:
        yield row(SERVICES, failure)
    for result in report.results:
        for finding in result.findings:
            yield row(result.check.name, finding)
        if result.note or not result.findings:
            what = " ".join(filter(None, (result.check.meaning, result.note)))
            yield result.check.name, result.verdict, Names([]), what, ""
