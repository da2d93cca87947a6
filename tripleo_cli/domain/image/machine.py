"""What building images takes of a machine, and whether this one has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tripleo_cli.domain.image.description import QCOW2, RAMDISK, TAR
from tripleo_cli.errors import Problem

GIB = 2**30

PACKAGES = (
    # Makes the root filesystem, three times as fast as debootstrap.
    "mmdebstrap",
    "debian-archive-keyring",
    # diskimage-builder calls these, whoever runs it.
    "procps",
    "sudo",
    # Packs what was built.
    "tar",
    "zstd",
)
FORM_PACKAGES: Mapping[str, tuple[str, ...]] = {
    TAR: (),
    # Tables of partitions, and file systems that are written without being mounted.
    QCOW2: ("dosfstools", "e2fsprogs", "fdisk", "mtools", "qemu-utils"),
    RAMDISK: ("cpio",),
}

SPACE: Mapping[str, int] = {TAR: 5 * GIB, QCOW2: 10 * GIB, RAMDISK: 6 * GIB}
"""What a build takes in bytes, by format, with room to spare.

A disk takes the files of an image, and them again in the disk.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildMachine:
    """What was found out about the machine that is to build images.

    ``builder`` is the version of diskimage-builder, empty where there is none.
    ``missing`` are packages that are not installed. Memory and space are in bytes;
    ``space`` is that of the folder for what is temporary.
    """

    is_root: bool
    has_apt: bool
    builder: str
    missing: tuple[str, ...]
    memory: int
    space: int


def needed_packages(form: str) -> tuple[str, ...]:
    """List the distribution's packages that building a format takes."""
    return (*PACKAGES, *FORM_PACKAGES[form])


def builds_in_memory(machine: BuildMachine, form: str) -> bool:
    """Tell whether memory has room for a build, twice: others want some too."""
    return machine.memory >= 2 * SPACE[form]


def machine_problems(
    machine: BuildMachine, form: str, temp_dir: str
) -> Iterator[Problem]:
    """Tell all that keeps a machine from building a format."""
    if not machine.is_root:
        yield Problem("user", "images are built by root", "sudo -E openstack ...")
    if not machine.builder:
        remedy = "pip install 'tripleo-cli[images]'"
        yield Problem("diskimage-builder", "is not installed", remedy)
    if machine.missing and not machine.has_apt:
        remedy = "install them as this distribution does"
        yield Problem("programs", f"missing: {', '.join(machine.missing)}", remedy)
    need = SPACE[form]
    if not builds_in_memory(machine, form) and machine.space < need:
        what = f"{machine.space / GIB:.1f} GiB are free, {need / GIB:.0f} needed"
        yield Problem(temp_dir, what, "--temp-dir names another folder")
