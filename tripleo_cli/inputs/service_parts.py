"""Read the parts of a service file, each with its dotted path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tripleo_cli.domain.overcloud.service import (
    Database,
    Keystone,
    KeystoneService,
    KeystoneUser,
    Listen,
    Parameter,
    Password,
    PasswordKind,
)
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at

Raw = Mapping[str, Any]
Part = TypeVar("Part")

PORT_MAX = 65535
MODES = ("http", "tcp")
PARAMETER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def each(
    problems: Problems,
    where: str,
    value: object,
    read: Callable[[Problems, str, Raw], Part],
) -> tuple[Part, ...]:
    """Read a list of mappings."""
    items = problems.sequence(where, value)
    return tuple(
        read(problems, at(where, index), problems.mapping(at(where, index), item))
        for index, item in enumerate(items)
    )


def texts(problems: Problems, where: str, value: object) -> tuple[str, ...]:
    """Read a list of texts."""
    items = problems.sequence(where, value)
    return tuple(
        problems.text(at(where, index), item) or "" for index, item in enumerate(items)
    )


def text(problems: Problems, where: str, value: object) -> str:
    """Read a text."""
    return problems.text(where, value) or ""


def loose_text(problems: Problems, where: str, value: object) -> str:
    """Read a text that may be empty and keeps its spaces."""
    if isinstance(value, str):
        return value
    return text(problems, where, value)


def data(problems: Problems, where: str, value: object) -> Raw:
    """Read a mapping of anything."""
    return problems.mapping(where, value)


def need(problems: Problems, where: str, raw: Raw, key: str) -> str:
    """Read a text that has to be there."""
    if key not in raw:
        problems.add(at(where, key), "is missing")
        return ""
    return text(problems, at(where, key), raw[key])


def port(problems: Problems, where: str, raw: Raw) -> int:
    """Read the key ``port``, which has to be there."""
    if "port" not in raw:
        problems.add(at(where, "port"), "is missing")
        return 0
    place = at(where, "port")
    number = problems.whole_number(place, raw["port"], minimum=1) or 0
    if number > PORT_MAX:
        problems.add(place, f"must be at most {PORT_MAX}, not {number}")
    return number


def one_of(
    problems: Problems, where: str, value: object, known: tuple[str, ...]
) -> str:
    """Read a word out of a few; the first one where it is wrong."""
    word = problems.text(where, value)
    if word is None or word in known:
        return word or known[0]
    remedy = did_you_mean(word, known) or f"there are {', '.join(known)}"
    problems.add(where, f'"{word}" is not known', remedy)
    return known[0]


def parameters(problems: Problems, where: str, value: object) -> tuple[Parameter, ...]:
    """Read ``parameters``: a mapping by name; only a default, or what it is."""
    found = []
    for name, given in problems.mapping(where, value).items():
        place = at(where, name)
        if not PARAMETER_NAME.fullmatch(name):
            problems.add(place, "must be letters, digits and _, a letter first")
        raw = problems.mapping(place, given)
        problems.unknown_keys(place, raw, {"default", "description"})
        if "default" not in raw:
            problems.add(at(place, "default"), "is missing", "null takes any value")
        described = text(problems, at(place, "description"), raw.get("description"))
        found.append(
            Parameter(name=name, default=raw.get("default"), description=described)
        )
    return tuple(found)


def passwords(problems: Problems, where: str, value: object) -> tuple[Password, ...]:
    """Read ``passwords``: names, or mappings with a kind."""
    items = problems.sequence(where, value)
    return tuple(
        _password(problems, at(where, index), item) for index, item in enumerate(items)
    )


def _password(problems: Problems, where: str, item: object) -> Password:
    if isinstance(item, str):
        return Password(name=_password_name(problems, where, item))
    raw = problems.mapping(where, item)
    problems.unknown_keys(where, raw, {"name", "kind"})
    kinds = tuple(kind.value for kind in PasswordKind)
    kind = one_of(problems, at(where, "kind"), raw.get("kind", kinds[0]), kinds)
    name = _password_name(problems, where, need(problems, where, raw, "name"))
    return Password(name=name, kind=PasswordKind(kind))


def _password_name(problems: Problems, where: str, name: str) -> str:
    if name and not PARAMETER_NAME.fullmatch(name):
        problems.add(where, "must be letters, digits and _, a letter first")
    return name


def databases(problems: Problems, where: str, value: object) -> tuple[Database, ...]:
    """Read ``databases``."""
    return each(problems, where, value, _database)


def _database(problems: Problems, where: str, raw: Raw) -> Database:
    problems.unknown_keys(where, raw, {"name", "user", "password"})
    return Database(
        name=need(problems, where, raw, "name"),
        user=need(problems, where, raw, "user"),
        password=need(problems, where, raw, "password"),
    )


def keystone(problems: Problems, where: str, value: object) -> Keystone:
    """Read ``keystone``."""
    raw = problems.mapping(where, value)
    problems.unknown_keys(where, raw, {"users", "services", "domains", "roles"})

    def given(key: str) -> object:
        return raw.get(key) or ()

    return Keystone(
        users=each(problems, at(where, "users"), given("users"), _user),
        services=each(problems, at(where, "services"), given("services"), _service),
        domains=texts(problems, at(where, "domains"), given("domains")),
        roles=texts(problems, at(where, "roles"), given("roles")),
    )


def _user(problems: Problems, where: str, raw: Raw) -> KeystoneUser:
    known = {"name", "password", "roles", "project", "domain"}
    problems.unknown_keys(where, raw, known)
    given = {
        key: loose_text(problems, at(where, key), raw[key])
        for key in ("project", "domain")
        if raw.get(key) is not None
    }
    return KeystoneUser(
        name=need(problems, where, raw, "name"),
        password=need(problems, where, raw, "password"),
        roles=texts(problems, at(where, "roles"), raw.get("roles") or ()),
        **given,
    )


def _service(problems: Problems, where: str, raw: Raw) -> KeystoneService:
    known = {"name", "type", "description", "port", "path"}
    problems.unknown_keys(where, raw, known)
    return KeystoneService(
        name=need(problems, where, raw, "name"),
        type=need(problems, where, raw, "type"),
        port=port(problems, where, raw),
        description=loose_text(
            problems, at(where, "description"), raw.get("description", "")
        ),
        path=loose_text(problems, at(where, "path"), raw.get("path", "")),
    )


def listens(problems: Problems, where: str, value: object) -> tuple[Listen, ...]:
    """Read ``listen``."""
    return each(problems, where, value, _listen)


def _listen(problems: Problems, where: str, raw: Raw) -> Listen:
    problems.unknown_keys(where, raw, {"name", "port", "mode", "check"})
    return Listen(
        name=need(problems, where, raw, "name"),
        port=port(problems, where, raw),
        mode=one_of(problems, at(where, "mode"), raw.get("mode", MODES[0]), MODES),
        check=loose_text(problems, at(where, "check"), raw.get("check") or ""),
    )
