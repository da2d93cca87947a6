"""Find the files of a deployment's images; Glance's names for them are TripleO's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tripleo_cli.errors import HostError
from tripleo_cli.inputs.document import Problems

OS = "os"
AGENT = "ironic-python-agent"
KINDS = (OS, AGENT)
DEPLOY_KERNEL = "bm-deploy-kernel"
DEPLOY_RAMDISK = "bm-deploy-ramdisk"
_QCOW2_MAGIC = b"QFI\xfb"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageChoice:
    """Which files an operator wants in Glance.

    ``kernel`` and ``ramdisk`` are the ones that machines boot while they are being
    deployed; files of ``directory`` where they are not given. A ``whole_disk`` image
    brings a boot loader and a kernel of its own.
    """

    directory: Path
    os_image: str = "overcloud-full.qcow2"
    kernel: Path | None = None
    ramdisk: Path | None = None
    whole_disk: bool = False
    kinds: tuple[str, ...] = KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """A file, and the image that it becomes.

    ``links`` maps a property of the image to the name of the image whose id it
    holds; that image comes before this one.
    """

    name: str
    path: Path
    disk_format: str
    links: Mapping[str, str] = field(default_factory=dict)


def find_images(choice: ImageChoice) -> tuple[ImageFile, ...]:
    """Find all files of a choice; each comes after those that it links to.

    Raises:
        InvalidInputError: Files are missing, empty or unreadable; lists all.
    """
    problems = Problems("images")
    files = []
    if OS in choice.kinds:
        files += list(_os_files(choice, problems))
    if AGENT in choice.kinds:
        files += list(_agent_files(choice, problems))
    problems.check(hint="openstack overcloud image upload --image-path DIRECTORY")
    return tuple(files)


def checksum(path: Path) -> str:
    """Hash a file as Glance does (SHA-512).

    Raises:
        HostError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha512").hexdigest()
    except OSError as error:
        raise HostError(f"cannot read {path}: {error.strerror}") from error


def _os_files(choice: ImageChoice, problems: Problems) -> Iterator[ImageFile]:
    path = choice.directory / choice.os_image
    links = {}
    if not choice.whole_disk:
        own = "or --whole-disk, for an image with a kernel of its own"
        kernel, ramdisk = f"{path.stem}-vmlinuz", f"{path.stem}-initrd"
        links = {"kernel_id": kernel, "ramdisk_id": ramdisk}
        for name, suffix, form in (
            (kernel, ".vmlinuz", "aki"),
            (ramdisk, ".initrd", "ari"),
        ):
            part = path.with_suffix(suffix)
            _check(part, problems, remedy=own)
            yield ImageFile(name=name, path=part, disk_format=form)
    readable = _check(path, problems, remedy="--os-image-name names another")
    form = _disk_format(path) if readable else ""
    yield ImageFile(name=path.stem, path=path, disk_format=form, links=links)


def _agent_files(choice: ImageChoice, problems: Problems) -> Iterator[ImageFile]:
    kernel = choice.kernel or choice.directory / f"{AGENT}.kernel"
    ramdisk = choice.ramdisk or choice.directory / f"{AGENT}.initramfs"
    _check(kernel, problems, remedy="--kernel names another")
    _check(ramdisk, problems, remedy="--ramdisk names another")
    yield ImageFile(name=DEPLOY_KERNEL, path=kernel, disk_format="aki")
    yield ImageFile(name=DEPLOY_RAMDISK, path=ramdisk, disk_format="ari")


def _check(path: Path, problems: Problems, *, remedy: str) -> bool:
    """Note what is wrong with a file, and say whether it can be used."""
    before = len(problems)
    try:
        with path.open("rb") as file:
            if not file.read(1):
                problems.add(str(path), "is empty")
    except FileNotFoundError:
        problems.add(str(path), "there is no such file", remedy)
    except OSError as error:
        problems.add(str(path), f"cannot be read: {error.strerror}")
    return len(problems) == before


def _disk_format(path: Path) -> str:
    """Look into the file: Nova and Ironic refuse a format that is not the true one."""
    with path.open("rb") as file:
        return "qcow2" if file.read(len(_QCOW2_MAGIC)) == _QCOW2_MAGIC else "raw"
