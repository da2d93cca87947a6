"""The images that machines boot and are installed with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tripleo_cli.commands import base


class BuildImages(base.Lister):
    """Build the images that nodes are installed with

    What is in them is described in YAML and derived from the services of the roles,
    so that an image lacks nothing that a role needs. An image is built again only if
    anything that decides what is in it has changed.
    """

    auth_required = False

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--image-name",
            metavar="<name>",
            action="append",
            default=[],
            help="Image to build; repeat it for several (default: all that are "
            "described)",
        )
        parser.add_argument(
            "--config-file",
            metavar="<file>",
            action="append",
            type=Path,
            default=[],
            help="Description that adds to the shipped ones, its values win; repeat "
            "it for several",
        )
        parser.add_argument(
            "--distribution",
            metavar="<name or file>",
            default="debian-12",
            help="What images are made of: a shipped name, or the file of a "
            "description (with a / in it, or ending in .yaml; default: debian-12)",
        )
        parser.add_argument(
            "--type",
            dest="types",
            metavar="<type>",
            help="tar (files only, for container machines), qcow2 (a whole disk), "
            "ramdisk (a kernel, and all files in its initramfs), or several with "
            "commas; default: as described",
        )
        _add_places(parser)
        parser.add_argument(
            "--mirror",
            metavar="<URL>",
            help="Where packages come from (default: as on this machine)",
        )
        parser.add_argument(
            "--no-skip",
            action="store_true",
            help="Build images that are there already, too",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from tripleo_cli.commands.console import watching
        from tripleo_cli.commands.image_build import build

        with watching() as report:
            results = build(parsed_args, report)
        return ("Name", "Format", "File", "Result"), [
            (result.name, result.form, str(result.path), result.action)
            for result in results
        ]


def _add_places(parser: argparse.ArgumentParser) -> None:
    """Add the options that name folders."""
    parser.add_argument(
        "--output-directory",
        metavar="<directory>",
        type=Path,
        default=Path(),
        help="Where the files go (default: here)",
    )
    parser.add_argument(
        "--cache-directory",
        metavar="<directory>",
        type=Path,
        default=Path("/var/cache/tripleo/images"),
        help="Where builds are kept (default: /var/cache/tripleo/images)",
    )
    parser.add_argument(
        "--temp-dir",
        metavar="<directory>",
        type=Path,
        default=Path("/var/tmp"),  # noqa: S108 - a folder of its own is made in it
        help="Where images are put together if memory has no room (default: /var/tmp)",
    )
    for what in ("elements", "roles", "services"):
        parser.add_argument(
            f"--{what}-path",
            metavar="<directory>",
            action="append",
            type=Path,
            default=[],
            help=f"Directory with more {what}, which override the shipped ones",
        )


class UploadImages(base.Lister):
    """Bring the images of a deployment into Glance

    The operating system's image with its kernel and ramdisk, and the kernel and
    ramdisk that machines boot while they are being deployed. Images that are there
    already are not sent again.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Describe the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--image-path",
            metavar="<directory>",
            type=Path,
            default=Path(),
            help="Where the files are (default: here)",
        )
        parser.add_argument(
            "--os-image-name",
            metavar="<file>",
            default="overcloud-full.qcow2",
            help="Image of the operating system; its kernel and ramdisk have its name "
            "with .vmlinuz and .initrd, a .tar.zst has none (default: "
            "overcloud-full.qcow2)",
        )
        parser.add_argument(
            "--whole-disk",
            action="store_true",
            help="The image has a boot loader and a kernel of its own",
        )
        parser.add_argument(
            "--kernel",
            metavar="<file>",
            type=Path,
            help="Kernel to deploy with (default: ironic-python-agent.kernel)",
        )
        parser.add_argument(
            "--ramdisk",
            metavar="<file>",
            type=Path,
            help="Ramdisk to deploy with (default: ironic-python-agent.initramfs)",
        )
        parser.add_argument(
            "--image-type",
            choices=("os", "ironic-python-agent"),
            help="Upload only the operating system, or only what deploys it",
        )
        parser.add_argument(
            "--update-existing",
            action="store_true",
            help="Replace images that differ; the old ones get a time in their name",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        from datetime import UTC, datetime

        from tripleo_cli.commands.console import watching
        from tripleo_cli.inputs.images import KINDS, ImageChoice, find_images
        from tripleo_cli.workflows.images import upload_images

        only = parsed_args.image_type
        choice = ImageChoice(
            directory=parsed_args.image_path,
            os_image=parsed_args.os_image_name,
            kernel=parsed_args.kernel,
            ramdisk=parsed_args.ramdisk,
            whole_disk=parsed_args.whole_disk,
            kinds=(only,) if only else KINDS,
        )
        files = find_images(choice)
        with watching() as report:
            uploads = upload_images(
                self.cloud.images,
                files,
                report,
                update_existing=parsed_args.update_existing,
                stamp=f"{datetime.now(UTC):%Y%m%dT%H%M%S}",
            )
        return ("Name", "ID", "Result"), [
            (upload.name, upload.image_id, upload.action) for upload in uploads
        ]


class ListImages(base.Lister):
    """List images with their kernels and ramdisks"""

    def take_action(self, _parsed_args: argparse.Namespace) -> Any:
        """Run the command."""
        images = sorted(self.cloud.images.images(), key=lambda image: image.name)
        names = {image.id: image.name for image in images}
        columns = ("Name", "ID", "Status", "Format", "Size (MiB)", "Kernel", "Ramdisk")
        rows = [
            (
                image.name,
                image.id,
                image.status,
                image.properties.get("tripleo_format", image.disk_format),
                round(image.size_bytes / 2**20, 1),
                *(
                    names.get(image.properties.get(link, ""), "")
                    for link in ("kernel_id", "ramdisk_id")
                ),
            )
            for image in images
        ]
        return columns, rows
