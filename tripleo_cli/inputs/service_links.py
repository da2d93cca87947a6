"""Check what service files say of each other: needs, shared names, keys looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tripleo_cli.domain.overcloud.interpolation import (
    names_in,
    names_in_manifest,
    root_of,
)
from tripleo_cli.domain.overcloud.key_names import known_keys
from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at


def check_links(services: Mapping[str, Service]) -> None:
    """Check all services together.

    Raises:
        InvalidInputError: It lists every name that leads nowhere, and every one that
            two files define differently.
    """
    problems = Problems("service files")
    _check_shared(problems, services)
    passwords = {p.name for service in services.values() for p in service.passwords}
    keys = known_keys(services.values())
    for service in services.values():
        _check_needs(problems, service, services)
        _check_passwords(problems, service, passwords)
        for where, name in _looked_up(service):
            if name not in keys and root_of(name) not in keys:
                what = f'nothing gives the key "{name}"'
                problems.add(where, what, did_you_mean(name, keys))
    problems.check()


def _check_needs(
    problems: Problems, service: Service, services: Mapping[str, Service]
) -> None:
    named = [
        (at(section, index), name)
        for section in ("needs", "beside")
        for index, name in enumerate(getattr(service, section))
    ]
    named += [
        (at("checks", str(step)), str(check.values.get("size")))
        for step, checks in service.checks.items()
        for check in checks
        if check.kind == "cluster"
    ]
    for where, name in named:
        if name not in services:
            what = f'there is no service "{name}"'
            problems.add(f"{service.name}: {where}", what, did_you_mean(name, services))


def _check_passwords(problems: Problems, service: Service, known: set[str]) -> None:
    named = [
        *(("databases", database.password) for database in service.databases),
        *(("keystone.users", user.password) for user in service.keystone.users),
    ]
    for section, name in named:
        if name not in known:
            what = f'there is no password "{name}"'
            problems.add(f"{service.name}: {section}", what, did_you_mean(name, known))


def _check_shared(problems: Problems, services: Mapping[str, Service]) -> None:
    """Refuse one name with two meanings: which one counts would be chance."""
    meanings: dict[str, tuple[str, Any]] = {}
    for service in services.values():
        for name, meaning in _meanings(service):
            first, there = meanings.setdefault(name, (service.name, meaning))
            if there != meaning:
                what = f'"{name}" is {meaning} here, but {there} in {first}'
                problems.add(service.name, what)


def _meanings(service: Service) -> Iterator[tuple[str, str]]:
    for parameter in service.parameters:
        yield parameter.name, f"a parameter with default {parameter.default!r}"
    for password in service.passwords:
        yield password.name, f"a password of kind {password.kind.value}"


def _looked_up(service: Service) -> Iterator[tuple[str, str]]:
    """Give every key that a service file cannot do without, and where it says so."""
    for section in ("hiera", "all_nodes"):
        for key, value in getattr(service, section).items():
            where = f"{service.name}: {at(section, key)}"
            yield from ((where, name) for name in names_in(value))
    for parameter in service.parameters:
        where = f"{service.name}: {at('parameters', parameter.name)}"
        yield from ((where, name) for name in names_in(parameter.default))
    for number, work in service.steps.items():
        where = f"{service.name}: {at('steps', str(number))}"
        for text in (work.manifest, work.bootstrap_manifest):
            yield from ((where, n) for n, must in names_in_manifest(text) if must)
    for number, checks in service.checks.items():
        where = f"{service.name}: {at('checks', str(number))}"
        for check in checks:
            yield from ((where, name) for name in names_in(check.values))
