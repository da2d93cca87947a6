"""What all nodes of a role are told, before addresses and passwords are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tripleo_cli.domain.overcloud.interpolation import names_in, root_of
from tripleo_cli.domain.overcloud.key_names import known_keys
from tripleo_cli.domain.overcloud.offer import offer_problems
from tripleo_cli.domain.overcloud.parameters import check_parameters, parameter_values
from tripleo_cli.domain.overcloud.passwords import check_passwords
from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.domain.overcloud.service_data import service_from_dict, service_to_dict
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import InvalidInputError, Problem

FORMAT = 1
EXTRA = "ExtraConfig"
"""Hiera that an operator adds for all nodes; after a role's name, for that role's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleConfiguration:
    """A role's part of a stack: a pure function of its services and parameters.

    ``services`` stand in the role's order, with their interpolation still in them.
    ``parameters`` are the values of all parameters that these services declare.
    ``extra`` is ``ExtraConfig`` with ``<Role>ExtraConfig`` over it. Holds no
    password of ours.
    """

    role: str
    services: tuple[Service, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def service_names(self) -> tuple[str, ...]:
        """The names of its services, in the role's order."""
        return tuple(service.name for service in self.services)


def role_configurations(
    roles: Mapping[str, Sequence[str]],
    services: Mapping[str, Service],
    parameters: Mapping[str, Any],
) -> dict[str, RoleConfiguration]:
    """Configure all roles of an overcloud.

    Args:
        roles: The services of each role that has nodes, in the role's order.
        services: All service files.
        parameters: Merged ``parameter_defaults``.

    Raises:
        InvalidInputError: A service has no file or needs one that no role runs, or
            that its own role does not, or a parameter has a value of a wrong type;
            lists every problem.
    """
    problems = [
        *_without_file(roles, services),
        *_needs_unmet(roles, services),
        *_beside_unmet(roles, services),
        *_extra_problems(roles, parameters),
        *check_parameters(_enabled(roles, services), parameters),
        *offer_problems(parameters),
        *check_passwords(_enabled(roles, services), parameters),
        *_conflicts(roles, services),
    ]
    # What is missing above leaves names that lead nowhere: no need to say it twice.
    problems = problems or list(_dead_ends(roles, services, parameters))
    if problems:
        raise InvalidInputError("services of the roles", problems)
    return {
        name: role_configuration(name, [services[one] for one in listed], parameters)
        for name, listed in roles.items()
    }


def role_configuration(
    role: str, services: Sequence[Service], parameters: Mapping[str, Any]
) -> RoleConfiguration:
    """Configure one role; what is given has been checked."""
    return RoleConfiguration(
        role=role,
        # As it comes out of the stack again: without what is for people only.
        services=tuple(service_from_dict(service_to_dict(one)) for one in services),
        parameters=parameter_values(services, parameters),
        extra={
            **(parameters.get(EXTRA) or {}),
            **(parameters.get(f"{role}{EXTRA}") or {}),
        },
    )


def configuration_to_dict(configuration: RoleConfiguration) -> dict[str, Any]:
    """Write a role's configuration as JSON data; what is for people only stays out."""
    return {
        "format": FORMAT,
        "role": configuration.role,
        "services": [service_to_dict(service) for service in configuration.services],
        "parameters": dict(configuration.parameters),
        "extra": dict(configuration.extra),
    }


def configuration_from_dict(data: Mapping[str, Any]) -> RoleConfiguration:
    """Read a role's configuration.

    Raises:
        ValueError: It is none of this format; names the key.
    """
    if data.get("format") != FORMAT:
        raise ValueError(f"format {data.get('format')!r} is not {FORMAT}")
    try:
        return RoleConfiguration(
            role=data["role"],
            services=tuple(service_from_dict(item) for item in data["services"]),
            parameters=data["parameters"],
            extra=data["extra"],
        )
    except KeyError as error:
        raise ValueError(f"{error} is missing") from error
    except TypeError as error:
        raise ValueError(str(error)) from error


def _enabled(
    roles: Mapping[str, Sequence[str]], services: Mapping[str, Service]
) -> list[Service]:
    names = {name for listed in roles.values() for name in listed}
    return [services[name] for name in sorted(names) if name in services]


def _without_file(
    roles: Mapping[str, Sequence[str]], services: Mapping[str, Service]
) -> Iterator[Problem]:
    for role, listed in roles.items():
        for name in listed:
            if name not in services:
                what = f'there is no service file for "{name}"'
                yield Problem(role, what, did_you_mean(name, services))


def _needs_unmet(
    roles: Mapping[str, Sequence[str]], services: Mapping[str, Service]
) -> Iterator[Problem]:
    enabled = {name for listed in roles.values() for name in listed}
    for role, listed in roles.items():
        for name in listed:
            missing = set(services[name].needs) - enabled if name in services else ()
            for other in sorted(missing):
                what = f'{name} needs "{other}", which no role with nodes runs'
                yield Problem(role, what, "add it to the services of a role")


def _beside_unmet(
    roles: Mapping[str, Sequence[str]], services: Mapping[str, Service]
) -> Iterator[Problem]:
    for role, listed in roles.items():
        for name in listed:
            beside = services[name].beside if name in services else ()
            for other in sorted(set(beside) - set(listed)):
                what = f'{name} needs "{other}" on the same nodes'
                yield Problem(role, what, "add it to the services of this role")


def _conflicts(
    roles: Mapping[str, Sequence[str]], services: Mapping[str, Service]
) -> Iterator[Problem]:
    """Refuse two values of one key on one node: which one counts would be chance."""
    for role, listed in roles.items():
        given: dict[str, tuple[str, Any]] = {}
        for name in listed:
            for key, value in (
                services[name].hiera if name in services else {}
            ).items():
                first, there = given.setdefault(key, (name, value))
                if there != value:
                    what = f"{name} gives {key} another value than {first}"
                    yield Problem(role, what)


def _dead_ends(
    roles: Mapping[str, Sequence[str]],
    services: Mapping[str, Service],
    parameters: Mapping[str, Any],
) -> Iterator[Problem]:
    """Find keys that data names, and that nothing gives which is here."""
    enabled = _enabled(roles, services)
    extra = _extras(roles, parameters)
    keys = {*known_keys(enabled), *(key for given in extra.values() for key in given)}
    told = {
        **{f"{one.name}: hiera": one.hiera for one in enabled},
        **{f"{one.name}: all_nodes": one.all_nodes for one in enabled},
        **extra,
    }
    for where, data in told.items():
        for name in dict.fromkeys(names_in(data)):
            if name not in keys and root_of(name) not in keys:
                what = f'nothing that runs here gives the key "{name}"'
                yield Problem(where, what, did_you_mean(name, keys))


def _extras(
    roles: Iterable[str], parameters: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """Give what operators add to hiera, by the parameter that has it."""
    names = (EXTRA, *(f"{role}{EXTRA}" for role in roles))
    given = {name: parameters.get(name) for name in names}
    return {name: one for name, one in given.items() if isinstance(one, Mapping)}


def _extra_problems(
    roles: Mapping[str, Sequence[str]], parameters: Mapping[str, Any]
) -> Iterator[Problem]:
    for name in (EXTRA, *(f"{role}{EXTRA}" for role in roles)):
        given = parameters.get(name)
        if given is not None and not isinstance(given, Mapping):
            yield Problem(name, "must be a mapping of keys of hiera to values")
