"""What a machine's management controller (BMC) is known by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bmc:
    """Where a BMC is, and which of the machines behind it is meant."""

    place: str
    """Host, port and path, as :func:`place_of` writes them."""
    system: str = ""
    """The machine's id there; empty where nobody says: any may be meant."""

    def __str__(self) -> str:
        return self.place + self.system

    def may_be(self, other: Bmc) -> bool:
        """Whether both may lead to one machine."""
        if self.place != other.place:
            return False
        return not (self.system and other.system) or self.system == other.system


def one_machine(pairs: Iterable[tuple[Bmc, T]]) -> Iterator[tuple[Bmc, list[T]]]:
    """Find what may be one machine: the first, and all that may be the same."""
    groups: dict[str, list[tuple[Bmc, list[T]]]] = {}
    for bmc, thing in pairs:
        there = groups.setdefault(bmc.place, [])
        same = next((things for first, things in there if bmc.may_be(first)), None)
        if same is None:
            there.append((bmc, [thing]))
        else:
            same.append(thing)
    for there in groups.values():
        yield from (group for group in there if len(group[1]) > 1)


def place_of(address: str, port: object) -> str:
    """Write "host:port" the same way for "https://Host/", "host" and "host:443"."""
    scheme, _, rest = address.strip().lower().rpartition("://")
    rest = without_credentials(rest)
    if not scheme and rest.count(":") > 1 and not rest.startswith("["):
        rest = f"[{rest}]"  # a bare IPv6 address
    try:
        parts = urlsplit(f"//{rest}")
        given = parts.port or (80 if scheme == "http" else port)
    except ValueError:  # not an address at all: Ironic will say so
        return rest
    host = _spelt_once(parts.hostname or rest)
    return f"{host}:{given}{parts.path.rstrip('/')}" if given else host


def without_credentials(address: str) -> str:
    """Drop what somebody put before the host: nobody may read that."""
    return address.rpartition("@")[2]


def _spelt_once(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return host
