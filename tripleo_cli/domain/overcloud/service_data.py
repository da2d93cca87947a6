"""A service as JSON data, in the shape of its file, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tripleo_cli.domain.overcloud.service import (
    Check,
    CheckPlace,
    Database,
    Keystone,
    KeystoneService,
    KeystoneUser,
    Listen,
    Parameter,
    Password,
    PasswordKind,
    Service,
    StepWork,
)


def service_to_dict(service: Service) -> dict[str, Any]:
    """Write all of a service that counts; descriptions are for readers of its file."""
    data = {
        "name": service.name,
        "packages": service.packages,
        "puppet": service.puppet,
        "needs": service.needs,
        "parameters": {p.name: p.default for p in service.parameters},
        "passwords": {p.name: p.kind.value for p in service.passwords},
        "databases": [asdict(database) for database in service.databases],
        "keystone": asdict(service.keystone),
        "listen": [asdict(listen) for listen in service.listen],
        "hiera": service.hiera,
        "all_nodes": service.all_nodes,
        "steps": {str(step): asdict(work) for step, work in service.steps.items()},
        "checks": {
            str(step): [_check_to_dict(check) for check in checks]
            for step, checks in service.checks.items()
        },
    }
    return {key: _plain(value) for key, value in data.items() if value}


def service_from_dict(data: Mapping[str, Any]) -> Service:
    """Read what :func:`service_to_dict` wrote.

    Raises:
        KeyError: Something is missing.
        TypeError: Something is not known.
    """
    return Service(
        name=data["name"],
        packages=tuple(data.get("packages", ())),
        puppet=tuple(data.get("puppet", ())),
        needs=tuple(data.get("needs", ())),
        parameters=tuple(
            Parameter(name=name, default=default)
            for name, default in sorted(data.get("parameters", {}).items())
        ),
        passwords=tuple(
            Password(name=name, kind=PasswordKind(kind))
            for name, kind in sorted(data.get("passwords", {}).items())
        ),
        databases=tuple(Database(**item) for item in data.get("databases", ())),
        keystone=_keystone(data.get("keystone", {})),
        listen=tuple(Listen(**item) for item in data.get("listen", ())),
        hiera=data.get("hiera", {}),
        all_nodes=data.get("all_nodes", {}),
        steps={int(s): _work(work) for s, work in data.get("steps", {}).items()},
        checks={
            int(step): tuple(_check(item) for item in checks)
            for step, checks in data.get("checks", {}).items()
        },
    )


def _keystone(data: Mapping[str, Any]) -> Keystone:
    return Keystone(
        users=tuple(
            KeystoneUser(**{**item, "roles": tuple(item["roles"])})
            for item in data.get("users", ())
        ),
        services=tuple(KeystoneService(**item) for item in data.get("services", ())),
        domains=tuple(data.get("domains", ())),
        roles=tuple(data.get("roles", ())),
    )


def _work(data: Mapping[str, Any]) -> StepWork:
    lists = {key: tuple(data[key]) for key in ("classes", "bootstrap_classes")}
    return StepWork(**{**data, **lists})


def _check_to_dict(check: Check) -> dict[str, Any]:
    return {**asdict(check), "on": check.on.value}


def _check(data: Mapping[str, Any]) -> Check:
    return Check(**{**data, "on": CheckPlace(data["on"])})


def _plain(value: Any) -> Any:
    """Give tuples as lists, so that the data equals what JSON gives back."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
