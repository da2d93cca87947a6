"""The keys of hiera that are made here: who is where, and where services answer.

Service files and manifests may look every one of them up; docs/services.rst lists
them. ``<service>`` stands for a service's name with ``_`` for ``-``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tripleo_cli.domain.overcloud.layout import DeployedNode, Layout
from tripleo_cli.domain.overcloud.service import Database, Listen, Service
from tripleo_cli.domain.url import host_part


def node_keys(node: DeployedNode) -> dict[str, Any]:
    """Give what is a node's own."""
    return {"hostname": node.hostname, "fqdn": node.fqdn, "node_ip": node.address}


def role_keys(layout: Layout, role: str) -> dict[str, Any]:
    """Give what all nodes of a role share."""
    names = layout.configurations[role].service_names
    return {"node_role": role, "node_services": list(names)}


def network_keys(layout: Layout) -> dict[str, Any]:
    """Give the addresses and the names of everything, and what follows from them."""
    first = layout.nodes[0]
    keys: dict[str, Any] = {
        "vip": layout.vip or first.address,
        "bootstrap_node": first.hostname,
        "databases": _databases(layout),
        "listens": _listens(layout),
        "hosts": {
            node.fqdn: {"ip": node.address, "aliases": [node.hostname]}
            for node in layout.nodes
        },
    }
    for service in layout.services.values():
        keys |= _service_keys(layout, service)
    return keys


def all_nodes_keys(layout: Layout) -> dict[str, Any]:
    """Give what services tell every node, whether it runs them or not."""
    keys: dict[str, Any] = {"enabled_services": list(layout.services)}
    for service in layout.services.values():
        keys |= service.all_nodes
    return keys


def _service_keys(layout: Layout, service: Service) -> dict[str, Any]:
    members = layout.members(service.name)
    host = layout.host(service.name)
    keys: dict[str, Any] = {
        f"{service.key}_ips": [node.address for node in members],
        f"{service.key}_hostnames": [node.hostname for node in members],
        f"{service.key}_host": host,
    }
    for endpoint in service.keystone.services[:1]:
        keys[f"{service.key}_port"] = endpoint.port
        keys[f"{service.key}_url"] = f"http://{host_part(host)}:{endpoint.port}"
    return keys


def _databases(layout: Layout) -> list[Mapping[str, str]]:
    """List what service ``mysql`` makes; passwords stay names of keys."""
    return [
        _database(database)
        for service in layout.services.values()
        for database in service.databases
    ]


def _database(database: Database) -> dict[str, str]:
    return {
        "name": database.name,
        "user": database.user,
        "password": f"%{{lookup('{database.password}')}}",
    }


def _listens(layout: Layout) -> list[Mapping[str, Any]]:
    return [
        _listen(layout, service, listen)
        for service in layout.services.values()
        for listen in service.listen
    ]


def _listen(layout: Layout, service: Service, listen: Listen) -> dict[str, Any]:
    return {
        "name": listen.name,
        "port": listen.port,
        "mode": listen.mode,
        "check": listen.check,
        "servers": [
            {"hostname": node.hostname, "ip": node.address}
            for node in layout.members(service.name)
        ],
    }
