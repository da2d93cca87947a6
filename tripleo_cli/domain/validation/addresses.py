"""Checks of addresses: each MAC, BMC and fixed IP belongs to one thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from tripleo_cli.domain.driver import bmc_identity
from tripleo_cli.domain.node import Node, NodeId, label
from tripleo_cli.domain.validation.facts import (
    NETWORK,
    DeploymentFacts,
    labels,
)
from tripleo_cli.domain.validation.finding import Finding, error, warning

Address = IPv4Address | IPv6Address
OTHER = "choose another address"
_FIXED = "FixedIPs"
_ROLE = "IPs"
_WITHOUT_PORTS = frozenset({"", "noop"})


def addresses_are_single(facts: DeploymentFacts) -> Iterator[Finding]:
    """No two nodes share a MAC or a BMC, no two things a fixed IP.

    Nodes that neither get nor have a server of this stack are worth a word only: they
    must not keep others from deploying.
    """
    concerned = {node.id for node in facts.chosen()} | _serving(facts)
    for mac, nodes in _shared((mac, n) for n in facts.nodes for mac in n.ports):
        remedy = "openstack baremetal port delete PORT, or import the nodes again"
        tell = error if concerned & {node.id for node in nodes} else warning
        yield tell(labels(nodes), f"has MAC address {mac}, as others have", remedy)
    for bmc, nodes in _shared((_bmc(node), node) for node in facts.nodes):
        what = f"is reached by BMC {bmc}, as others are: they are one machine"
        tell = error if concerned & {node.id for node in nodes} else warning
        yield tell(labels(nodes), what, "openstack overcloud node delete NODE")
    bare = [node for node in facts.chosen() if not node.ports and _wires(node)]
    if bare:
        what = "has no port: Ironic can't attach it to the provisioning network"
        remedy = "openstack baremetal port create --node NODE MAC"
        yield error(labels(bare), what, remedy)
    yield from _fixed_ips(facts)


def _fixed_ips(facts: DeploymentFacts) -> Iterator[Finding]:
    for where, value in _no_lists(facts):
        what = f'is "{value}", but must be a list of addresses, one for each node'
        yield error(where, what, 'as in ["192.0.2.1"]')
    holders: dict[Address, list[str]] = {}
    for where, text in fixed_ips(facts.request.parameters):
        try:
            holders.setdefault(ip_address(text), []).append(where)
        except ValueError:
            yield error(where, f'"{text}" is no IP address', "as in 192.0.2.1")
    taken = {
        address: server.name
        for server in facts.servers
        for address in server.addresses
        if not _is_ours(server.name, facts)
    }
    for address, places in holders.items():
        if len(places) > 1:
            yield error(places, f"{address} is given more than once", OTHER)
        if other := taken.get(str(address)):
            yield error(places, f"{address} is the address of server {other}", OTHER)
    yield from _outside(holders, facts)


def _outside(
    holders: Mapping[Address, list[str]], facts: DeploymentFacts
) -> Iterator[Finding]:
    """Find what is to be on the provisioning network and is in none of its subnets."""
    ranges = [ip_network(subnet.cidr, strict=False) for subnet in facts.subnets]
    for address, places in holders.items():
        mine = [place for place in places if _is_provisioning(place)]
        if mine and ranges and not any(address in one for one in ranges):
            listed = ", ".join(subnet.cidr for subnet in facts.subnets)
            what = f"{address} is in no subnet of {NETWORK} ({listed})"
            yield error(mine, what, OTHER)


def fixed_ips(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Find the addresses that environment files fix, each with its place.

    ``<Role>IPs`` maps networks to lists of addresses, one for each node, and
    ``<Network>FixedIPs`` lists mappings with ``ip_address``, as in TripleO.
    """
    for key, value in parameters.items():
        if key.endswith(_FIXED) and isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, Mapping) and item.get("ip_address"):
                    yield f"{key}.{index}", str(item["ip_address"])
        elif key.endswith(_ROLE) and isinstance(value, Mapping):
            for network, listed in value.items():
                for index, text in enumerate(listed if _is_list(listed) else ()):
                    yield f"{key}.{network}.{index}", str(text)


def _no_lists(facts: DeploymentFacts) -> Iterator[tuple[str, object]]:
    """Find what should be a list of addresses for a network of a role, and is none."""
    for role in facts.roles:
        networks = facts.request.parameters.get(f"{role}{_ROLE}")
        for network, value in networks.items() if isinstance(networks, Mapping) else ():
            if value is not None and not _is_list(value):
                yield f"{role}{_ROLE}.{network}", value


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _shared(pairs: Iterable[tuple[str, Node]]) -> Iterator[tuple[str, list[Node]]]:
    found: dict[str, dict[str, Node]] = {}
    for value, node in pairs:
        if value:
            found.setdefault(value, {})[node.id] = node
    for value, nodes in sorted(found.items()):
        if len(nodes) > 1:
            yield value, sorted(nodes.values(), key=label)


def _bmc(node: Node) -> str:
    return bmc_identity(node.driver, node.driver_info)


def _wires(node: Node) -> bool:
    """Whether Ironic attaches the machine's ports to networks."""
    return node.interfaces.get("network_interface", "") not in _WITHOUT_PORTS


def _serving(facts: DeploymentFacts) -> set[NodeId]:
    running = facts.running.plan.nodes if facts.running else ()
    return {NodeId(member.node_id) for member in running}


def _is_ours(name: str, facts: DeploymentFacts) -> bool:
    running = facts.running.plan.nodes if facts.running else ()
    return any(member.hostname == name for member in running)


def _is_provisioning(place: str) -> bool:
    return place.startswith(f"Control{_FIXED}.") or f"{_ROLE}.{NETWORK}." in place
