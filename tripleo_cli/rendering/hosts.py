"""Files that a node is given beside its manifests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tripleo_cli.domain.overcloud.layout import Layout

_LOOPBACK = """\
127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
"""


def hosts_of(layout: Layout) -> str:
    """Write ``/etc/hosts``, which is the same on all nodes.

    No node finds its own name at a loopback address: services would listen there.
    """
    lines = [f"{node.address} {node.fqdn} {node.hostname}" for node in layout.nodes]
    return "\n".join([_LOOPBACK, *lines]) + "\n"


def known_hosts_of(layout: Layout, keys: Mapping[str, Sequence[str]]) -> str:
    """Write ``/etc/ssh/ssh_known_hosts``, which is the same on all nodes.

    Args:
        layout: The overcloud as it stands.
        keys: The host keys of nodes, by host name; nodes without are left out.
    """
    lines = [
        f"{node.hostname},{node.fqdn},{node.address} {key}\n"
        for node in layout.nodes
        for key in keys.get(node.hostname, ())
    ]
    return "".join(lines)
