"""The parts of a nodes file's entry that have a form of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tripleo_cli.domain.definition import PortDefinition
from tripleo_cli.inputs.document import Problems, at, kind
from tripleo_cli.inputs.node_keys import HINTS, PORT_KEYS

_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_EXAMPLE = "52:54:00:12:34:56"
_LIKE_A_MAC = re.compile(r"\w\w(?:[:-]\w\w){2,}")


def read_capabilities(problems: Problems, where: str, given: object) -> dict[str, str]:
    """Read capabilities from "key:value,key:value" or from a mapping."""
    if isinstance(given, str):
        return _split(problems, where, given)
    if isinstance(given, Mapping):
        return _plain(problems, where, given)
    what = f'must be a mapping or "key:value,key:value", not {kind(given)}'
    problems.add(where, what)
    return {}


def _split(problems: Problems, where: str, text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for piece in filter(None, map(str.strip, text.split(","))):
        key, colon, value = (part.strip() for part in piece.partition(":"))
        if not (key and colon and value):
            problems.add(where, f'"{piece}" is not key:value')
        elif pairs.setdefault(key, value) != value:
            problems.add(where, f'"{key}" is given more than once')
    return pairs


def _plain(problems: Problems, where: str, given: Mapping[Any, Any]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for key, value in given.items():
        place = at(where, str(key))
        # What Ironic stores is text: a YAML true is what it compares with.
        plain = str(value).lower() if isinstance(value, bool) else value
        text = problems.text(place, plain) or ""
        if not str(key).strip():
            problems.add(place, "has no name")
        elif "," in text or any(sign in str(key) for sign in ",:"):
            problems.add(place, "must not hold a comma, nor its key a colon")
        pairs[str(key)] = text
    return pairs


def read_hints(problems: Problems, where: str, given: object) -> dict[str, Any]:
    """Read what the disk to install on is known by; Ironic compares texts."""
    hints = problems.mapping(where, given)
    problems.unknown_keys(where, hints, HINTS)
    for key in sorted(HINTS & set(hints)):
        if not (key == "rotational" and isinstance(hints[key], bool)):
            problems.text(at(where, key), hints[key])
    return dict(hints)


def read_ports(
    problems: Problems, where: str, given: object
) -> Iterator[PortDefinition]:
    """Read network cards: MAC addresses, or mappings that hold one each."""
    listed = [given] if isinstance(given, str) else given
    first: dict[str, str] = {}
    for index, value in enumerate(problems.sequence(where, listed)):
        place = at(where, index)
        port = _port(problems, place, value)
        if port and first.setdefault(port.address, place) != place:
            what = f"repeats {port.address} of {first[port.address]}"
            problems.add(place, what)
        elif port:
            yield port


def _port(problems: Problems, where: str, value: object) -> PortDefinition | None:
    if not isinstance(value, Mapping):
        address = _mac(problems, where, value)
        return PortDefinition(address=address) if address else None
    problems.unknown_keys(where, value, PORT_KEYS)
    link = value.get("local_link_connection")
    link = {} if link is None else link
    network = value.get("physical_network")
    address = _mac(problems, at(where, "address"), value.get("address"))
    if network is not None:
        network = problems.text(at(where, "physical_network"), network)
    local_link = problems.mapping(at(where, "local_link_connection"), link)
    if not address:
        return None
    return PortDefinition(
        address=address, physical_network=network, local_link=local_link
    )


def _mac(problems: Problems, where: str, value: object) -> str | None:
    text = problems.text(where, value)
    if text is None:
        return None
    address = text.lower().replace("-", ":")
    if _MAC.fullmatch(address):
        return address
    if _LIKE_A_MAC.fullmatch(text):
        problems.add(where, f'"{text}" is not a MAC address')
    else:
        # It may be what belongs elsewhere: the password of a neighbouring column.
        problems.add(where, "is not a MAC address", f"as in {_EXAMPLE}")
    return None
