"""Root filesystems of images, unpacked once and shared by all machines."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tripleo_cli.errors import HostError
from tripleo_cli.simulator import host
from tripleo_cli.simulator.container import Image

CACHE: Final = Path("/var/cache/tripleo/rootfs")
INITS: Final = ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")
PART: Final = ".part"
# A fleet that is killed must leave no tar behind that goes on.
UNTAR: Final = (
    *("setpriv", "--pdeathsig", "KILL"),
    *("tar", "--extract", "--numeric-owner", "--preserve-permissions"),
)
# Capabilities of files, such as ping's, are extended attributes.
ATTRIBUTES: Final = ("--xattrs", "--xattrs-include=*", "--acls")
HINT: Final = (
    "container machines boot a root filesystem: a .tar or .tar.zst with systemd in it, "
    "in Glance as disk format raw, container format bare"
)

Download = Callable[[Image, str], None]


@dataclass(frozen=True, slots=True)
class RootfsCache:
    """A folder with one folder per image, named by the image's hash."""

    folder: Path
    download: Download

    def unpack(self, image: Image) -> str:
        """Give the folder of an image's files; what is missing is downloaded.

        Raises:
            HostError: it is no root filesystem, or not what Glance says it is.
        """
        target = self.folder / f"{image.algorithm}-{image.digest[:32]}"
        if target.is_dir():
            return str(target)
        if image.disk_format != "raw":
            raise HostError(
                f"image {image.name} has disk format {image.disk_format}", hint=HINT
            )
        # One at a time: two machines of one image come within the same second.
        with (
            host.telling(f"unpack image {image.name} in {self.folder}"),
            host.locked(self.folder / ".lock"),
        ):
            if not target.is_dir():
                self._build(image, target)
        return str(target)

    def _build(self, image: Image, target: Path) -> None:
        for left in self.folder.glob(f"*{PART}*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        archive = target.with_name(f"{target.name}{PART}.tar")
        files = target.with_name(f"{target.name}{PART}")
        self.download(image, str(archive))
        check_digest(image, archive)
        files.mkdir(mode=0o755)
        try:
            host.run(
                (*UNTAR, *ATTRIBUTES, "--file", str(archive), "--directory", str(files))
            )
        except HostError as error:
            raise HostError(f"image {image.name}: {error}", hint=HINT) from error
        if not any(host.inside(files, init).is_file() for init in INITS):
            raise HostError(f"image {image.name} has no systemd in it", hint=HINT)
        archive.unlink()
        # Only what is complete ever has the name that machines look for.
        files.rename(target)


def check_digest(image: Image, archive: Path) -> None:
    """Compare a downloaded file with what Glance knows of it.

    Raises:
        HostError: it is another file.
    """
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, image.algorithm).hexdigest()
    if found != image.digest:
        raise HostError(
            f"image {image.name} arrived damaged: {image.algorithm} {found[:12]}..., "
            f"and {image.digest[:12]}... in Glance",
            hint="it is downloaded again at the next attempt",
        )
