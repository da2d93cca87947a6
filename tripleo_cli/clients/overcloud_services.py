"""What an overcloud's Nova, Neutron and Placement remember of a node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tripleo_cli.clients.overcloud_rest import Rest, sign_in
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.checks import short_name
from tripleo_cli.errors import NotFoundError

NOVA = {"OpenStack-API-Version": "compute 2.53"}
"""Services have UUIDs from this version on, and take their host mapping with them.

https://docs.openstack.org/nova/latest/reference/api-microversion-history.html
"""
COMPUTE = "nova-compute"
REASON = "this node is being removed from the overcloud"
TIMEOUT_S = 60.0
Record = Mapping[str, Any]


class LiveOvercloudServices:
    """Implements the ``OvercloudServices`` port."""

    def __init__(self, access: Access) -> None:
        to = sign_in(access, TIMEOUT_S)
        self._nova = Rest(to, "Nova", kind="compute")
        self._neutron = Rest(to, "Neutron", kind="network")
        self._placement = Rest(to, "Placement", kind="placement")

    def retire(self, hostname: str) -> Sequence[str]:
        """Disable nova-compute there, and list the servers it has."""
        servers: list[str] = []
        for service in self._computes(hostname):
            if service["status"] != "disabled":
                self._set(service, {"status": "disabled", "disabled_reason": REASON})
            query = f"/servers/detail?all_tenants=1&host={service['host']}"
            listed = self._nova.listed(query, "servers")
            servers += [f"{server['name']} ({server['id']})" for server in listed]
        return servers

    def reinstate(self, hostname: str) -> None:
        """Enable nova-compute there, unless somebody else disabled it."""
        for service in self._computes(hostname):
            if service.get("disabled_reason") == REASON:
                self._set(service, {"status": "enabled"})

    def forget(self, hostname: str) -> Sequence[str]:
        """Take it out of the lists."""
        return [*self._forget_agents(hostname), *self._forget_services(hostname)]

    def _forget_agents(self, hostname: str) -> Iterator[str]:
        for agent in self._neutron.listed("/v2.0/agents", "agents"):
            if short_name(agent["host"]) == short_name(hostname):
                self._delete(self._neutron, f"/v2.0/agents/{agent['id']}")
                yield f"{agent['binary']} of Neutron"

    def _forget_services(self, hostname: str) -> Iterator[str]:
        for service in self._services(hostname):
            path = f"/os-services/{service['id']}"
            self._delete(self._nova, path, headers=NOVA)
            yield f"{service['binary']} of Nova"
        # Nova takes its own away, unless Placement was down when it tried to.
        path = "/resource_providers"
        for provider in self._placement.listed(path, "resource_providers"):
            if short_name(provider["name"]) == short_name(hostname):
                self._delete(self._placement, f"{path}/{provider['uuid']}")
                yield "its provider in Placement"

    def _set(self, service: Record, body: Mapping[str, str]) -> None:
        self._nova.send("PUT", f"/os-services/{service['id']}", body, headers=NOVA)

    def _computes(self, hostname: str) -> Sequence[Record]:
        return [each for each in self._services(hostname) if each["binary"] == COMPUTE]

    def _services(self, hostname: str) -> Sequence[Record]:
        found = self._nova.send("GET", "/os-services", headers=NOVA)["services"]
        wanted = short_name(hostname)
        return [each for each in found if short_name(each["host"]) == wanted]

    def _delete(self, service: Rest, path: str, **others: Any) -> None:
        try:
            service.send("DELETE", path, **others)
        except NotFoundError:
            # Somebody else was faster.
            return
