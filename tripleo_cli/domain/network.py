"""Networks of the undercloud, and how many addresses they have left.

Source: the Networking API, https://docs.openstack.org/api-ref/network/v2/.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """A subnet; ``network_id`` tells networks of one name apart.

    ``total`` counts the addresses of its allocation pools and ``used`` those that
    ports have; an address outside of the pools that a port has counts as used too.
    """

    id: str
    name: str
    network_id: str
    cidr: str
    ip_version: int = 4
    total: int
    used: int

    @property
    def free(self) -> int:
        """How many ports can still get an address."""
        return max(self.total - self.used, 0)
