"""Nova, through python-novaclient; and Placement, which has no client library."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from keystoneauth1 import exceptions as keystone
from novaclient import client, exceptions

from tripleo_cli.clients.translate import Service, translating
from tripleo_cli.domain.compute import Flavor, Quota, Server
from tripleo_cli.domain.node import NodeId
from tripleo_cli.domain.profile import custom_name

if TYPE_CHECKING:
    from keystoneauth1.session import Session

NOVA_VERSION = "2.86"
"""The first version that checks extra specs; newer ones add nothing that is used."""

PLACEMENT_VERSION = "placement 1.18"
"""The first version that lists resource providers by traits."""

PAGE = 1000

LIMITS = {
    "instances": ("maxTotalInstances", "totalInstancesUsed"),
    "cores": ("maxTotalCores", "totalCoresUsed"),
    "ram": ("maxTotalRAMSize", "totalRAMUsed"),
}
"""Nova's words for how much a project may have, and has, of a resource."""


def connect(session: Session, nova: str, placement: str) -> NovaCompute:
    """Build the client; asks nothing of Nova yet."""
    library = client.Client(NOVA_VERSION, session=session, endpoint_override=nova)
    return NovaCompute(library, nova, Placement(session, placement))


class NovaCompute:
    """Implements the ``Compute`` port."""

    def __init__(self, nova: Any, endpoint: str, placement: Placement) -> None:
        self._nova = nova
        self._placement = placement
        self._service = Service(
            name="Nova",
            process="nova-api",
            endpoint=endpoint,
            failures=(keystone.ClientException, exceptions.ClientException),
        )

    def flavors(self) -> Sequence[Flavor]:
        """List flavors with their extra specs."""
        return [_flavor(raw) for raw in self._flavors()]

    def save_flavor(self, flavor: Flavor) -> None:
        """Create a flavor, or make the one of that name equal to it.

        Nova can't change sizes, so a flavor of other sizes is made anew; servers keep
        a copy of the flavor they were made from.
        """
        raw = next((raw for raw in self._flavors() if raw.name == flavor.name), None)
        if raw is not None and _sizes(_flavor(raw)) != _sizes(flavor):
            self._remove(raw)
            raw = None
        with translating(self._service, f"save flavor {flavor.name}"):
            if raw is None:
                raw = self._nova.flavors.create(
                    flavor.name, flavor.memory_mb, flavor.vcpus, flavor.disk_gb
                )
                current: Mapping[str, str] = {}
            else:
                current = _flavor(raw).extra_specs
            if gone := sorted(set(current) - set(flavor.extra_specs)):
                raw.unset_keys(gone)
            wanted = flavor.extra_specs.items()
            if new := {k: v for k, v in wanted if current.get(k) != v}:
                raw.set_keys(new)

    def delete_flavor(self, name: str) -> None:
        """Remove a flavor; harmless where there is none."""
        for raw in self._flavors():
            if raw.name == name:
                self._remove(raw)

    def servers(self) -> Sequence[Server]:
        """List all servers of the project."""
        with translating(self._service, "list servers"):
            found = self._nova.servers.list(limit=-1)
        return [_server(raw.to_dict()) for raw in found]

    def schedulable(self, traits: Collection[str] = ()) -> frozenset[NodeId]:
        """List the nodes that can take a server now, or hold one."""
        holding = {server.node for server in self.servers() if server.node}
        return self._placement.free(traits) | holding

    def offered(self, resource_classes: Collection[str]) -> frozenset[NodeId]:
        """List the nodes of resource classes that can take a server now."""
        names = {f"CUSTOM_{custom_name(name)}" for name in resource_classes}
        return self._placement.free((), names) if names else frozenset()

    def quotas(self) -> Sequence[Quota]:
        """Say how much the project may have."""
        with translating(self._service, "read the quotas"):
            limits = self._nova.limits.get().to_dict()["absolute"]
        return [
            Quota(
                resource=resource,
                limit=None if limits[most] < 0 else limits[most],
                # Where nothing is limited, Nova does not count, and says -1.
                used=max(limits[used], 0),
            )
            for resource, (most, used) in LIMITS.items()
        ]

    def key_pairs(self) -> frozenset[str]:
        """Name the key pairs of this user."""
        with translating(self._service, "list key pairs"):
            return frozenset(raw.name for raw in self._nova.keypairs.list())

    def save_key(self, name: str, public: str) -> None:
        """Register a public SSH key; one of that name stays as it is."""
        what = f"register key pair {name}"
        with translating(self._service, what), suppress(exceptions.Conflict):
            self._nova.keypairs.create(name, public_key=public)

    def delete_key(self, name: str) -> None:
        """Forget a key pair; harmless where there is none."""
        what = f"delete key pair {name}"
        with translating(self._service, what), suppress(exceptions.NotFound):
            self._nova.keypairs.delete(name)

    def _flavors(self) -> list[Any]:
        with translating(self._service, "list flavors"):
            return list(_pages(self._nova.flavors.list, is_public=None))

    def _remove(self, raw: Any) -> None:
        with translating(self._service, f"delete flavor {raw.name}"):
            raw.delete()


class Placement:
    """What is free, by the service that Nova's scheduler asks."""

    def __init__(self, session: Session, endpoint: str) -> None:
        self._session = session
        self._service = Service(
            name="Placement", process="placement", endpoint=endpoint
        )

    def free(
        self, traits: Collection[str], classes: Collection[str] = ()
    ) -> frozenset[NodeId]:
        """List the nodes with all these traits that nothing occupies.

        ``classes`` are Placement's names; nodes of any count where there are none.

        Nova makes a resource provider of each node, with the node's id, and holds
        one unit of the node's resource class in it; a node that is not available is
        wholly reserved.
        """
        if not self._are_known(traits):
            return frozenset()
        known = {
            item["name"]
            for item in self._get("/resource_classes")["resource_classes"]
            if item["name"].startswith("CUSTOM_")
        }
        wanted = f"&required={','.join(sorted(traits))}" if traits else ""
        free: set[NodeId] = set()
        for name in sorted(known & set(classes) if classes else known):
            path = f"/resource_providers?resources={name}:1{wanted}"
            providers = self._get(path)["resource_providers"]
            free.update(NodeId(provider["uuid"]) for provider in providers)
        return frozenset(free)

    def _are_known(self, traits: Collection[str]) -> bool:
        """Whether Nova has told Placement of all these traits yet.

        Placement refuses to search by a trait that no node has brought to it.
        """
        if not traits:
            return True
        found = self._get(f"/traits?name=in:{','.join(sorted(traits))}")["traits"]
        return set(traits) <= set(found)

    def _get(self, path: str) -> Any:
        headers = {
            "OpenStack-API-Version": PLACEMENT_VERSION,
            "Accept": "application/json",
        }
        with translating(self._service, "ask which nodes are free"):
            url = f"{self._service.endpoint}{path}"
            return self._session.get(url, headers=headers).json()


def _pages(list_page: Callable[..., list[Any]], **filters: Any) -> Iterator[Any]:
    """Follow Nova's pages; their size is the service's choice."""
    marker = None
    while page := list_page(marker=marker, limit=PAGE, **filters):
        yield from page
        marker = page[-1].id


def _sizes(flavor: Flavor) -> tuple[int, int, int]:
    return flavor.memory_mb, flavor.vcpus, flavor.disk_gb


def _flavor(raw: Any) -> Flavor:
    return Flavor(
        name=raw.name,
        memory_mb=raw.ram,
        vcpus=raw.vcpus,
        disk_gb=raw.disk,
        extra_specs=raw.to_dict()["extra_specs"],
    )


def _server(raw: Mapping[str, Any]) -> Server:
    host = raw.get("OS-EXT-SRV-ATTR:hypervisor_hostname")
    fixed = (
        address["addr"]
        for addresses in raw["addresses"].values()
        for address in addresses
        if address.get("OS-EXT-IPS:type", "fixed") == "fixed"
    )
    return Server(
        id=raw["id"],
        name=raw["name"],
        status=raw["status"],
        node=NodeId(host) if host else None,
        task=raw.get("OS-EXT-STS:task_state"),
        addresses=tuple(fixed),
        fault=(raw.get("fault") or {}).get("message", ""),
    )
