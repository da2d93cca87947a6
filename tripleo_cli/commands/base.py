"""What every command shares: the undercloud, and readable errors.

The shell imports every module of ``commands`` on every ``openstack`` call, so they
and this one import nothing heavy; a command imports what it runs when it runs
(docs/adr/0002-late-imports.md).
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from osc_lib import exceptions
from osc_lib.command import command

if TYPE_CHECKING:
    from pathlib import Path

    from tripleo_cli.workflows.ports import Clock, Cloud

INTERRUPTED = "interrupted; run the same command again: it goes on from here"


class Command(command.Command):
    """A command that tells an operator what went wrong and what to do.

    The shell would sign in before a command reads its options, and tell of failures
    in its own words: commands sign in themselves, when they first need the cloud.
    """

    auth_required = False
    _signed_in = False

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options; the description keeps its paragraphs."""
        parser = super().get_parser(prog_name)
        parser.formatter_class = _with_paragraphs(parser.formatter_class)
        return parser

    @property
    def cloud(self) -> Cloud:
        """The undercloud that clouds.yaml or the environment names.

        Raises:
            ServiceError: Keystone does not let us in, or cannot be reached.
        """
        from tripleo_cli.plugin import API_NAME

        self.require_cloud()
        cloud: Cloud = getattr(self.app.client_manager, API_NAME)
        return cloud

    @property
    def clock(self) -> Clock:
        """Real time."""
        from tripleo_cli.plugin import make_clock

        return make_clock()

    def require_cloud(self) -> None:
        """Sign in, unless that was done; for a failure before any work is begun."""
        from tripleo_cli.plugin import sign_in

        if not self._signed_in:
            self.auth_required = True
            sign_in(lambda: self.app.prepare_to_run_command(self))
            self._signed_in = True

    def run(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command, turning our errors into the shell's."""
        from tripleo_cli.errors import TripleoError

        try:
            return super().run(parsed_args)
        except TripleoError as error:
            hint = f"\nTry: {error.hint}" if error.hint else ""
            raise exceptions.CommandError(f"{error}{hint}") from error
        except KeyboardInterrupt as interrupt:
            raise exceptions.CommandError(INTERRUPTED) from interrupt


def _with_paragraphs(kind: Any) -> type[argparse.HelpFormatter]:
    """Make a formatter of the shell's, which would run a text's paragraphs together."""

    class Formatter(kind):  # type: ignore[misc]  # the shell's is known as it runs
        def _fill_text(self, text: str, width: int, indent: str) -> str:
            fill = super()._fill_text
            return "\n\n".join(fill(one, width, indent) for one in text.split("\n\n"))

    return Formatter


def file_to_write(path: Path, command_name: str) -> Path:
    """Find the file that an operator names, before any work is done for it.

    It is replaced by a new one, which must not happen to a device or a folder.

    Raises:
        InvalidInputError: It is one of these, or its name begins with a dot.
    """
    from tripleo_cli.errors import InvalidInputError, Problem

    whole = path.resolve()
    if whole.name.startswith(".") or (path.exists() and not path.is_file()):
        what = "must be a file, and its name must not begin with a dot"
        raise InvalidInputError(command_name, [Problem(str(path), what)])
    return whole


class Lister(Command, command.Lister):
    """A command whose answer is a table."""


class ShowOne(Command, command.ShowOne):
    """A command whose answer is one record."""
