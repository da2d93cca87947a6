"""An image that is to be built, with everything that decides what will be in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from tripleo_cli.domain.image.description import (
    ALL_ROLES,
    FORMATS,
    QCOW2,
    RAMDISK,
    TAR,
    ImageDescription,
)
from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.domain.role import Role

DIGEST_LENGTH = 16
"""Of the hexadecimal digits of a digest, those that name a folder."""

FORM_ELEMENTS: Mapping[str, str] = {
    TAR: "tripleo-rootfs",
    QCOW2: "tripleo-whole-disk",
    RAMDISK: "tripleo-ramdisk",
}
"""What makes the files of each format, as diskimage-builder's last element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredients:
    """What an image is made from besides its description.

    ``elements`` is a digest of all elements' files, ``builder`` the version of
    diskimage-builder, ``sources`` apt's sources.
    """

    elements: str
    builder: str
    sources: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One format of an image: its description, its packages, and ingredients.

    Keys of ``packages`` are sorted; values name services, and are empty for packages
    that only the description names. ``base`` is the archive that its files come from;
    the archive itself has none.
    """

    image: ImageDescription
    packages: Mapping[str, tuple[str, ...]]
    ingredients: Ingredients
    form: str = TAR
    base: Recipe | None = None

    @property
    def digest(self) -> str:
        """Name what the image will be: equal for equal images, and short."""
        said = {
            "image": asdict(self.image),
            "packages": list(self.packages),
            "ingredients": asdict(self.ingredients),
            "base": self.base.digest if self.base else "",
        }
        return _digest(json.dumps(said, sort_keys=True))[:DIGEST_LENGTH]

    @property
    def packages_digest(self) -> str:
        """Name the list of packages that were asked for."""
        if self.base:
            return self.base.packages_digest
        return _digest("\n".join(self.packages))[:DIGEST_LENGTH]

    @property
    def elements(self) -> tuple[str, ...]:
        """All elements, in order."""
        return (*self.image.elements, FORM_ELEMENTS[self.form])

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that are built."""
        return tuple(self.image.name + ending for ending in FORMATS[self.form])

    @property
    def label(self) -> str:
        """Name it for those who watch; the archive by the image's name alone."""
        return f"{self.image.name} ({self.form})" if self.base else self.image.name


def archive_of(image: ImageDescription) -> ImageDescription:
    """Give the part of a description that makes an archive of files."""
    return replace(image, formats=(TAR,), disk_elements=())


def rest_of(image: ImageDescription, form: str) -> ImageDescription:
    """Give the part of a description that makes another format of an archive.

    diskimage-builder's own base is in the archive; it would be there twice.
    """
    return replace(
        image,
        formats=(form,),
        elements=image.disk_elements,
        disk_elements=(),
        packages=(),
        roles=None,
        skip_base=True,
    )


def derived_packages(
    image: ImageDescription, roles: Mapping[str, Role], services: Mapping[str, Service]
) -> dict[str, tuple[str, ...]]:
    """List what must be in an image so that no service of its roles lacks anything.

    Roles must be known; :func:`unwritten_services` tells of
    services that nothing can be derived from.

    Returns:
        Packages in alphabetical order, with the services that want them.
    """
    wanted: dict[str, set[str]] = {name: set() for name in image.packages}
    for role in chosen_roles(image, roles):
        for name in roles[role].services:
            service = services.get(name)
            for package in (*service.packages, *service.puppet) if service else ():
                wanted.setdefault(package, set()).add(name)
    return {name: tuple(sorted(wanted[name])) for name in sorted(wanted)}


def chosen_roles(image: ImageDescription, roles: Mapping[str, Role]) -> tuple[str, ...]:
    """List the roles whose services' packages are in an image."""
    if image.roles == (ALL_ROLES,):
        return tuple(roles)
    return image.roles or ()


def unwritten_services(
    image: ImageDescription, roles: Mapping[str, Role], services: Mapping[str, Service]
) -> tuple[str, ...]:
    """List services of an image's roles that have no file: it has nothing for them."""
    names = {
        name for role in chosen_roles(image, roles) for name in roles[role].services
    }
    return tuple(sorted(names - services.keys()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
