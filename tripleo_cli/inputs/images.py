"""Find the files of a deployment's images; Glance's names for them are TripleO's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tripleo_cli.domain.image.built import image_from_dict, manifest_name
from tripleo_cli.domain.image.description import FORMATS, TAR
from tripleo_cli.errors import HostError
from tripleo_cli.inputs.document import Problems

OS = "os"
AGENT = "ironic-python-agent"
KINDS = (OS, AGENT)
DEPLOY_KERNEL = "bm-deploy-kernel"
DEPLOY_RAMDISK = "bm-deploy-ramdisk"
(ARCHIVE,) = FORMATS[TAR]
"""How the names of archives end that container machines are made of."""

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
    holds; that image comes before this one. ``properties`` say what it was built
    from, where it was built by ``overcloud image build``.
    """

    name: str
    path: Path
    disk_format: str
    links: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)


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
    is_archive = path.name.endswith(ARCHIVE)
    name = path.name.removesuffix(ARCHIVE) if is_archive else path.stem
    links = {}
    # A container has the kernel of its host.
    if not choice.whole_disk and not is_archive:
        own = "or --whole-disk, for an image with a kernel of its own"
        kernel, ramdisk = f"{name}-vmlinuz", f"{name}-initrd"
        links = {"kernel_id": kernel, "ramdisk_id": ramdisk}
        for other, suffix, form in (
            (kernel, ".vmlinuz", "aki"),
            (ramdisk, ".initrd", "ari"),
        ):
            part = path.with_suffix(suffix)
            _check(part, problems, remedy=own)
            yield ImageFile(name=other, path=part, disk_format=form)
    readable = _check(path, problems, remedy="--os-image-name names another")
    yield ImageFile(
        name=name,
        path=path,
        disk_format=_disk_format(path) if readable else "",
        links=links,
        properties=_origin(path) if readable else {},
    )


def _origin(path: Path, first: Path | None = None) -> dict[str, str]:
    """Read what a file was built from, if the manifest beside it is this file's.

    Args:
        path: The file.
        first: The one that the manifest has its name from, of several that were built
            together.
    """
    manifest = path.with_name(manifest_name((first or path).name))
    try:
        built = image_from_dict(json.loads(manifest.read_text(encoding="utf-8")))
        size = path.stat().st_size
    except (OSError, ValueError):  # it was built elsewhere, by other means
        return {}
    files = {each.name: each for each in built.files} if built else {}
    if built is None or path.name not in files or files[path.name].size != size:
        return {}
    return {
        "tripleo_build": built.digest,
        "tripleo_packages": built.packages_digest,
        "tripleo_distribution": built.distro,
        "tripleo_format": _ending(path.name, files[path.name].form),
    }


def _ending(name: str, form: str) -> str:
    endings = FORMATS.get(form, ())
    return next((each for each in endings if name.endswith(each)), form).strip(".")


def _agent_files(choice: ImageChoice, problems: Problems) -> Iterator[ImageFile]:
    kernel = choice.kernel or choice.directory / f"{AGENT}.kernel"
    ramdisk = choice.ramdisk or choice.directory / f"{AGENT}.initramfs"
    _check(kernel, problems, remedy="--kernel names another")
    _check(ramdisk, problems, remedy="--ramdisk names another")
    for name, path, form in (
        (DEPLOY_KERNEL, kernel, "aki"),
        (DEPLOY_RAMDISK, ramdisk, "ari"),
    ):
        origin = _origin(path, kernel)
        yield ImageFile(name=name, path=path, disk_format=form, properties=origin)


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
    """Look into the file: Nova and Ironic refuse a format that is not the true one.

    Glance has no name for an archive of files: to it that is a raw image.
    """
    with path.open("rb") as file:
        return "qcow2" if file.read(len(_QCOW2_MAGIC)) == _QCOW2_MAGIC else "raw"
