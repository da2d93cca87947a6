"""Read service files: what each service of the overcloud needs, says and does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.inputs import service_parts as parts
from tripleo_cli.inputs import service_steps
from tripleo_cli.inputs.document import (
    Problems,
    at,
    parse_document,
    read_text,
)
from tripleo_cli.inputs.lines import with_lines
from tripleo_cli.inputs.service_links import check_links
from tripleo_cli.inputs.together import Together

FOLDER = "services"
SUFFIX = ".yaml"
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_Reader = Callable[[Problems, str, Any], Any]
_FIELDS: Mapping[str, tuple[str, _Reader]] = {
    "description": ("description", parts.text),
    "packages": ("packages", parts.texts),
    "puppet": ("puppet", parts.texts),
    "needs": ("needs", parts.texts),
    "beside": ("beside", parts.texts),
    "parameters": ("parameters", parts.parameters),
    "passwords": ("passwords", parts.passwords),
    "databases": ("databases", parts.databases),
    "keystone": ("keystone", parts.keystone),
    "listen": ("listen", parts.listens),
    "hiera": ("hiera", parts.data),
    "all_nodes": ("all_nodes", parts.data),
    "steps": ("steps", service_steps.steps),
    "checks": ("checks", service_steps.checks),
}
"""Keys of a service file: the field of :class:`Service`, and how they are read."""


def load_services(directories: Iterable[Traversable]) -> dict[str, Service]:
    """Read service files: every ``*.yaml`` of the directories.

    A service is named by its file (``glance-api.yaml``); a later directory overrides
    one of the same name. What is shipped is ``templates/`` :data:`FOLDER`.

    Raises:
        InvalidInputError: A directory is missing or holds none, or something in the
            files is wrong; it lists every problem of every file.
    """
    together = Together()
    files: dict[str, Traversable] = {}
    for directory in directories:
        with together:
            files |= _files(directory)
    services: dict[str, Service] = {}
    for name, file in sorted(files.items()):
        with together:
            services[name] = _load(name, file)
    together.check("service files")
    check_links(services)
    return services


def _files(directory: Traversable) -> dict[str, Traversable]:
    listed = list(directory.iterdir()) if directory.is_dir() else []
    found = {
        file.name.removesuffix(SUFFIX): file
        for file in listed
        if file.name.endswith(SUFFIX)
    }
    if not found:
        what = "holds no service files (*.yaml)" if listed else "is no directory"
        raise InvalidInputError(str(directory), [Problem("", what)])
    return found


def _load(name: str, file: Traversable) -> Service:
    source = str(file)
    content = read_text(file) if isinstance(file, Path) else file.read_text("utf-8")
    problems = Problems(source)
    raw = problems.mapping("", parse_document(content, source=source))
    service = _service(problems, name, raw)
    try:
        problems.check()
    except InvalidInputError as error:
        raise with_lines(error, content) from None
    return replace(service, source=source)


def _service(problems: Problems, name: str, raw: Mapping[str, Any]) -> Service:
    if not _NAME.fullmatch(name):
        problems.add("", "the file's name must be small letters, digits and -")
    problems.unknown_keys("", raw, _FIELDS)
    values = {
        field: read(problems, key, raw[key])
        for key, (field, read) in _FIELDS.items()
        if raw.get(key) is not None
    }
    service = Service(name=name, **values)
    if not service.description:
        problems.add("description", "is missing")
    _check_own_names(problems, service)
    return service


def _check_own_names(problems: Problems, service: Service) -> None:
    """Refuse a key that a file would give twice, in two ways."""
    parameters = {parameter.name for parameter in service.parameters}
    for index, password in enumerate(service.passwords):
        if password.name in parameters:
            problems.add(at("passwords", index), "is a parameter as well")
    for section in ("hiera", "all_nodes"):
        for key in getattr(service, section):
            if key in parameters:
                problems.add(at(section, key), "is a parameter as well")
