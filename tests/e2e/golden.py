"""The image that container machines run, built as operators build it."""

from __future__ import annotations

from functools import cache

from tests.e2e.conftest import Shell

NAME = "overcloud-full"


@cache
def provide(shell: Shell) -> None:
    """See that the image is in Glance, built of what there is now.

    Even where nothing has to be done that takes 15 seconds of a processor: once is
    enough for all tests of a process.
    """
    folder = shell.cwd / "image"
    folder.mkdir(exist_ok=True)
    words = ("--image-name", NAME, "--type", "tar", "--output-directory", str(folder))
    shell.openstack("overcloud", "image", "build", *words)
    # An undercloud that other tests used has another image of this name.
    kind = ("--image-type", "os", "--update-existing")
    place = ("--image-path", str(folder), "--os-image-name", f"{NAME}.tar.zst")
    shell.openstack("overcloud", "image", "upload", *kind, *place)
