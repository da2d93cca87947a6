"""What descriptions of images name and is not there, or is not for this machine."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tripleo_cli.domain.image.description import (
    ALL_ROLES,
    Descriptions,
    ImageDescription,
)
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What there is to make images of, by name.

    ``elements`` are ``None`` where not all of them can be known. ``architectures``
    are those whose programs the building machine runs.
    """

    roles: Collection[str]
    elements: Collection[str] | None
    architectures: Collection[str]


def description_problems(
    image: ImageDescription, supply: Supply, said: Descriptions
) -> Iterator[Problem]:
    """Tell all that an image cannot be made of; ``said`` tells in which file it is."""
    roles = () if image.roles == (ALL_ROLES,) else image.roles or ()
    for key, names, known in (
        ("roles", roles, supply.roles),
        ("elements", image.elements, supply.elements),
        ("disk_elements", image.disk_elements, supply.elements),
    ):
        noun = key.rpartition("_")[2]
        for name in names:
            if known is not None and name not in known:
                own = f"--{noun}-path names the folder of your own"
                remedy = did_you_mean(name, known) or own
                where = said.place(image.name, key, name)
                yield Problem(where, f"no {noun.removesuffix('s')} {name}", remedy)
    if image.arch and image.arch not in supply.architectures:
        what = f"this machine does not run programs for {image.arch}"
        runs = ", ".join(supply.architectures)
        remedy = f"build it on a machine that does; this one runs {runs}"
        yield Problem(said.place(image.name, "arch", image.arch), what, remedy)
