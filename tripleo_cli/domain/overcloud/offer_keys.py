"""What operators may say of flavors and networks, and how services call it.

``read`` functions take a value as YAML gives it, and give what the service wants. They
raise :class:`ValueError`, which says what a value has to be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any

_MOST = 2**31 - 1
"""Nova keeps 32 bits of a number."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an operator: ``field`` is the service's own name for it."""

    field: str
    read: Callable[[Any], Any]
    is_needed: bool = False


def _whole(value: object, *, least: int, most: int = _MOST) -> int:
    if type(value) is int and least <= value <= most:
        return value
    raise ValueError(f"must be a whole number from {least} to {most}")


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("must be true or false")


def _text(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError("must be a text")


def _cidr(value: object) -> str:
    try:
        return str(ip_network(_text(value)))
    except ValueError as error:
        raise ValueError(f"must be a network, 203.0.113.0/24 ({error})") from error


def _address(value: object) -> str:
    try:
        return str(ip_address(_text(value).strip()))
    except ValueError as error:
        raise ValueError("must be an address, 203.0.113.1") from error


def _addresses(value: object) -> list[str]:
    if isinstance(value, list):
        return [_address(one) for one in value]
    raise ValueError("must be a list of addresses, [203.0.113.1]")


def _pools(value: object) -> list[dict[str, str]]:
    if isinstance(value, list):
        with suppress(ValueError):
            ranges = [_text(one).split("-") for one in value]
            return [{"start": _address(a), "end": _address(b)} for a, b in ranges]
    raise ValueError("must be a list of ranges, [203.0.113.10-203.0.113.99]")


FLAVOR: Mapping[str, Key] = {
    "vcpus": Key("vcpus", partial(_whole, least=1), is_needed=True),
    "ram": Key("ram", partial(_whole, least=1), is_needed=True),
    "disk": Key("disk", partial(_whole, least=0), is_needed=True),
    "ephemeral": Key("OS-FLV-EXT-DATA:ephemeral", partial(_whole, least=0)),
    "swap": Key("swap", partial(_whole, least=0)),
    "public": Key("os-flavor-access:is_public", _truth),
}
"""Of ``ram`` and ``swap`` MiB, of ``disk`` and ``ephemeral`` GiB, as Nova has them."""

NETWORK: Mapping[str, Key] = {
    "external": Key("router:external", _truth),
    "shared": Key("shared", _truth),
    "mtu": Key("mtu", partial(_whole, least=68, most=65535)),
    "network_type": Key("provider:network_type", _text),
    "physical_network": Key("provider:physical_network", _text),
    "segment": Key("provider:segmentation_id", partial(_whole, least=1)),
}
SUBNET: Mapping[str, Key] = {
    "cidr": Key("cidr", _cidr, is_needed=True),
    "gateway": Key("gateway_ip", _address),
    "dhcp": Key("enable_dhcp", _truth),
    "pools": Key("allocation_pools", _pools),
    "nameservers": Key("dns_nameservers", _addresses),
}
