"""Management controllers (BMCs) on a network, and the machines behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import Any

from tripleo_cli.domain.facts.plain import mac


class Kind(Enum):
    """What a BMC speaks, the better first; values are Ironic's drivers."""

    REDFISH = "redfish"
    IPMI = "ipmi"


USUAL_PORTS: Mapping[Kind, int] = {Kind.REDFISH: 443, Kind.IPMI: 623}
_ONE_BMC: Mapping[Kind, tuple[int, ...]] = {Kind.REDFISH: (443, 80), Kind.IPMI: (623,)}
"""Ports at which a host speaks for one machine only."""
# The second digit is even: of one card, not of many (multicast).
_CARD = re.compile(r"(?!00(:00){5})[0-9a-f][02468ace](:[0-9a-f]{2}){5}")
MOST_ADDRESSES = 65536
"""More would take hours, and are probably a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Whom a BMC may know."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a BMC may be: ``host`` is an IP address, ``port`` TCP or UDP."""

    host: str
    port: int
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """A BMC that answers; ``address`` is what Ironic is to call it."""

    place: Place
    address: str

    def __str__(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A BMC by the better of its kinds; ``spare`` is for where that does not work."""

    controller: Controller
    spare: Controller | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine behind a BMC; ``system`` is its Redfish id, empty with IPMI."""

    system: str = ""
    macs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A BMC that let us in."""

    controller: Controller
    credentials: Credentials
    machines: Sequence[Machine]
    is_verified: bool = True
    """Whether its certificate is one to trust."""

    def entries(self) -> list[dict[str, Any]]:
        """Describe its machines as a nodes file does."""
        return [self._entry(machine) for machine in self.machines]

    def _entry(self, machine: Machine) -> dict[str, Any]:
        place = self.controller.place
        entry: dict[str, Any] = {
            "pm_type": place.kind.value,
            "pm_addr": self.controller.address,
            "pm_user": self.credentials.user,
            "pm_password": self.credentials.password,
        }
        if place.kind is Kind.IPMI and place.port != USUAL_PORTS[Kind.IPMI]:
            entry["pm_port"] = place.port
        # Alone behind its BMC, a machine is known without; so may older files say.
        if machine.system and len(self.machines) > 1:
            entry["pm_system_id"] = machine.system
        if place.kind is Kind.REDFISH and not self.is_verified:
            entry["redfish_verify_ca"] = False
        if machine.macs:
            entry["ports"] = [{"address": mac} for mac in machine.macs]
        return entry


def hosts(text: str) -> list[str]:
    """List the addresses of "10.0.0.8", "10.0.0.0/24" or "10.0.0.8-10.0.0.20".

    Raises:
        ValueError: It is none of these, or holds too many.
    """
    first, dash, last = text.partition("-")
    if dash:
        start, end = ip_address(first.strip()), ip_address(last.strip())
        if type(start) is not type(end) or int(end) < int(start):
            raise ValueError(f"{text} does not go from a lower address to a higher")
        _check_count(text, int(end) - int(start) + 1)
        return [str(start + offset) for offset in range(int(end) - int(start) + 1)]
    network = ip_network(text.strip(), strict=False)
    _check_count(text, network.num_addresses)
    return [str(host) for host in network.hosts()]


def _check_count(text: str, count: int) -> None:
    if count > MOST_ADDRESSES:
        raise ValueError(f"{text} holds {count} addresses, {MOST_ADDRESSES} at most")


def places(
    found: Iterable[str], ports: Sequence[int], kinds: Iterable[Kind]
) -> list[Place]:
    """Say where to look: at the usual ports, or at those given, for each kind."""
    wanted = [
        (kind, port) for kind in kinds for port in (ports or (USUAL_PORTS[kind],))
    ]
    return [
        Place(host=host, port=port, kind=kind)
        for host in dict.fromkeys(found)
        for kind, port in wanted
    ]


def contacts(controllers: Iterable[Controller]) -> list[Contact]:
    """Put together what is one BMC: Redfish and IPMI at the usual ports of a host.

    At other ports, several virtual BMCs may share a host.
    """
    listed = list(controllers)
    ipmi = {one.place.host: one for one in listed if _is_usual(one, Kind.IPMI)}
    spares: dict[Controller, Controller] = {}
    for one in listed:
        if _is_usual(one, Kind.REDFISH) and one.place.host in ipmi:
            spares[one] = ipmi.pop(one.place.host)
    taken = set(spares.values())
    return [
        Contact(controller=one, spare=spares.get(one))
        for one in listed
        if one not in taken
    ]


def _is_usual(controller: Controller, kind: Kind) -> bool:
    place = controller.place
    return place.kind is kind and place.port in _ONE_BMC[kind]


def card_address(*told: object) -> str:
    """Give the first address that a network card can have, empty where none is.

    BMCs write zeros or "n/a" for what they do not know.
    """
    known = (mac(text) for text in told)
    return next((text for text in known if _CARD.fullmatch(text)), "")
