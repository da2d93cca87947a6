"""The values of services' parameters: what operators gave, else the default."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tripleo_cli.domain.overcloud.service import Parameter, Service
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import Problem

_TRUTHS = {"true": True, "false": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a mapping",
}


class _WrongTypeError(ValueError):
    """A value is not of the type that a parameter's default has."""


def parameter_values(
    services: Iterable[Service], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the value of every parameter that these services declare.

    Raises:
        ValueError: A value is of a wrong type; :func:`check_parameters` says so
            before.
    """
    declared = {p.name: p for service in services for p in service.parameters}
    return {name: _value(one, given) for name, one in sorted(declared.items())}


def check_parameters(
    services: Iterable[Service], given: Mapping[str, Any]
) -> Iterator[Problem]:
    """Give a problem for each value of a wrong type."""
    declared = {p.name: p for service in services for p in service.parameters}
    for name, parameter in sorted(declared.items()):
        try:
            _value(parameter, given)
        except _WrongTypeError as error:
            yield Problem(f"parameter_defaults.{name}", str(error))


def parameter_notes(
    services: Iterable[Service], given: Iterable[str]
) -> tuple[str, ...]:
    """Ask of each unknown parameter that looks like a known one whether it is meant.

    What looks like none is left alone: templates of an operator may declare it.
    """
    services = tuple(services)
    declared = {one.name for service in services for one in service.parameters}
    declared |= {one.name for service in services for one in service.passwords}
    unknown = ((name, did_you_mean(name, declared)) for name in sorted(given))
    return tuple(
        f'no service has a parameter "{name}": {meant}'
        for name, meant in unknown
        if name not in declared and meant
    )


def _value(parameter: Parameter, given: Mapping[str, Any]) -> Any:
    value = given.get(parameter.name)
    if value is None:
        return parameter.default
    wanted = type(parameter.default)
    if parameter.default is None or _is_interpolated(value):
        return value
    return _as(wanted, value)


def _is_interpolated(value: object) -> bool:
    return isinstance(value, str) and "%{" in value


def _as(wanted: type, value: Any) -> Any:
    """Take a value as a type, also where quotes in YAML made a text of it.

    Raises:
        _WrongTypeError: It cannot be taken so.
    """
    if wanted is bool and str(value).lower() in _TRUTHS:
        return _TRUTHS[str(value).lower()]
    if wanted is int and isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if wanted is str and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    accepted = (int, float) if wanted is float else wanted
    is_truth = isinstance(value, bool) and wanted is not bool
    if isinstance(value, accepted) and not is_truth:
        return value
    raise _WrongTypeError(f"must be {_NAMES[wanted]}, not {value!r}")
