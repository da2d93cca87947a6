"""Neutron, by its API: two calls do not earn a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tripleo_cli.clients.translate import Service, translating
from tripleo_cli.domain.compute import Quota
from tripleo_cli.domain.network import Subnet

if TYPE_CHECKING:
    from keystoneauth1.session import Session


def connect(session: Session, endpoint: str) -> NeutronNetworks:
    """Build the client; asks nothing of Neutron yet."""
    base = endpoint.removesuffix("/").removesuffix("/v2.0")
    service = Service(name="Neutron", process="neutron", endpoint=base)
    return NeutronNetworks(session, service)


class NeutronNetworks:
    """Implements the ``Networks`` port."""

    def __init__(self, session: Session, service: Service) -> None:
        self._session = session
        self._service = service

    def subnets(self, network: str) -> Sequence[Subnet]:
        """List the subnets of all networks of a name."""
        call = f"list the addresses of network {network}"
        query = {"network_name": network}
        answer = self._get(call, "/network-ip-availabilities", query)
        return [
            _subnet(found["network_id"], raw)
            for found in answer["network_ip_availabilities"]
            for raw in found["subnet_ip_availability"]
        ]

    def quotas(self) -> Sequence[Quota]:
        """Say how many of each thing the project may have."""
        call = "read the quotas"
        with translating(self._service, call):
            project = self._session.get_project_id()
        answer = self._get(call, f"/quotas/{project}/details.json", {})
        return [
            Quota(
                resource=resource,
                limit=None if raw["limit"] < 0 else raw["limit"],
                used=raw["used"] + raw.get("reserved", 0),
            )
            for resource, raw in sorted(answer["quota"].items())
        ]

    def _get(self, call: str, path: str, query: Mapping[str, str]) -> Any:
        headers = {"Accept": "application/json"}
        with translating(self._service, call):
            url = f"{self._service.endpoint}/v2.0{path}"
            return self._session.get(url, params=query, headers=headers).json()


def _subnet(network_id: str, raw: Mapping[str, Any]) -> Subnet:
    return Subnet(
        id=raw["subnet_id"],
        name=raw["subnet_name"] or "",
        network_id=network_id,
        cidr=raw["cidr"],
        ip_version=raw["ip_version"],
        total=raw["total_ips"],
        used=raw["used_ips"],
    )
