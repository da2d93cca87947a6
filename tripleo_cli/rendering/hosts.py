"""Files that a node is given beside its manifests."""

from __future__ import annotations

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
