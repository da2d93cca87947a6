"""Read the sources of Heat templates: the shipped ones, and an operator's own."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources.abc import Traversable

from tripleo_cli.errors import InvalidInputError, Problem

FOLDER = "heat"


def load_templates(folders: Iterable[Traversable]) -> dict[str, str]:
    """Read ``heat/*.j2`` below each folder; a later one overrides by file name.

    Raises:
        InvalidInputError: A folder has no such templates.
    """
    templates: dict[str, str] = {}
    for folder in folders:
        place = folder / FOLDER
        found = (
            [entry for entry in place.iterdir() if entry.name.endswith(".j2")]
            if place.is_dir()
            else []
        )
        if not found:
            problem = Problem("", f"holds no {FOLDER}/*.j2")
            raise InvalidInputError(str(folder), [problem])
        for entry in found:
            templates[f"{FOLDER}/{entry.name}"] = entry.read_text(encoding="utf-8")
    return templates
