"""The network of containers on this host: a bridge per subnet, a cable per machine."""

from __future__ import annotations

import json
from collections.abc import Collection
from ipaddress import ip_network
from pathlib import Path
from typing import Final

from tripleo_cli.errors import HostError
from tripleo_cli.simulator import container_commands as commands
from tripleo_cli.simulator import host
from tripleo_cli.simulator.container import (
    BRIDGE_PREFIX,
    NETNS_PREFIX,
    PORT_PREFIX,
    Fabric,
    Record,
)

DEVICES: Final = Path("/sys/class/net")
NAMESPACES: Final = Path("/run/netns")


def plug_in(record: Record, known: Collection[str]) -> None:
    """Give a machine its namespace and its cable, anew.

    Args:
        record: the machine.
        known: the bridges that machines of this host need; others that stand in the
            way, and that nothing runs behind, were left by a fleet that was killed.

    Raises:
        HostError: the subnet is reached by another way, or the host refuses.
    """
    unplug(record)
    if not exists(record.fabric.bridge):
        _add_bridge(record.fabric, known)
    for argv in commands.plug_in(record):
        host.run(argv)


def unplug(record: Record) -> None:
    """Remove cable and namespace; the address answers no more."""
    _remove_device(record.port)
    _remove_namespace(record.netns)


def drop_bridge(name: str) -> None:
    """Remove a bridge, if it is there."""
    _remove_device(name)


def exists(device: str) -> bool:
    """Say whether the host has a network device of that name."""
    return (DEVICES / device).exists()


def in_the_way(cidr: str, routes: str) -> list[tuple[str, str]]:
    """Give device and destination of each way to a subnet that is not a default one.

    Args:
        cidr: the subnet.
        routes: what ``ip -json route show`` printed.
    """
    wanted = ip_network(cidr)
    found = []
    for route in json.loads(routes or "[]"):
        if route["dst"] == "default":
            continue
        there = ip_network(route["dst"], strict=False)
        if there.version == wanted.version and there.overlaps(wanted):
            found.append((route.get("dev", "another device"), route["dst"]))
    return found


def check_routes(fabric: Fabric, routes: str) -> None:
    """Refuse a subnet that the host reaches by another way already.

    Raises:
        HostError: with that way.
    """
    for device, destination in in_the_way(fabric.cidr, routes):
        raise HostError(
            f"{fabric.cidr} is routed by {device} already ({destination}), "
            "so no bridge can be made for it",
            hint="give the undercloud another subnet (cidr in undercloud.conf), "
            "or stop what uses this one: ip route show",
        )


def _add_bridge(fabric: Fabric, known: Collection[str]) -> None:
    for device, _ in in_the_way(fabric.cidr, _routes()):
        if device.startswith(BRIDGE_PREFIX) and device not in known:
            _remove_stray(device)
    check_routes(fabric, _routes())
    for argv in commands.add_bridge(fabric):
        host.run(argv)


def _routes() -> str:
    return host.run(("ip", "-json", "route", "show"))


def _remove_stray(bridge: str) -> None:
    """Remove a bridge of nobody, unless something runs behind one of its ports."""
    ports = [port.name for port in (DEVICES / bridge / "brif").iterdir()]
    machines = [port.removeprefix(PORT_PREFIX) for port in ports]
    spaces = [f"{NETNS_PREFIX}{machine}" for machine in machines]
    if any(_is_lived_in(space) for space in spaces):
        return
    for device in (*ports, bridge):
        _remove_device(device)
    for space in spaces:
        _remove_namespace(space)


def _is_lived_in(namespace: str) -> bool:
    if not (NAMESPACES / namespace).exists():
        return False
    return bool(host.run(("ip", "netns", "pids", namespace)).strip())


def _remove_device(name: str) -> None:
    if exists(name):
        host.run(("ip", "link", "delete", "dev", name))


def _remove_namespace(name: str) -> None:
    if (NAMESPACES / name).exists():
        host.run(("ip", "netns", "delete", name))
