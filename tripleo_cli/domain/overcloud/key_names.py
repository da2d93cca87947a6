"""The names of all keys that service files and operators may look up."""

from __future__ import annotations

from collections.abc import Iterable

from tripleo_cli.domain.overcloud.service import Service

OF_NODE = ("hostname", "fqdn", "node_ip")
OF_ROLE = ("node_role", "node_services")
OF_OVERCLOUD = ("vip", "bootstrap_node", "databases", "listens", "hosts")
"""In the layer network, with those of each service."""
OF_ALL = ("enabled_services",)
STEP = "step"
"""Written by the program on the node, before each step."""


def known_keys(services: Iterable[Service]) -> frozenset[str]:
    """Name every key that may be looked up where these services run."""
    known = {STEP, *OF_NODE, *OF_ROLE, *OF_OVERCLOUD, *OF_ALL}
    for service in services:
        known |= {*service.hiera, *service.all_nodes}
        known |= {parameter.name for parameter in service.parameters}
        known |= {password.name for password in service.passwords}
        known |= {f"{service.key}_{end}" for end in ("ips", "hostnames", "host")}
        if service.keystone.services:
            known |= {f"{service.key}_{end}" for end in ("port", "url")}
    return frozenset(known)
