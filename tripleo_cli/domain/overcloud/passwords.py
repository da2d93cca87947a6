"""The passwords of an overcloud: made once, kept in its stack, never shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tripleo_cli.domain.overcloud.service import PasswordKind, Service
from tripleo_cli.errors import Problem

PARAMETER = "Passwords"
"""The default of a parameter in the stack's environment that keeps them, by name.

No template declares it. Heat gives a declared and hidden one back as ``******``, even
to its owner, and shows one that is not hidden to whoever looks at the stack.
"""
_SAFE = re.compile(r"[A-Za-z0-9._~=-]+")
"""What stands in URLs, in SQL and in puppet's data as it is."""

Make = Callable[[PasswordKind], str]


def passwords_named(services: Iterable[Service]) -> dict[str, PasswordKind]:
    """Give the kind of every password that services name, sorted by name."""
    kinds = {one.name: one.kind for service in services for one in service.passwords}
    return dict(sorted(kinds.items()))


def with_passwords(
    parameters: Mapping[str, Any],
    services: Iterable[Service],
    known: Mapping[str, Any],
    make: Make,
) -> dict[str, Any]:
    """Complete a stack's parameters by all passwords that its services need.

    What an operator gives in ``parameter_defaults`` wins, and is kept with the others
    from then on; what the stack has already stays; the rest is made.

    Args:
        parameters: What is given now.
        services: Those that run somewhere in the overcloud.
        known: The parameters of the stack as it is.
        make: Makes a new password of a kind.
    """
    kinds = passwords_named(services)
    kept = {**_kept(known), **_kept(parameters)}
    kept |= {
        name: str(parameters[name]) for name in kinds if _is_given(parameters, name)
    }
    new = {name: make(kind) for name, kind in kinds.items() if not kept.get(name)}
    return {**parameters, PARAMETER: dict(sorted({**kept, **new}.items()))}


def passwords_in(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Give the passwords out of a stack's parameters."""
    return {name: str(value) for name, value in _kept(parameters).items()}


def without_passwords(environment: Mapping[str, Any]) -> dict[str, Any]:
    """Give a stack's environment as people may see it: ``***`` for what is kept."""
    defaults = environment.get("parameter_defaults", {})
    kept = _kept(defaults)
    if not kept:
        return dict(environment)
    shown = {name: "***" if name in kept else value for name, value in defaults.items()}
    return {
        **environment,
        "parameter_defaults": {**shown, PARAMETER: dict.fromkeys(kept, "***")},
    }


def check_passwords(
    services: Iterable[Service], given: Mapping[str, Any]
) -> Iterator[Problem]:
    """Give a problem for each given password that would break what it stands in."""
    for name in passwords_named(services):
        value = given.get(name)
        if value is not None and not _SAFE.fullmatch(str(value)):
            what = "must be letters, digits and . _ ~ = - only"
            yield Problem(
                f"parameter_defaults.{name}", what, "it stands in URLs and in SQL"
            )


def _is_given(parameters: Mapping[str, Any], name: str) -> bool:
    return parameters.get(name) not in (None, "")


def _kept(parameters: Mapping[str, Any]) -> dict[str, Any]:
    kept = parameters.get(PARAMETER)
    return dict(kept) if isinstance(kept, Mapping) else {}
