"""Pins and spreads, as an operator writes them on a command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tripleo_cli.domain.matching import Pin
from tripleo_cli.domain.pinning import pin_from
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems


def parse_pins(values: Iterable[str], roles: Mapping[str, Role]) -> dict[str, Pin]:
    """Read ``--pin NODE=ROLE-NUMBER`` options; nodes are names or ids, unchecked.

    Raises:
        InvalidInputError: It lists every value that is no pin, names no role, or
            contradicts another one.
    """
    problems = Problems("pins")
    pins: dict[str, Pin] = {}
    for option, node, place in _pairs("--pin", values, "node-3=Controller-0", problems):
        pin = pin_from(place, roles)
        if pin is None:
            name = place.rpartition("-")[0] or place
            problems.add(option, f'there is no role "{name}"', _remedy(name, roles))
        elif pins.setdefault(node, pin) != pin:
            problems.add(option, f"{node} was pinned already")
    problems.check(hint="openstack overcloud role list")
    return pins


def parse_spread(values: Iterable[str], roles: Mapping[str, Role]) -> dict[str, str]:
    """Read ``--spread ROLE=PATH`` options.

    Returns:
        By role, the path of the value that tells its machines apart.

    Raises:
        InvalidInputError: It lists every value that is not of this form or names no
            role.
    """
    problems = Problems("spread")
    spread: dict[str, str] = {}
    example = "Controller=properties.rack"
    for option, name, path in _pairs("--spread", values, example, problems):
        if name in roles:
            spread[name] = path
        else:
            problems.add(option, f'there is no role "{name}"', _remedy(name, roles))
    problems.check(hint="openstack overcloud role list")
    return spread


def _pairs(
    flag: str, values: Iterable[str], example: str, problems: Problems
) -> Iterator[tuple[str, str, str]]:
    for value in values:
        left, _, right = (part.strip() for part in value.partition("="))
        if left and right:
            yield f"{flag} {value}", left, right
        else:
            form = "NODE=ROLE-NUMBER" if flag == "--pin" else "ROLE=PATH"
            problems.add(f"{flag} {value}", f"must be {form}", f"{flag} {example}")


def _remedy(name: str, roles: Iterable[str]) -> str:
    names = sorted(roles)
    return did_you_mean(name, names) or f"there are {', '.join(names)}"
