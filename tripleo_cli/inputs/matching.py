"""Pins and spreads, as an operator writes them on a command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tripleo_cli.domain.matching import Pin
from tripleo_cli.domain.matching.locate import check_paths
from tripleo_cli.domain.pinning import pin_from
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems
from tripleo_cli.inputs.together import Together

_PIN: Final = "node-3=Controller-0"
_SPREAD: Final = "Controller=properties.rack"


def parse_pins(
    values: Iterable[str], roles: Mapping[str, Role] | None
) -> dict[str, Pin]:
    """Read ``--pin NODE=ROLE-NUMBER`` options; nodes are names or ids, unchecked.

    Where nobody knows the roles (``None``), it only looks at the form.

    Raises:
        InvalidInputError: It lists every value that is no pin, names no role, or
            contradicts another one.
    """
    problems = Problems("pins")
    pins: dict[str, Pin] = {}
    for option, node, place in _pairs("--pin", values, _PIN, problems):
        if roles is None:
            continue
        pin = pin_from(place, roles)
        if pin is None:
            name = place.rpartition("-")[0] or place
            problems.add(option, f'there is no role "{name}"', _remedy(name, roles))
        elif pins.setdefault(node, pin) != pin:
            problems.add(option, f"{node} was pinned already")
    problems.check(hint="openstack overcloud role list")
    return pins


def pinned_names(values: Iterable[str]) -> list[str]:
    """Give the nodes that ``--pin`` options name; those without form are left out."""
    pairs = _pairs("--pin", values, _PIN, Problems("pins"))
    return list(dict.fromkeys(node for _, node, _ in pairs))


def parse_spread(
    values: Iterable[str], roles: Mapping[str, Role] | None
) -> dict[str, str]:
    """Read ``--spread ROLE=PATH`` options.

    Returns:
        By role, the path of the value that tells its machines apart. Where nobody
        knows the roles (``None``), any name is one.

    Raises:
        InvalidInputError: It lists every value that is not of this form, names no
            role or leads nowhere.
    """
    problems = Problems("spread")
    spread: dict[str, str] = {}
    paths: dict[str, str] = {}
    for option, name, path in _pairs("--spread", values, _SPREAD, problems):
        paths[option] = path
        if roles is None or name in roles:
            spread[name] = path
        else:
            problems.add(option, f'there is no role "{name}"', _remedy(name, roles))
    together = Together()
    with together:
        check_paths(paths)
    with together:
        problems.check(hint="openstack overcloud role list")
    together.check("spread")
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
