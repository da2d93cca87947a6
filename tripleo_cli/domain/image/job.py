"""How diskimage-builder is called, so that nothing of it outlives a build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tripleo_cli.domain.host import Call
from tripleo_cli.domain.image.description import QCOW2, TAR
from tripleo_cli.domain.image.recipe import Recipe

# Mounts and processes of its own: they all end with the first process of the build,
# which ends with whoever started it, be it by kill -9.
ISOLATED = (
    *("setpriv", "--pdeathsig", "KILL", "--"),
    *("unshare", "--mount", "--propagation", "private"),
    *("--fork", "--pid", "--kill-child", "--mount-proc"),
)

# The archive is packed while it is made, and is never whole on a disk.
_PACKING = """
fifo=$1 packed=$2; shift 2
mkfifo "$fifo"
zstd --quiet -T0 -3 < "$fifo" > "$packed" &
"$@" || exit
wait $!
"""
TIMEOUT_S = 3 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an image is built; absolute paths.

    ``program`` is disk-image-create. ``work`` takes the files that are built,
    ``temp`` what is temporary, unless that is ``in_memory``; ``kept`` is what later
    builds need again. ``sources`` and ``settings`` are apt's, as files. ``archive``
    has the files that another format is made of.
    """

    program: str
    elements: tuple[str, ...]
    work: str
    temp: str
    kept: str
    sources: str
    settings: str
    archive: str = ""
    in_memory: bool = False


def build_call(recipe: Recipe, place: Place) -> Call:
    """Give the command that builds an image into ``work``."""
    argv = (place.program, *_options(recipe, place), *recipe.elements)
    if recipe.base is None:
        archive = f"{place.work}/{recipe.image.name}"
        shell = ("bash", "-c", _PACKING, "build")
        argv = (*shell, f"{archive}.tar", f"{archive}.tar.zst", *argv)
    return Call(
        argv=(*ISOLATED, *argv),
        env=_environment(recipe, place),
        timeout_s=TIMEOUT_S,
        interruptible=True,
    )


def _options(recipe: Recipe, place: Place) -> Sequence[str]:
    image = recipe.image
    # The elements of other formats write their files, which no option names.
    written = TAR if recipe.base is None else "raw"
    options = ["-o", f"{place.work}/{image.name}", "-t", written]
    options += ["-a", image.arch] if image.arch else []
    options += ["-n"] if image.skip_base else []
    options += ["-p", ",".join(recipe.packages)] if recipe.packages else []
    options += [] if place.in_memory else ["--no-tmpfs"]
    return [*options, *image.options]


def _environment(recipe: Recipe, place: Place) -> dict[str, str]:
    # Without a disk its size does not matter, and need not be found out.
    size = {} if recipe.form == QCOW2 else {"DIB_IMAGE_SIZE": "1"}
    archive = {"TRIPLEO_ARCHIVE": place.archive} if place.archive else {}
    return {
        **size,
        **recipe.image.environment,
        **archive,
        "DIB_IMAGE_CACHE": place.kept,
        "DIB_LOCKFILES": f"{place.kept}/locks",
        # Whether memory has room was looked at.
        "DIB_MIN_TMPFS": "1",
        "ELEMENTS_PATH": ":".join(place.elements),
        # Of diskimage-builder, and of everything that it calls.
        "TMP_DIR": place.temp,
        "TMPDIR": place.temp,
        "TRIPLEO_APT_CONF": place.settings,
        "TRIPLEO_APT_SOURCES": place.sources,
        "TRIPLEO_OUTPUT": f"{place.work}/{recipe.image.name}",
    }
