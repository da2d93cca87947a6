"""Running an undercloud that is installed, and removing it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tripleo_cli.commands import base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tripleo_cli.domain.events import Reporter
    from tripleo_cli.domain.undercloud.health import ServiceHealth
    from tripleo_cli.workflows.undercloud.installed import Undercloud
    from tripleo_cli.workflows.undercloud.uninstall import Removal

_COLUMNS = (
    *("Service", "State", "PID", "Uptime", "Memory MiB"),
    *("Endpoint", "Answers", "Version"),
)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        metavar="<file>",
        type=Path,
        help="Configuration file (default: the variable TRIPLEO_UNDERCLOUD_CONF, "
        "else undercloud.conf in the home directory)",
    )


def _undercloud(
    parsed_args: argparse.Namespace, report: Reporter | None = None
) -> Undercloud:
    from tripleo_cli.domain.events import silent
    from tripleo_cli.inputs.undercloud import load_undercloud
    from tripleo_cli.plugin import make_undercloud

    config = load_undercloud(parsed_args.config, report or silent)
    return make_undercloud(config)


class Status(base.Lister):
    """List the services of the undercloud and whether they answer

    Ends with an error code when one is down or does not answer.
    """

    _is_well = True

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        _add_config(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Ask all services at once."""
        from tripleo_cli.domain.undercloud.health import complaints
        from tripleo_cli.workflows.undercloud.status import status

        found = status(_undercloud(parsed_args))
        for complaint in complaints(found):
            self._is_well = False
            self.log.error("%s", complaint)
        row = _shown if parsed_args.formatter == "table" else _plain
        return _COLUMNS, [row(one) for one in found]

    def run(self, parsed_args: argparse.Namespace) -> int:
        """Show the table, then tell by the exit code whether all is well."""
        code: int = super().run(parsed_args) or 0
        return code or (0 if self._is_well else 1)


def _plain(one: ServiceHealth) -> Sequence[object]:
    """Give a row as data: seconds, numbers, true and false."""
    usage = one.usage
    return (
        one.name,
        one.state,
        one.pid or None,
        usage.uptime_s if usage else None,
        usage.memory_mb if usage else None,
        one.endpoint or None,
        one.answers,
        one.version,
    )


def _shown(one: ServiceHealth) -> Sequence[object]:
    """Give a row for the eye."""
    answers = {None: "-", True: "yes", False: "no"}[one.answers]
    usage = one.usage
    return (
        one.name,
        one.state,
        one.pid or "-",
        _duration(usage.uptime_s) if usage else "-",
        usage.memory_mb if usage else "-",
        one.endpoint or "-",
        answers,
        one.version or "-",
    )


def _duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


class _Control(base.Command):
    """A command on some services, or on all."""

    verb = ""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "services",
            metavar="<service>",
            nargs="*",
            help=f"Service to {self.verb}, as `openstack undercloud status` names it "
            "(default: all)",
        )
        _add_config(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Do it, and show each service as it gets there."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.workflows.undercloud import control

        work = {
            "start": control.start,
            "stop": control.stop,
            "restart": control.restart,
        }[self.verb]
        with watching() as report:
            work(_undercloud(parsed_args, report), parsed_args.services, report)


class Start(_Control):
    """Start the undercloud, or some of its services, and wait until they answer

    Also after a reboot: it starts the supervisor where that does not run.
    """

    verb = "start"


class Stop(_Control):
    """Stop the undercloud, or some of its services"""

    verb = "stop"


class Restart(_Control):
    """Restart the services of the undercloud and wait until they answer"""

    verb = "restart"


class Logs(base.Command):
    """Show the end of a service's log"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "service",
            metavar="<service>",
            help="Service, as `openstack undercloud status` names it; or install, or "
            "supervisord",
        )
        parser.add_argument(
            "--follow",
            action="store_true",
            help="Show new lines as they come, until Ctrl-C",
        )
        parser.add_argument(
            "--lines",
            metavar="<number>",
            type=int,
            default=50,
            help="How many lines to begin with (default: 50)",
        )
        _add_config(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Write the lines to stdout."""
        from contextlib import suppress

        from tripleo_cli.workflows.undercloud.logs import log_lines

        found = log_lines(
            _undercloud(parsed_args),
            parsed_args.service,
            parsed_args.lines,
            follow=parsed_args.follow,
        )
        # Ctrl-C is how following ends; a closed pipe (`| head`) is no failure either.
        with suppress(KeyboardInterrupt, BrokenPipeError):
            for line in found:
                self.app.stdout.write(f"{line}\n")
                if parsed_args.follow:
                    self.app.stdout.flush()


class Credentials(base.ShowOne):
    """Show how to sign in to the undercloud

    The password is shown only when asked for. With ``-f shell`` the output can be
    evaluated by a shell.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--show-password", action="store_true", help="Show the password as well"
        )
        _add_config(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Sequence[str]]:
        """Read the entry of clouds.yaml."""
        from tripleo_cli.workflows.undercloud.credentials import credentials

        found = credentials(
            _undercloud(parsed_args), show_password=parsed_args.show_password
        )
        return tuple(found), tuple(found.values())


class Uninstall(base.Command):
    """Remove the undercloud with all its data from this machine

    Removes what the installation made, and nothing else. Nodes are left as they are:
    delete overclouds first.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--yes", action="store_true", help="Do not ask for confirmation"
        )
        parser.add_argument(
            "--packages",
            action="store_true",
            help="Also remove the distribution packages that the installation added",
        )
        _add_config(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Say what goes, ask, and remove it."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.workflows.undercloud import uninstall

        undercloud = _undercloud(parsed_args)
        with_packages = parsed_args.packages
        removal = uninstall.plan_removal(undercloud, with_packages=with_packages)
        if removal.is_empty:
            self.app.stderr.write("There is no undercloud to remove.\n")
            return
        if not parsed_args.yes:
            self._confirm(undercloud, removal)
        with watching() as report:
            uninstall.uninstall(undercloud, removal, report)

    def _confirm(self, undercloud: Undercloud, removal: Removal) -> None:
        from tripleo_cli.errors import TripleoError
        from tripleo_cli.workflows.undercloud.uninstall import describe

        listed = "".join(f"  {line}\n" for line in describe(undercloud, removal))
        self.app.stderr.write(f"This removes for ever:\n{listed}")
        if not sys.stdin.isatty():
            raise TripleoError(
                "nothing was removed: nobody can be asked", hint="add --yes"
            )
        self.app.stderr.write("Remove it? Type yes: ")
        self.app.stderr.flush()
        if sys.stdin.readline().strip() != "yes":
            raise TripleoError("nothing was removed")


class ConfigSample(base.Command):
    """Print an undercloud.conf with every option, its meaning and its default"""

    def take_action(self, parsed_args: argparse.Namespace) -> None:  # noqa: ARG002 - cliff's signature
        """Write it to stdout."""
        from tripleo_cli.inputs.undercloud_options import sample

        self.app.stdout.write(sample())
