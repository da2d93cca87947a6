"""Read descriptions of images: TripleO's ``disk_images:``, and what we add to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from tripleo_cli.domain.image.description import (
    ALL_ROLES,
    FORMATS,
    TAR,
    Descriptions,
    ImageDescription,
)
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.inputs.document import (
    Problems,
    at,
    kind,
    parse_document,
    read_text,
)
from tripleo_cli.inputs.together import Together

FOLDER = "images"
SHIPPED = "overcloud-images.yaml"
SECTION = "disk_images"
BUILDER = "dib"
ENDINGS = (".yaml", ".yml")
"""How the name of a distribution ends that is a file's."""

# TripleO's, for formats that are not built here.
UNUSED_KEYS = frozenset({"imageext", "docker_target"})

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_Reader = Callable[[Problems, str, Any], Any]


def load_images(
    files: Iterable[Path], shipped: Traversable, distribution: str
) -> Descriptions:
    """Read and check descriptions; values of earlier files win.

    Args:
        files: An operator's, before those that are shipped.
        shipped: The folder of those that are shipped.
        distribution: Names the file in it that adds the distribution's part, or a
            file of an operator's by a path.

    Raises:
        InvalidInputError: Anything in the files is wrong, or there is no such
            distribution; it lists every problem of every file.
    """
    together = Together()
    said: list[tuple[str, ImageDescription]] = []
    for source, text in _texts(files, shipped, distribution, together):
        with together:
            said += [(source, image) for image in parse_images(text, source=source)]
    together.check("images")
    found = Descriptions(said=tuple(said))
    check_complete(found.images)
    return found


def parse_images(text: str, *, source: str) -> list[ImageDescription]:
    """Read one file's text.

    Raises:
        InvalidInputError: It lists all problems.
    """
    problems = Problems(source)
    document = problems.mapping("", parse_document(text, source=source))
    problems.unknown_keys("", document, {SECTION})
    if SECTION not in document:
        problems.add(SECTION, "is missing")
    entries = problems.sequence(SECTION, document.get(SECTION, ()))
    images = [
        _image(problems, at(SECTION, index), entry)
        for index, entry in enumerate(entries)
    ]
    problems.check()
    return images


def check_complete(images: Mapping[str, ImageDescription]) -> None:
    """Check what no single file must have, but all together.

    Raises:
        InvalidInputError: An image has no elements, or no type.
    """
    problems = Problems("images")
    for name, image in images.items():
        if not image.elements:
            problems.add(f"{SECTION}.{name}.elements", "no file names any")
        if not image.formats:
            known = f"one of {', '.join(FORMATS)}, or several"
            problems.add(f"{SECTION}.{name}.type", f"must be {known}")
        if set(image.formats) - {TAR} and not image.disk_elements:
            what = "no file names any, and a disk or a ramdisk needs a kernel"
            problems.add(f"{SECTION}.{name}.disk_elements", what)
    problems.check()


def choose_images(
    images: Mapping[str, ImageDescription], names: Iterable[str]
) -> tuple[ImageDescription, ...]:
    """Pick images by name; all of them where no name is given.

    Raises:
        InvalidInputError: Names that are not described.
    """
    wanted = tuple(dict.fromkeys(names)) or tuple(images)
    problems = Problems("--image-name")
    for name in wanted:
        if name not in images:
            problems.add(name, "is not described", did_you_mean(name, list(images)))
    problems.check(hint="--config-file names a file that describes it")
    return tuple(images[name] for name in wanted)


def parse_formats(problems: Problems, where: str, value: object) -> tuple[str, ...]:
    """Read formats, separated by commas or as a list."""
    words = value.split(",") if isinstance(value, str) else value
    formats = _texts_of(problems, where, words)
    for name in formats:
        if name not in FORMATS:
            known = f"must be of {', '.join(FORMATS)}"
            problems.add(where, f"{name} is not built: {known}")
    return tuple(name for name in FORMATS if name in formats)


def check_elements(folders: Iterable[Path]) -> None:
    """Check that folders with an operator's elements are there.

    Raises:
        InvalidInputError: It lists all that are not.
    """
    problems = Problems("--elements-path")
    for folder in folders:
        if not folder.is_dir():
            beside = folder.parent.iterdir() if folder.parent.is_dir() else ()
            meant = did_you_mean(folder.name, [each.name for each in beside])
            problems.add(str(folder), "there is no such folder", meant)
    problems.check(hint="name the folder that has a folder for each of your elements")


def distributions(shipped: Traversable) -> list[str]:
    """Name the distributions that images can be made of."""
    names = {each.name for each in shipped.iterdir() if each.name.endswith(".yaml")}
    return sorted(name.removesuffix(".yaml") for name in names - {SHIPPED})


def _texts(
    files: Iterable[Path],
    shipped: Traversable,
    distribution: str,
    together: Together,
) -> Iterator[tuple[str, str]]:
    for path in files:
        with together:
            yield str(path), read_text(path)
    yield SHIPPED, (shipped / SHIPPED).read_text(encoding="utf-8")
    with together:
        yield _part_of(distribution, shipped)


def _part_of(distribution: str, shipped: Traversable) -> tuple[str, str]:
    if "/" in distribution or distribution.endswith(ENDINGS):
        return distribution, read_text(Path(distribution))
    known = distributions(shipped)
    if distribution not in known:
        meant = did_you_mean(distribution, known) or f"known: {', '.join(known)}"
        problem = Problem(distribution, "no such distribution", meant)
        own = f"describe it in a file of your own: --distribution ./{distribution}.yaml"
        raise InvalidInputError("--distribution", [problem], hint=own)
    name = f"{distribution}.yaml"
    return name, (shipped / name).read_text(encoding="utf-8")


def _image(problems: Problems, where: str, entry: object) -> ImageDescription:
    said = problems.mapping(where, entry)
    known = {"imagename", "builder", *_FIELDS}
    problems.unknown_keys(where, said.keys() - UNUSED_KEYS, known)
    if said.get("builder", BUILDER) != BUILDER:
        problems.add(at(where, "builder"), f"must be {BUILDER}")
    values = {
        field: read(problems, at(where, key), said[key])
        for key, (field, read) in _FIELDS.items()
        if key in said
    }
    return ImageDescription(name=_name(problems, where, said), **values)


def _name(problems: Problems, where: str, said: Mapping[str, Any]) -> str:
    if "imagename" not in said:
        problems.add(at(where, "imagename"), "is missing")
        return ""
    name = problems.text(at(where, "imagename"), said["imagename"]) or ""
    if name and not _NAME.fullmatch(name):
        what = "must begin with a letter or digit, and hold only these and . _ -"
        problems.add(at(where, "imagename"), what)
    return name


def _text(problems: Problems, where: str, value: object) -> str:
    return problems.text(where, value) or ""


def _texts_of(problems: Problems, where: str, value: object) -> tuple[str, ...]:
    items = problems.sequence(where, value)
    texts = [problems.text(at(where, i), item) for i, item in enumerate(items)]
    return tuple(text for text in texts if text)


def _roles(problems: Problems, where: str, value: object) -> tuple[str, ...]:
    return (ALL_ROLES,) if value == ALL_ROLES else _texts_of(problems, where, value)


def _truth(problems: Problems, where: str, value: object) -> bool:
    if not isinstance(value, bool):
        problems.add(where, f"must be true or false, not {kind(value)}")
    return bool(value)


def _environment(problems: Problems, where: str, value: object) -> dict[str, str]:
    variables = {}
    for name, inner in problems.mapping(where, value).items():
        if not _VARIABLE.fullmatch(name):
            problems.add(at(where, name), "is no name of a variable")
        # An empty text is a value, too: it switches things off.
        text = "" if inner == "" else problems.text(at(where, name), inner)
        variables[name] = text or ""
    return variables


_FIELDS: Mapping[str, tuple[str, _Reader]] = {
    "arch": ("arch", _text),
    "distro": ("distro", _text),
    "type": ("formats", parse_formats),
    "elements": ("elements", _texts_of),
    "disk_elements": ("disk_elements", _texts_of),
    "packages": ("packages", _texts_of),
    "options": ("options", _texts_of),
    "environment": ("environment", _environment),
    "roles": ("roles", _roles),
    "skip_base": ("skip_base", _truth),
}
"""Keys of an entry: the field of :class:`ImageDescription`, and how they are read."""
