"""Read Heat environment files (``-e``) and merge them: the later file wins.

As in TripleO, a parameter is replaced as a whole; maps are not merged any deeper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tripleo_cli.inputs.document import Problems, at, parse_document, read_text
from tripleo_cli.inputs.extra_places import Places, extra_places
from tripleo_cli.inputs.together import Together

KNOWN = frozenset(
    {"parameter_defaults", "parameters", "resource_registry", "description"}
)
_TEMPLATE_SUFFIXES = (".yaml", ".yml", ".template")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Merged environment files; ``files`` are templates that the registry names.

    ``sources`` are the parameters of each file by itself, with its path, in order.
    ``places`` tell where the keys of hiera that count are written.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    registry: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    places: Places = field(default_factory=dict)


def load_environments(paths: Iterable[Path]) -> Environment:
    """Read environment files in order.

    ``parameters`` counts as ``parameter_defaults``: here the two mean the same.

    Raises:
        InvalidInputError: It lists what is wrong in all of them.
    """
    together = Together()
    parameters: dict[str, Any] = {}
    registry: dict[str, Any] = {}
    files: dict[str, str] = {}
    places: dict[str, Mapping[str, str]] = {}
    sources = []
    for path in paths:
        with together:
            one = _load(path)
            if one.parameters:
                sources.append((str(path), one.parameters))
            parameters |= one.parameters
            registry |= one.registry
            files |= one.files
            places |= one.places
    together.check("environment files")
    return Environment(
        parameters=parameters,
        registry=registry,
        files=files,
        sources=tuple(sources),
        places=places,
    )


def _load(path: Path) -> Environment:
    text = read_text(path)
    document = parse_document(text, source=str(path))
    problems = Problems(str(path))
    content = problems.mapping("", {} if document is None else document)
    problems.unknown_keys("", content, KNOWN)
    sections = {
        key: problems.mapping(key, content.get(key) or {})
        for key in ("parameters", "parameter_defaults", "resource_registry")
    }
    registry, files = _registry(problems, path.parent, sections["resource_registry"])
    problems.check()
    return Environment(
        parameters={**sections["parameter_defaults"], **sections["parameters"]},
        registry=registry,
        files=files,
        places=extra_places(text, str(path)),
    )


def _registry(
    problems: Problems, folder: Path, section: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the templates that types are mapped to; their names are their paths."""
    registry: dict[str, Any] = {}
    files: dict[str, str] = {}
    for kind, target in section.items():
        registry[kind] = target
        if isinstance(target, str) and target.endswith(_TEMPLATE_SUFFIXES):
            path = (folder / target).resolve()
            registry[kind] = str(path)
            if path.is_file():
                files[str(path)] = read_text(path)
            else:
                problems.add(at("resource_registry", kind), f"there is no file {path}")
    return registry, files
