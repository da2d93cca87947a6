"""Neutron in memory: only what is counted of it."""

from __future__ import annotations

from collections.abc import Sequence

from tripleo_cli.domain.compute import Quota
from tripleo_cli.domain.network import Subnet


class FakeNetworks:
    """Subnets by the name of their network; one provisioning network at first."""

    def __init__(self) -> None:
        self.networks: dict[str, list[Subnet]] = {
            "ctlplane": [
                Subnet(
                    id="ctlplane-subnet-id",
                    name="ctlplane-subnet",
                    network_id="ctlplane-id",
                    cidr="192.168.24.0/24",
                    total=100,
                    used=2,
                )
            ]
        }
        self.limits: dict[str, int] = {}
        """How much the project may have of what ``quotas`` counts; else any."""

    def subnets(self, network: str) -> Sequence[Subnet]:
        return list(self.networks.get(network, ()))

    def quotas(self) -> Sequence[Quota]:
        used = sum(
            subnet.used for subnets in self.networks.values() for subnet in subnets
        )
        return [Quota(resource="port", limit=self.limits.get("port"), used=used)]
