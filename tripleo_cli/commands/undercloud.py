"""Installing the undercloud."""

from __future__ import annotations

import argparse
from pathlib import Path

from tripleo_cli.commands import base


class Install(base.Command):
    """Install the undercloud on this machine, or bring it in line with its file

    Needs root. Run again after an interruption, it goes on from there; after a change
    of the configuration, it changes and restarts what that touches, and keeps all
    data and passwords.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--config",
            metavar="<file>",
            type=Path,
            help="Configuration file (default: undercloud.conf in the home directory)",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Show what would be done and why, and change nothing",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Check the machine, then install."""
        from tripleo_cli import plugin
        from tripleo_cli.commands.console import watching
        from tripleo_cli.domain.events import Noted
        from tripleo_cli.inputs.undercloud import load_undercloud
        from tripleo_cli.workflows.undercloud import install
        from tripleo_cli.workflows.undercloud.preflight import preflight

        with watching() as report:
            config = load_undercloud(parsed_args.config, report)
            for warning in preflight(config, plugin.local_machine()):
                report(Noted(warning))
            tools = plugin.undercloud_tools()
            if parsed_args.dry_run:
                lines = install.dry_run_lines(install.plan_install(config, tools))
            else:
                lines = install.closing_lines(
                    config, install.install(config, tools, report)
                )
        self.app.stdout.write("\n".join(lines) + "\n")
