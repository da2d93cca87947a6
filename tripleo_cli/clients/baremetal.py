"""Ironic, through python-ironicclient.

Listing all nodes with their ports costs two requests per thousand nodes, and polling
all states one; what is not used is not asked for.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ironicclient import exc
from ironicclient.common.http import LAST_KNOWN_API_VERSION
from ironicclient.v1.client import Client
from keystoneauth1 import exceptions as keystone

from tripleo_cli.clients.clock import LiveClock
from tripleo_cli.clients.translate import Service, secret_values, translating
from tripleo_cli.domain.node import (
    Node,
    NodeId,
    NodeState,
    ProvisionState,
    Verb,
    parse_capabilities,
)
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

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
RETRIES = (0.5, 1, 2, 3, 5, 5, 5, 5, 5)
"""Pauses in seconds before an operation that found a node locked is tried again."""

_WORDS = {
    Verb.MANAGE: "manage",
    Verb.INSPECT: "inspect",
    Verb.PROVIDE: "provide",
    Verb.ABORT: "abort the work on",
    Verb.DELETED: "undeploy",
}
_WRONG_STATE = re.compile(
    r"can ?not be performed on node|while it is in state|in maintenance mode"
)
_LATER = re.compile(r"is locked by host|lack of free conductor workers")


def connect(session: Session, endpoint: str) -> IronicBaremetal:
    """Agree on a version of the API and build the client.

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
    return IronicBaremetal(ironic, service, LiveClock())


class IronicBaremetal:
    """Implements the ``Baremetal`` port."""

    def __init__(self, ironic: Client, service: Service, clock: Clock) -> None:
        self._ironic = ironic
        self._service = service
        self._clock = clock

    def nodes(self) -> Sequence[Node]:
        """List every node with its ports."""
        with translating(self._service, "list nodes"):
            found = self._ironic.node.list(fields=NODE_FIELDS, limit=0)
        with translating(self._service, "list ports"):
            ports = self._ironic.port.list(fields=["address", "node_uuid"], limit=0)
        addresses: dict[str, list[str]] = defaultdict(list)
        for port in ports:
            addresses[port.node_uuid].append(port.address.lower())
        return [_node(raw, addresses.get(raw.uuid, ())) for raw in found]

    def states(self) -> Mapping[NodeId, NodeState]:
        """List every node's state only."""
        with translating(self._service, "list the states of nodes"):
            found = self._ironic.node.list(fields=STATE_FIELDS, limit=0)
        return {NodeId(raw.uuid): _state(raw) for raw in found}

    def create(self, fields: Mapping[str, Any]) -> NodeId:
        """Register a node."""
        call = f"create node {fields.get('name') or ''}".rstrip()
        with translating(self._service, call, secret_values(fields)):
            created: Any = self._ironic.node.create(**fields)
        return NodeId(created.uuid)

    def update(self, node: NodeId, changes: Mapping[str, Any]) -> None:
        """Set fields by JSON pointer."""
        if not changes:
            return
        patch = [_operation(pointer, value) for pointer, value in changes.items()]
        secrets = secret_values(changes)

        def update() -> None:
            with translating(self._service, f"update node {node}", secrets):
                self._ironic.node.update(node, patch)

        self._patiently(update)

    def create_port(self, node: NodeId, fields: Mapping[str, Any]) -> None:
        """Add a port."""

        def create() -> None:
            call = f"create port {fields.get('address')} of node {node}"
            with translating(self._service, call):
                self._ironic.port.create(node_uuid=node, **fields)

        self._patiently(create)

    def delete(self, node: NodeId) -> None:
        """Remove a node and its ports."""

        def delete() -> None:
            with translating(self._service, f"delete node {node}"):
                self._ironic.node.delete(node)

        self._patiently(delete)

    def set_provision_state(self, node: NodeId, verb: Verb) -> None:
        """Ask for a transition; returns at once."""

        def ask() -> None:
            with translating(self._service, f"{_WORDS[verb]} node {node}"):
                self._ironic.node.set_provision_state(node, verb.value)

        self._patiently(ask)

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
        with translating(self._service, f"read the inventory of node {node}"):
            stored: Mapping[str, Any] = self._ironic.node.get_inventory(node)
        return stored

    def _patiently(self, operation: Callable[[], None]) -> None:
        """Try again while another operation holds the node or all workers are busy.

        Ironic locks a node for every change, its own periodic tasks included.
        """
        for pause in RETRIES:
            try:
                return operation()
            except ServiceError as error:
                if not _LATER.search(str(error)):
                    raise _sharpened(error) from error.__cause__
            self._clock.sleep(pause)
        return operation()


def _sharpened(error: ServiceError) -> ServiceError:
    """Make a conflict of the 400 that Ironic answers to a verb out of place."""
    if isinstance(error, (ConflictError, NotFoundError)):
        return error
    if _WRONG_STATE.search(str(error)):
        return ConflictError(str(error), hint=error.hint)
    return error


def _operation(pointer: str, value: object) -> dict[str, object]:
    if value is None:
        return {"op": "remove", "path": pointer}
    return {"op": "add", "path": pointer, "value": value}


def _node(raw: Any, addresses: Iterable[str]) -> Node:
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
        ports=tuple(sorted(addresses)),
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
