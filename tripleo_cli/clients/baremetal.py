"""Ironic, through python-ironicclient.

Listing all nodes with their ports costs two requests per thousand nodes, and polling
all states one; what is not used is not asked for.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from ironicclient import exc
from ironicclient.common.http import LAST_KNOWN_API_VERSION
from ironicclient.v1.client import Client
from keystoneauth1 import exceptions as keystone

from tripleo_cli.clients.clock import LiveClock
from tripleo_cli.clients.patience import patiently
from tripleo_cli.clients.translate import Service, secret_values, translating
from tripleo_cli.domain.node import (
    Node,
    NodeId,
    NodeState,
    Port,
    PortId,
    ProvisionState,
    Verb,
    parse_capabilities,
)
from tripleo_cli.errors import ServiceError, UnreachableError

if TYPE_CHECKING:
    from keystoneauth1.session import Session

    from tripleo_cli.workflows.ports import Clock

OLDEST = 96
"""The minor version that brought inspection rules; older services do not serve."""

STATE_FIELDS = [
    "uuid",
    "provision_state",
    "target_provision_state",
    "power_state",
    "last_error",
    "maintenance",
    "maintenance_reason",
    "reservation",
]
INTERFACES = [
    f"{kind}_interface"
    for kind in (
        *("bios", "boot", "console", "deploy", "firmware", "inspect", "management"),
        *("network", "power", "raid", "rescue", "storage", "vendor"),
    )
]
NODE_FIELDS = [
    *STATE_FIELDS,
    *INTERFACES,
    "conductor_group",
    "name",
    "driver",
    "resource_class",
    "traits",
    "properties",
    "driver_info",
    "extra",
    "inspection_finished_at",
    "instance_uuid",
]
PORT_FIELDS = [
    *("uuid", "address", "node_uuid", "physical_network", "local_link_connection")
]
BMC_S = 90
"""How long a BMC may take; Ironic itself tries one that is silent for longer."""
_WORDS = {
    Verb.MANAGE: "manage",
    Verb.INSPECT: "inspect",
    Verb.PROVIDE: "provide",
    Verb.ABORT: "abort the work on",
    Verb.CLEAN: "clean",
    Verb.DELETED: "undeploy",
}
_ENDS = {
    Verb.MANAGE: ProvisionState.MANAGEABLE,
    Verb.INSPECT: ProvisionState.MANAGEABLE,
    Verb.PROVIDE: ProvisionState.AVAILABLE,
    Verb.DELETED: ProvisionState.AVAILABLE,
    Verb.ABORT: ProvisionState.INSPECT_FAILED,
}
T = TypeVar("T")


def connect(session: Session, endpoint: str) -> IronicBaremetal:
    """Agree on a version of the API and build the client.

    Raises:
        ServiceError: The service does not answer, or is too old.
    """
    ironic, service = open_client(session, endpoint)
    return IronicBaremetal(ironic, service, LiveClock())


def open_client(session: Session, endpoint: str) -> tuple[Client, Service]:
    """Agree on a version of the API; give the library's client for it.

    Raises:
        ServiceError: The service does not answer, or is too old.
    """
    service = Service(
        name="Ironic",
        process="ironic",
        endpoint=endpoint,
        failures=(keystone.ClientException, exc.ClientException),
    )
    with translating(service, "ask for its versions"):
        answer = session.get(f"{endpoint}/v1", headers={"Accept": "application/json"})
    newest = answer.headers.get("X-OpenStack-Ironic-API-Maximum-Version", "1.0")
    minor = min(int(newest.rpartition(".")[2]), LAST_KNOWN_API_VERSION)
    if minor < OLDEST:
        raise ServiceError(
            f"Ironic at {endpoint} knows its API up to version {newest}, "
            f"1.{OLDEST} is needed",
            hint="use an undercloud of this release (openstack undercloud install)",
        )
    # Retries are ours (see _patiently): the library's wait 10 s on a duplicate name.
    ironic = Client(
        endpoint, session=session, os_ironic_api_version=f"1.{minor}", max_retries=0
    )
    return ironic, service


class IronicBaremetal:
    """Implements the ``Baremetal`` port."""

    def __init__(self, ironic: Client, service: Service, clock: Clock) -> None:
        self._ironic = ironic
        self._service = service
        self._clock = clock

    def nodes(self) -> Sequence[Node]:
        """List every node with its ports."""
        found = self._list(self._ironic.node, "list nodes", NODE_FIELDS)
        cards: dict[str, list[Port]] = defaultdict(list)
        for port in self._list(self._ironic.port, "list ports", PORT_FIELDS):
            cards[port.node_uuid].append(_port(port))
        return [_node(raw, cards.get(raw.uuid, ())) for raw in found]

    def states(self) -> Mapping[NodeId, NodeState]:
        """List every node's state only."""
        call = "list the states of nodes"
        found = self._list(self._ironic.node, call, STATE_FIELDS)
        return {NodeId(raw.uuid): _state(raw) for raw in found}

    def create(self, fields: Mapping[str, Any]) -> NodeId:
        """Register a node."""
        # An id of our own tells, after a broken connection, whether it is there.
        new = {"uuid": str(uuid4()), **fields}

        def create() -> NodeId:
            call = f"create node {fields.get('name') or ''}".rstrip()
            with translating(self._service, call, secret_values(fields)):
                self._ironic.node.create(**new)
            return NodeId(new["uuid"])

        node = NodeId(new["uuid"])
        return self._patiently(create, lambda: node if self._has(node) else None)

    def update(self, node: NodeId, changes: Mapping[str, Any]) -> None:
        """Set fields by JSON pointer."""
        if not changes:
            return
        patch = [_operation(pointer, value) for pointer, value in changes.items()]
        secrets = secret_values(changes)
        # The interfaces of the old driver may be none of the new one's.
        reset = True if changes.get("/driver") else None

        def update() -> None:
            with translating(self._service, f"update node {node}", secrets):
                self._ironic.node.update(node, patch, reset_interfaces=reset)

        self._patiently(update)

    def create_port(self, node: NodeId, fields: Mapping[str, Any]) -> None:
        """Add a port."""
        new = {"uuid": str(uuid4()), "node_uuid": node, **fields}
        call = f"create port {fields.get('address')} of node {node}"

        def create() -> bool:
            with translating(self._service, call):
                self._ironic.port.create(**new)
            return True

        def is_there() -> bool | None:
            with translating(self._service, call):
                found = self._ironic.port.list(node=node, fields=["uuid"])
            return any(port.uuid == new["uuid"] for port in found) or None

        self._patiently(create, is_there)

    def update_port(self, port: PortId, changes: Mapping[str, Any]) -> None:
        """Set fields of a port by JSON pointer."""
        patch = [_operation(pointer, value) for pointer, value in changes.items()]

        def update() -> None:
            with translating(self._service, f"update port {port}"):
                self._ironic.port.update(port, patch)

        self._patiently(update)

    def try_bmc(self, node: NodeId) -> None:
        """Have the boot device read: for that, Ironic has to sign in to the BMC."""
        url = f"/v1/nodes/{node}/management/boot_device"
        call = f"reach the BMC of node {node}"

        def ask() -> None:
            with translating(self._service, call):
                self._ironic.http_client.json_request("GET", url, timeout=BMC_S)

        try:
            self._patiently(ask)
        except UnreachableError as error:
            if not isinstance(error.__cause__, keystone.ConnectTimeout):
                raise
            raise ServiceError(f"cannot {call}: no answer in {BMC_S} s") from error

    def delete(self, node: NodeId) -> None:
        """Remove a node and its ports."""

        def delete() -> bool:
            with translating(self._service, f"delete node {node}"):
                self._ironic.node.delete(node)
            return True

        self._patiently(delete, lambda: None if self._has(node) else True)

    def set_provision_state(self, node: NodeId, verb: Verb) -> None:
        """Ask for a transition; returns at once."""

        def ask() -> bool:
            with translating(self._service, f"{_WORDS[verb]} node {node}"):
                self._ironic.node.set_provision_state(node, verb.value)
            return True

        def is_under_way() -> bool | None:
            state = self.states()[node].provision
            return (not state.is_stable or state is _ENDS.get(verb)) or None

        self._patiently(ask, is_under_way)

    def set_power(self, node: NodeId, *, on: bool) -> None:
        """Ask for power on or off; returns at once."""
        wanted = "on" if on else "off"

        def ask() -> None:
            with translating(self._service, f"power node {node} {wanted}"):
                self._ironic.node.set_power_state(node, wanted)

        self._patiently(ask)

    def set_traits(self, node: NodeId, traits: Collection[str]) -> None:
        """Replace all traits of a node."""

        def set_all() -> None:
            with translating(self._service, f"set traits of node {node}"):
                self._ironic.node.set_traits(node, sorted(traits))

        self._patiently(set_all)

    def inventory(self, node: NodeId) -> Mapping[str, Any]:
        """Give what inspection stored."""

        def read() -> Mapping[str, Any]:
            with translating(self._service, f"read the inventory of node {node}"):
                return self._ironic.node.get_inventory(node)

        return self._patiently(read)

    def _list(self, collection: Any, call: str, fields: list[str]) -> list[Any]:
        def ask() -> list[Any]:
            with translating(self._service, call):
                found: list[Any] = collection.list(fields=fields, limit=0)
            return found

        return self._patiently(ask)

    def _has(self, node: NodeId) -> bool:
        return node in self.states()

    def _patiently(
        self,
        operation: Callable[[], T],
        find_done: Callable[[], T | None] | None = None,
    ) -> T:
        return patiently(self._clock, operation, find_done)


def _operation(pointer: str, value: object) -> dict[str, object]:
    if value is None:
        return {"op": "remove", "path": pointer}
    return {"op": "add", "path": pointer, "value": value}


def _port(raw: Any) -> Port:
    return Port(
        id=PortId(raw.uuid),
        address=raw.address.lower(),
        physical_network=raw.physical_network or "",
        local_link=raw.local_link_connection or {},
    )


def _node(raw: Any, ports: Iterable[Port]) -> Node:
    cards = {port.address: port for port in ports}
    properties = dict(raw.properties)
    capabilities = parse_capabilities(str(properties.pop("capabilities", "") or ""))
    return Node(
        id=NodeId(raw.uuid),
        name=raw.name or "",
        state=_state(raw),
        driver=raw.driver,
        resource_class=raw.resource_class or "",
        traits=frozenset(raw.traits),
        properties=properties,
        capabilities=capabilities,
        driver_info=raw.driver_info,
        extra=raw.extra,
        interfaces={name: getattr(raw, name) for name in INTERFACES},
        conductor_group=raw.conductor_group or "",
        ports=tuple(sorted(cards)),
        cards=cards,
        inspected_at=raw.inspection_finished_at or "",
        instance_id=raw.instance_uuid,
    )


def _state(raw: Any) -> NodeState:
    return NodeState(
        provision=_provision(raw.provision_state),
        target=raw.target_provision_state,
        power_on={"power on": True, "power off": False}.get(raw.power_state),
        last_error=raw.last_error,
        maintenance=raw.maintenance,
        maintenance_reason=raw.maintenance_reason,
        reserved_by=raw.reservation,
    )


def _provision(text: str) -> ProvisionState:
    try:
        return ProvisionState(text)
    except ValueError:
        raise ServiceError(f"Ironic reports a state unknown here: {text!r}") from None


class _OnlyDebug(logging.Filter):
    """Drop what the library logs about a failure that it also raises."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno < logging.ERROR


logging.getLogger("ironicclient.common.http").addFilter(_OnlyDebug())
