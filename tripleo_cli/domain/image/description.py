"""What an image is made of, and how several descriptions of one image become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

TAR = "tar"
QCOW2 = "qcow2"
RAMDISK = "ramdisk"
FORMATS: Mapping[str, tuple[str, ...]] = {
    TAR: (".tar.zst",),
    QCOW2: (".qcow2",),
    RAMDISK: (".kernel", ".initramfs"),
}
"""What can be built, and how the names of such files end."""

ALL_ROLES = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDescription:
    """One image of a ``disk_images:`` list.

    ``disk_elements`` are diskimage-builder's elements that only a disk or a ramdisk
    needs, and not the archive of its files. ``roles`` are those whose services'
    packages are in the image; :data:`ALL_ROLES` alone means every role that is known.
    ``None`` and empty texts were not said.
    """

    name: str
    arch: str = ""
    distro: str = ""
    formats: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    disk_elements: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] | None = None
    skip_base: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptions:
    """What files say of images: pairs of a file and an image; what came first wins."""

    said: tuple[tuple[str, ImageDescription], ...]

    @property
    def images(self) -> dict[str, ImageDescription]:
        """All images by name, each with what all files say of it."""
        return merged(image for _, image in self.said)

    def place(self, name: str, key: str, value: str) -> str:
        """Tell where a value of an image comes from: file and key.

        What no file says has only a key.
        """
        where = f"disk_images.{name}.{key}"
        for file, image in self.said:
            given = getattr(image, key) or ()
            if image.name == name and (value == given or value in tuple(given)):
                return f"{file}: {where}"
        return where


def merged(descriptions: Iterable[ImageDescription]) -> dict[str, ImageDescription]:
    """Make one description of all that have the same name; what came first wins.

    Lists are joined, environments too; of everything else the first that was said
    stays.
    """
    images: dict[str, ImageDescription] = {}
    for each in descriptions:
        first = images.get(each.name)
        images[each.name] = _joined(first, each) if first else each
    return images


def _joined(first: ImageDescription, then: ImageDescription) -> ImageDescription:
    return replace(
        first,
        arch=first.arch or then.arch,
        distro=first.distro or then.distro,
        formats=first.formats or then.formats,
        elements=_each_once(first.elements, then.elements),
        disk_elements=_each_once(first.disk_elements, then.disk_elements),
        packages=_each_once(first.packages, then.packages),
        # The same option may be given twice, with other values.
        options=(*first.options, *then.options),
        environment={**then.environment, **first.environment},
        roles=then.roles if first.roles is None else first.roles,
        skip_base=then.skip_base if first.skip_base is None else first.skip_base,
    )


def _each_once(*lists: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in lists for name in names))
