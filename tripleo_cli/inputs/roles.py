"""Read role files: TripleO's keys, and what the machine must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from tripleo_cli.domain.role import DEFAULT_RESOURCE_CLASS, Needs, Role
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.inputs.document import (
    Problems,
    at,
    parse_document,
    read_text,
)
from tripleo_cli.inputs.lines import with_lines
from tripleo_cli.inputs.requirements import parse_requirements
from tripleo_cli.inputs.together import Together

# Keys of TripleO's role files that mean nothing here: read, so that such a file can
# be used as it is, and left alone.
UNUSED_KEYS = frozenset(
    {
        "RoleParametersDefault",
        "default_route_networks",
        "deprecated_nic_config_name",
        "deprecated_param_extraconfig",
        "deprecated_param_flavor",
        "deprecated_param_image",
        "deprecated_param_ips",
        "deprecated_param_metadata",
        "deprecated_param_scheduler_hints",
        "deprecated_server_resource_name",
        "disable_constraints",
        "disable_upgrade_deployment",
        "networks_skip_config",
        "rhsm_enforce",
        "update_serial",
        "upgrade_batch_size",
        "uses_deprecated_params",
    }
)
TRANSPORTS = ("push", "pull")
"""How nodes are told what to do: by logging in to them, or when they ask."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TRAIT = re.compile(r"[A-Z0-9_]{1,255}")
_Reader = Callable[[Problems, str, Any], Any]


def load_roles(sources: Iterable[Traversable]) -> dict[str, Role]:
    """Read roles from directories (every ``*.yaml`` in them) and single files.

    A file holds one role or a list of them. A later source overrides a role of the
    same name in an earlier one; within one source each name is there once.

    Raises:
        InvalidInputError: A source is missing or something in it is wrong; it lists
            every problem of every file.
    """
    roles: dict[str, Role] = {}
    together = Together()
    for source in sources:
        found: dict[str, Role] = {}
        files: list[Traversable] = []
        with together:
            files = _files(source)
        for file in files:
            with together:
                found |= _load_file(file, taken=found)
        roles |= found
    together.check("role files")
    return roles


def _files(source: Traversable) -> list[Traversable]:
    if not source.is_dir():
        return [source]
    files = [file for file in source.iterdir() if file.name.endswith(".yaml")]
    if not files:
        problem = Problem("", "holds no role files (*.yaml)")
        raise InvalidInputError(str(source), [problem])
    return sorted(files, key=lambda file: file.name)


def _load_file(file: Traversable, *, taken: Iterable[str]) -> dict[str, Role]:
    source = str(file)
    text = read_text(file) if isinstance(file, Path) else file.read_text("utf-8")
    document = parse_document(text, source=source)
    problems = Problems(source)
    roles: dict[str, Role] = {}
    for where, raw in _entries(document, problems):
        role = _role(problems, where, problems.mapping(where, raw))
        if role.name in roles or role.name in taken:
            problems.add(at(where, "name"), f'the role "{role.name}" is defined twice')
        roles[role.name] = role
    try:
        problems.check()
    except InvalidInputError as error:
        raise with_lines(error, text) from None
    return roles


def _entries(document: Any, problems: Problems) -> list[tuple[str, Any]]:
    if isinstance(document, list):
        return [(at("", index), entry) for index, entry in enumerate(document)]
    if isinstance(document, Mapping):
        return [("", document)]
    problems.add("", "must be a role (a mapping) or a list of roles")
    return []


def _role(problems: Problems, where: str, raw: Mapping[str, Any]) -> Role:
    problems.unknown_keys(where, raw, {"name", "needs", *_FIELDS, *UNUSED_KEYS})
    needs = problems.mapping(at(where, "needs"), raw.get("needs") or {})
    values = {
        field: read(problems, at(where, key), raw[key])
        for key, (field, read) in _FIELDS.items()
        if raw.get(key) is not None
    }
    return Role(
        name=_name(problems, at(where, "name"), raw.get("name")),
        needs=_needs(problems, at(where, "needs"), needs),
        resource_class=_resource_class(problems, at(where, "needs"), needs),
        **values,
    )


def _needs(problems: Problems, where: str, raw: Mapping[str, Any]) -> Needs:
    sizes = ("cpus", "memory_mb", "disk_gb")
    problems.unknown_keys(where, raw, {*sizes, "traits", "resource_class"})
    values = {
        size: problems.whole_number(at(where, size), raw[size]) or 0
        for size in sizes
        if raw.get(size) is not None
    }
    return Needs(
        **values, traits=_traits(problems, at(where, "traits"), raw.get("traits"))
    )


def _resource_class(problems: Problems, where: str, raw: Mapping[str, Any]) -> str:
    given = raw.get("resource_class", DEFAULT_RESOURCE_CLASS)
    return problems.text(at(where, "resource_class"), given) or ""


def _name(problems: Problems, where: str, value: object) -> str:
    name = problems.text(where, value) or ""
    if name and not _NAME.fullmatch(name):
        problems.add(where, "must be letters, digits, - and _, a letter first")
    return name


def _traits(problems: Problems, where: str, value: object) -> frozenset[str]:
    traits = frozenset(_texts(problems, where, value or ()))
    for trait in sorted(traits):
        if not _TRAIT.fullmatch(trait):
            problems.add(
                where, f'"{trait}" is not a trait', "capital letters, digits and _"
            )
    return traits


def _text(problems: Problems, where: str, value: object) -> str:
    return problems.text(where, value) or ""


def _count(problems: Problems, where: str, value: object) -> int:
    return problems.whole_number(where, value) or 0


def _texts(problems: Problems, where: str, value: object) -> tuple[str, ...]:
    items = problems.sequence(where, value)
    return tuple(_text(problems, at(where, i), item) for i, item in enumerate(items))


def _tags(problems: Problems, where: str, value: object) -> frozenset[str]:
    return frozenset(_texts(problems, where, value))


def _networks(problems: Problems, where: str, value: object) -> tuple[str, ...]:
    """Read a list of names, or TripleO's later mapping of names to subnets."""
    names = list(value) if isinstance(value, Mapping) else value
    return _texts(problems, where, names)


def _hostname_format(problems: Problems, where: str, value: object) -> str:
    text = _text(problems, where, value)
    if text and "%index%" not in text:
        problems.add(where, "must hold %index%, or all nodes get the same name")
    return text


def _transport(problems: Problems, where: str, value: object) -> bool:
    text = _text(problems, where, value)
    if text not in TRANSPORTS:
        problems.add(where, f'"{text}" is no transport', f"one of {TRANSPORTS}")
    return text == "pull"


_FIELDS: Mapping[str, tuple[str, _Reader]] = {
    "description": ("description", _text),
    "CountDefault": ("count_default", _count),
    "HostnameFormatDefault": ("hostname_format", _hostname_format),
    "ImageDefault": ("image", _text),
    "FlavorDefault": ("flavor", _text),
    "ServicesDefault": ("services", _texts),
    "tags": ("tags", _tags),
    "networks": ("networks", _networks),
    "profile": ("profile", _text),
    "profile_aliases": ("profile_aliases", _texts),
    "spread": ("spread", _text),
    "requires": ("requires", parse_requirements),
    "transport": ("pulls", _transport),
}
"""Keys of a role file: the field of :class:`Role` they fill, and how they are read."""


def role_named(roles: Mapping[str, Role], name: str) -> Role:
    """Look up a role that an operator named.

    Raises:
        InvalidInputError: There is none; it names the one probably meant.
    """
    if name in roles:
        return roles[name]
    remedy = did_you_mean(name, roles) or f"there are {', '.join(sorted(roles))}"
    problem = Problem("", f'there is no role "{name}"', remedy)
    raise InvalidInputError("role", [problem], hint="openstack overcloud role list")
