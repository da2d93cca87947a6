"""Set nodes up before they are deployed on, many at once."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tripleo_cli.commands.node import (
    MoveNodes,
    Table,
    add_concurrency,
    add_limits,
    positive,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tripleo_cli.domain.configuration import Configuration
    from tripleo_cli.domain.events import Reporter
    from tripleo_cli.domain.node import Node
    from tripleo_cli.workflows.node_setup import Crowd
    from tripleo_cli.workflows.travel import NodeOutcome, Travel

    OnCrowd = Callable[[Crowd], Sequence[NodeOutcome]]
    OnTravel = Callable[[Travel, Sequence[Node]], Sequence[NodeOutcome]]

CLEANING_SECONDS = 7200
ABORTING_SECONDS = 120


class ConfigureNodes(MoveNodes):
    """Set boot mode, deployment images and root device of nodes

    Nodes that have hints for their root device keep them, without
    --overwrite-root-device-hints. What is not given stays as it is.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--boot-mode", choices=("uefi", "bios"), default="", help="How to boot"
        )
        for image in ("kernel", "ramdisk"):
            parser.add_argument(
                f"--deploy-{image}",
                metavar="<image>",
                default="",
                help=f"Name, id or URL of the {image} to deploy and rescue with",
            )
        _add_root_device(parser)
        add_concurrency(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.workflows.node_setup import configure

        wanted = _configuration(parsed_args)
        return _on_crowd(
            self,
            parsed_args,
            "configure",
            lambda crowd: configure(self.cloud, crowd, wanted),
        )


class _CleanedNodes(MoveNodes):
    """A command whose work Ironic does as a manual cleaning."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        add_limits(parser)
        parser.set_defaults(node_timeout=CLEANING_SECONDS)
        return parser

    def travel(self, parsed_args: argparse.Namespace, report: Reporter) -> Travel:
        return replace(super().travel(parsed_args, report), setup=self.cloud.setup)

    def _clean(
        self, parsed_args: argparse.Namespace, doing: str, work: OnTravel
    ) -> Table:
        from tripleo_cli.commands.console import watching

        nodes = self.chosen(parsed_args)
        with watching() as report:
            outcomes = work(self.travel(parsed_args, report), nodes)
        return self.table(outcomes, doing)


class CleanNodes(_CleanedNodes):
    """Erase the disks of nodes

    Without options only partition tables and labels: nothing is found there any
    more, which takes seconds. Nodes end manageable, or available with --provide.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        steps = parser.add_mutually_exclusive_group()
        steps.add_argument(
            "--all-data", action="store_true", help="Erase all data; this takes long"
        )
        steps.add_argument(
            "--step",
            metavar="<interface.step>",
            action="append",
            default=[],
            help="A cleaning step of Ironic's instead, such as "
            "deploy.erase_devices_express (repeat for more, in order)",
        )
        steps.add_argument(
            "--steps",
            metavar="<file>",
            type=Path,
            help="A list of steps with interface, step and args, in YAML or JSON",
        )
        parser.add_argument(
            "--provide", action="store_true", help="Make nodes available afterwards"
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.workflows.node_setup import clean

        steps = _steps(parsed_args)
        return self._clean(
            parsed_args,
            "clean",
            lambda travel, nodes: clean(
                travel, nodes, steps, provide=parsed_args.provide
            ),
        )


class CreateRaid(_CleanedNodes):
    """Replace the volumes of nodes; what was on them is lost"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--configuration",
            metavar="<file>",
            type=Path,
            required=True,
            help="The volumes: a mapping with the list logical_disks, YAML or JSON",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.inputs.node_setup import load_raid
        from tripleo_cli.workflows.node_setup import create_raid

        config = load_raid(parsed_args.configuration)
        return self._clean(
            parsed_args,
            "create volumes on",
            lambda travel, nodes: create_raid(travel, self.cloud.setup, nodes, config),
        )


class CreateRaidOnNodes(CreateRaid):
    """Replace the volumes of nodes; what was on them is lost

    TripleO's form of "openstack overcloud node raid create".
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        # Not the parents' options, which have the nodes as arguments.
        parser = super(MoveNodes, self).get_parser(prog_name)
        parser.add_argument(
            "--node",
            dest="nodes",
            metavar="<node>",
            action="append",
            required=True,
            help="Name or uuid (repeat for more)",
        )
        parser.add_argument(
            "configuration",
            metavar="<file>",
            type=Path,
            help="The volumes: a mapping with the list logical_disks, YAML or JSON",
        )
        add_limits(parser)
        parser.set_defaults(node_timeout=CLEANING_SECONDS, all_manageable=False)
        return parser


class ApplyBios(_CleanedNodes):
    """Give the BIOS of nodes settings; nodes that have them are left alone"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--configuration",
            metavar="<file>",
            type=Path,
            required=True,
            help="Settings by name, as the maker calls them, in YAML or JSON",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.inputs.node_setup import load_bios
        from tripleo_cli.workflows.node_setup import apply_settings

        settings = load_bios(parsed_args.configuration)
        return self._clean(
            parsed_args,
            "apply BIOS settings to",
            lambda travel, nodes: apply_settings(
                travel, self.cloud.setup, nodes, settings
            ),
        )


class ResetBios(_CleanedNodes):
    """Give the BIOS of nodes the settings of its maker"""

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.workflows.node_setup import reset_settings

        return self._clean(parsed_args, "reset BIOS settings of", reset_settings)


class _NamedNodes(MoveNodes):
    """A command about nodes in any state."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super(MoveNodes, self).get_parser(prog_name)
        parser.add_argument("nodes", metavar="<node>", nargs="+", help="Names or uuids")
        parser.set_defaults(all_manageable=False)
        return parser


class SetMaintenance(_NamedNodes):
    """Put nodes under maintenance: nothing touches them any more

    Nodes that are in use go on serving.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--reason",
            metavar="<text>",
            required=True,
            help="Why; whoever finds the node out of use will read it",
        )
        add_concurrency(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.workflows.node_setup import set_maintenance

        return _on_crowd(
            self,
            parsed_args,
            "set maintenance of",
            lambda crowd: set_maintenance(self.cloud.setup, crowd, parsed_args.reason),
        )


class UnsetMaintenance(_NamedNodes):
    """Take nodes out of maintenance"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        add_concurrency(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.workflows.node_setup import unset_maintenance

        return _on_crowd(
            self,
            parsed_args,
            "unset maintenance of",
            lambda crowd: unset_maintenance(self.cloud.setup, crowd),
        )


class AbortNodes(_NamedNodes):
    """End what Ironic does with nodes: inspecting, cleaning, deploying, rescuing

    A step that cannot be aborted ends first. Nodes at rest are left alone; those
    whose work was ended are in a failed state, from where they can be provided,
    inspected, cleaned or deleted.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        add_limits(parser)
        parser.set_defaults(node_timeout=ABORTING_SECONDS)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.workflows.node_setup import abort

        nodes = self.chosen(parsed_args)
        with watching() as report:
            outcomes = abort(self.travel(parsed_args, report), nodes)
        return self.table(outcomes, "abort")


def _on_crowd(
    command: MoveNodes, parsed_args: argparse.Namespace, doing: str, work: OnCrowd
) -> Table:
    from tripleo_cli.commands.console import watching
    from tripleo_cli.workflows.node_setup import Crowd

    nodes = command.chosen(parsed_args)
    with watching() as report:
        crowd = Crowd(nodes=nodes, report=report, concurrency=parsed_args.concurrency)
        return command.table(work(crowd), doing)


def _add_root_device(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--root-device",
        metavar="<strategy or names>",
        type=_root_device,
        help="Disk to install on: smallest, largest or fastest of those that "
        "inspection found, or names of disks, the one wanted most first (sda,vda)",
    )
    which.add_argument(
        "--root-device-hint",
        metavar="<key=value>",
        action="append",
        default=[],
        help="Ironic's hint, the same for all nodes (repeat for more)",
    )
    parser.add_argument(
        "--root-device-minimum-size",
        metavar="<GiB>",
        type=positive,
        default=4,
        help="Smaller disks are none to install on (default: %(default)s)",
    )
    parser.add_argument(
        "--overwrite-root-device-hints",
        action="store_true",
        help="Also for nodes that have hints",
    )


def _root_device(text: str) -> str:
    if not text.strip(" ,"):
        raise argparse.ArgumentTypeError("name a strategy or disks")
    return text


def _configuration(parsed_args: argparse.Namespace) -> Configuration:
    from tripleo_cli.domain.configuration import Configuration
    from tripleo_cli.domain.root_device import RootDisk
    from tripleo_cli.inputs.node_setup import parse_hints

    minimum, text = parsed_args.root_device_minimum_size, parsed_args.root_device
    return Configuration(
        boot_mode=parsed_args.boot_mode,
        kernel=parsed_args.deploy_kernel,
        ramdisk=parsed_args.deploy_ramdisk,
        hints=parse_hints(parsed_args.root_device_hint),
        root_disk=RootDisk.parse(text, minimum) if text else None,
        overwrite=parsed_args.overwrite_root_device_hints,
    )


def _steps(parsed_args: argparse.Namespace) -> Any:
    from tripleo_cli.domain.cleaning import ERASE_DISKS, ERASE_METADATA
    from tripleo_cli.inputs.node_setup import load_steps, parse_steps

    if parsed_args.steps:
        return load_steps(parsed_args.steps)
    if parsed_args.step:
        return parse_steps(parsed_args.step)
    return ERASE_DISKS if parsed_args.all_data else ERASE_METADATA
