"""Nova in memory, on the nodes of a :class:`~tests.fakes.baremetal.FakeBaremetal`."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from tests.fakes.baremetal import FakeBaremetal
from tripleo_cli.domain.compute import Flavor, Quota, Server
from tripleo_cli.domain.node import Node, NodeId, ProvisionState
from tripleo_cli.errors import ServiceError

# Nova's rule for extra spec keys and for flavor names.
SPEC_KEY = re.compile(r"[A-Za-z0-9_.:\- ]{1,255}")
PUBLIC_KEY = re.compile(r"ssh-(ed25519|rsa) AAAA[A-Za-z0-9+/=]+( .*)?")
FLAVOR_NAME = re.compile(r"\S(.{0,253}\S)?")


class FakeCompute:
    """Flavors and servers; a server occupies a node that its flavor fits."""

    def __init__(self, baremetal: FakeBaremetal) -> None:
        self._lock = threading.RLock()
        self._baremetal = baremetal
        self._flavors: dict[str, Flavor] = {}
        self._servers: dict[str, Server] = {}
        self._keys: dict[str, str] = {}
        self.dirty: set[NodeId] = set()
        """Nodes that cannot be cleaned when their server is deleted."""
        self.blind_to: set[NodeId] = set()
        """Available nodes that Nova has not seen yet."""
        self.limits: dict[str, int] = {}
        """How much the project may have of what ``quotas`` counts; else any."""

    def flavors(self) -> Sequence[Flavor]:
        return list(self._flavors.values())

    def save_flavor(self, flavor: Flavor) -> None:
        if not FLAVOR_NAME.fullmatch(flavor.name):
            raise ServiceError(f"invalid flavor name {flavor.name!r}")
        if flavor.vcpus < 1 or flavor.memory_mb < 1 or flavor.disk_gb < 0:
            raise ServiceError(f"flavor {flavor.name}: sizes are out of range")
        wrong = [item for item in flavor.extra_specs.items() if not _is_spec(*item)]
        if wrong:
            raise ServiceError(f"flavor {flavor.name}: invalid extra specs {wrong}")
        self._flavors[flavor.name] = flavor

    def delete_flavor(self, name: str) -> None:
        self._flavors.pop(name, None)

    def servers(self) -> Sequence[Server]:
        return list(self._servers.values())

    def schedulable(self, traits: Collection[str] = ()) -> frozenset[NodeId]:
        holding = {server.node for server in self._servers.values() if server.node}
        fitting = {node.id for node in self._free() if node.traits.issuperset(traits)}
        return frozenset(fitting | holding)

    def offered(self, resource_classes: Collection[str]) -> frozenset[NodeId]:
        return frozenset(
            node.id for node in self._free() if node.resource_class in resource_classes
        )

    def quotas(self) -> Sequence[Quota]:
        used = {"instances": len(self._servers), "cores": 0, "ram": 0}
        return [
            Quota(resource=name, limit=self.limits.get(name), used=number)
            for name, number in used.items()
        ]

    def key_pairs(self) -> frozenset[str]:
        return frozenset(self._keys)

    def save_key(self, name: str, public: str) -> None:
        if not PUBLIC_KEY.fullmatch(public.strip()):
            raise ServiceError(f"key pair {name}: Keypair data is invalid")
        self._keys.setdefault(name, public)

    def delete_key(self, name: str) -> None:
        self._keys.pop(name, None)

    def _free(self) -> Iterator[Node]:
        """Give the nodes that Nova can place a server on."""
        for node in self._baremetal.nodes():
            if (
                node.provision is ProvisionState.AVAILABLE
                and node.id not in self.blind_to
                and not node.state.maintenance
                and node.state.power_on is not None
            ):
                yield node

    # What FakeStacks does on behalf of a template.

    def boot(self, name: str, flavor: str, zone: str) -> Server:
        """Create a server; ``zone`` may force a node: ``nova::<node uuid>``."""
        with self._lock:
            server = Server(id=str(uuid.uuid4()), name=name, status="BUILD")
            node = self._place(flavor, zone.rpartition("::")[2] if zone else "")
            if node is None:
                fault = "No valid host was found. There are not enough hosts available."
                server = replace(server, status="ERROR", fault=fault)
            else:
                self._occupy(node, server.id)
                address = f"192.168.24.{100 + len(self._servers)}"
                server = replace(server, node=node.id, addresses=(address,))
            self._servers[server.id] = server
            return server

    def finish(self, server_id: str, *, fault: str = "") -> None:
        """Let a server become ACTIVE, or ERROR with a fault."""
        status = "ERROR" if fault else "ACTIVE"
        server = replace(self._servers[server_id], status=status, fault=fault)
        self._servers[server_id] = server
        if server.node and not fault:
            self._baremetal.change_state(server.node, provision=ProvisionState.ACTIVE)

    def discard(self, server_id: str) -> None:
        """Delete a server; its node becomes available again, unless it is ``dirty``."""
        server = self._servers.pop(server_id, None)
        if server and server.node:
            self._baremetal.change(server.node, instance_id=None)
            state, error = ProvisionState.AVAILABLE, ""
            if server.node in self.dirty:
                state, error = ProvisionState.CLEAN_FAILED, "no agent"
            self._baremetal.change_state(server.node, provision=state, last_error=error)

    def _occupy(self, node: Node, server_id: str) -> None:
        self._baremetal.change(node.id, instance_id=server_id)
        state = ProvisionState.DEPLOYING
        self._baremetal.change_state(node.id, provision=state)

    def _place(self, flavor: str, node_id: str) -> Node | None:
        if flavor not in self._flavors:
            raise ServiceError(f"flavor {flavor} could not be found")
        specs = self._flavors[flavor].extra_specs
        free = (
            node
            for node in self._baremetal.nodes()
            if node.provision is ProvisionState.AVAILABLE
            and node.id not in self.blind_to
            and node.state.power_on is not None
            and (not node_id or node.id == node_id)
            and _fits(node, specs)
        )
        return next(free, None)


def _is_spec(key: str, value: str) -> bool:
    if key.startswith("trait:"):
        return value in {"required", "forbidden"}
    if key.startswith("resources:"):
        return value.isdigit()
    return bool(SPEC_KEY.fullmatch(key))


def _fits(node: Node, specs: Mapping[str, str]) -> bool:
    custom = re.sub("[^A-Z0-9]", "_", f"CUSTOM_{node.resource_class}".upper())
    wanted = {
        key.removeprefix("resources:")
        for key, count in specs.items()
        if key.startswith("resources:") and count != "0"
    }
    traits = {
        key.removeprefix("trait:")
        for key, value in specs.items()
        if key.startswith("trait:") and value == "required"
    }
    return wanted <= {custom} and traits <= node.traits
