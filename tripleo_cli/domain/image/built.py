"""An image that was built: its files, and what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = 1
"""Of the JSON document; another one is not read, and the image is built again."""


LOG = "build.log"
"""The name of a build's log, beside its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Folders of one build: for what it makes, and for what is temporary."""

    folder: str
    temp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltFile:
    """One file: its format (``tar``), its size in bytes and its SHA-512."""

    name: str
    form: str
    size: int
    sha512: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltImage:
    """All files of one build.

    ``digest`` names what it was built from, ``packages_digest`` the packages that
    were asked for; ``versions`` are those of all packages in it. ``seconds`` is how
    long it took, ``built_at`` a time in UTC (ISO 8601).
    """

    name: str
    digest: str
    packages_digest: str
    distro: str
    elements: tuple[str, ...]
    files: tuple[BuiltFile, ...]
    versions: Mapping[str, str]
    seconds: float
    built_at: str

    @property
    def form(self) -> str:
        """The format of its files."""
        return self.files[0].form

    @property
    def manifest(self) -> str:
        """Name the file that says all this, beside its first file."""
        return manifest_name(self.files[0].name)


def manifest_name(file: str) -> str:
    """Name the manifest of a build by the first of its files."""
    return f"{file}.json"


def image_to_dict(image: BuiltImage) -> dict[str, Any]:
    """Give the plain data that is written beside the files."""
    return {"format": FORMAT, **asdict(image)}


def image_from_dict(data: Mapping[str, Any]) -> BuiltImage | None:
    """Read what :func:`image_to_dict` gave; ``None`` where it is something else."""
    fields = dict(data)
    if fields.pop("format", None) != FORMAT:
        return None
    try:
        files = tuple(BuiltFile(**each) for each in fields.pop("files"))
        elements = tuple(fields.pop("elements"))
        return BuiltImage(files=files, elements=elements, **fields)
    except (KeyError, TypeError):
        return None
