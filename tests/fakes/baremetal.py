"""Ironic in memory: its states, its refusals, and faults to order.

Nodes move one state further on each call of :meth:`FakeBaremetal.states`, so a test
that polls never waits.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.ironic_fields import FIELDS, masked, patch_field, plain
from tests.fakes.ironic_ports import changed_port, new_port
from tests.fakes.provision import DELETABLE, FAILURES, PATHS, REWIRABLE
from tripleo_cli.domain.node import (
    Node,
    NodeId,
    NodeState,
    Port,
    PortId,
    ProvisionState,
    Verb,
    format_capabilities,
    parse_capabilities,
)
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError, TripleoError

S = ProvisionState

MAX_TRAITS = 50
DRIVERS = {"fake-hardware", "redfish", "ipmi"}
NAME = re.compile(r"[A-Za-z0-9_.~-]{1,255}")
TRAIT = re.compile(r"CUSTOM_[A-Z0-9_]{1,248}|HW_[A-Z0-9_]+|COMPUTE_[A-Z0-9_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What inspection of a node will find."""

    inventory: Mapping[str, Any] = field(default_factory=dict)
    plugin_data: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    ports: tuple[str, ...] = ()


class FakeBaremetal:
    """Ironic's refusals and states; see the module."""

    def __init__(self, nodes: Iterable[Node] = ()) -> None:
        self._lock = threading.RLock()
        self._nodes: dict[NodeId, Node] = {node.id: node for node in nodes}
        self._ways: dict[NodeId, list[tuple[ProvisionState, str | None]]] = {}
        self._powers: dict[NodeId, bool] = {}
        self._inspectors: dict[NodeId, str] = {}
        self._inventories: dict[NodeId, Mapping[str, Any]] = {}
        self._findings: dict[str, Findings] = {}
        self._ends: dict[tuple[str, Verb], str] = {}
        self._silent: set[tuple[str, Verb]] = set()
        self._refusals: dict[tuple[str, str], TripleoError] = {}
        self._passwords: dict[str, str] = {}
        self._fields: dict[NodeId, dict[str, Any]] = {}
        self.calls: list[str] = []
        """The names of all methods called, in order."""

    # What a test orders, by the name of the node, even before it exists.

    def will_find(self, name: str, findings: Findings) -> None:
        """Let inspection of a node find something."""
        self._findings[name] = findings

    def will_fail(self, name: str, verb: Verb, last_error: str) -> None:
        """Let a transition end in its failure state, until :meth:`heal`."""
        self._ends[name, verb] = last_error

    def takes_password(self, name: str, password: str) -> None:
        """Let the BMC of a node take this password only."""
        self._passwords[name] = password

    def never_answers(self, name: str, verb: Verb) -> None:
        """Let a transition stay in its last waiting state, until :meth:`heal`."""
        self._silent.add((name, verb))

    def refuses(self, name: str, method: str, error: TripleoError) -> None:
        """Let a call about a node ("set_traits") raise, until :meth:`heal`."""
        self._refusals[name, method] = error

    def was_inspected(self, node: NodeId, findings: Findings) -> None:
        """Let a node have been inspected with these findings."""
        self._findings[self._nodes[node].name] = findings
        self._found(node)

    def heal(self, name: str) -> None:
        """Forget the faults of a node."""
        self._ends = {key: text for key, text in self._ends.items() if key[0] != name}
        self._silent = {key for key in self._silent if key[0] != name}
        self._refusals = {k: e for k, e in self._refusals.items() if k[0] != name}

    def change(self, node: NodeId, **changes: Any) -> None:
        """Replace fields of a node from behind, as Nova or an operator would."""
        with self._lock:
            self._nodes[node] = replace(self._nodes[node], **changes)

    def change_state(self, node: NodeId, **changes: Any) -> None:
        """Replace fields of a node's state from behind."""
        with self._lock:
            state = replace(self._nodes[node].state, **changes)
            self.change(node, state=state)

    # The port.

    def nodes(self) -> Sequence[Node]:
        with self._lock:
            self.calls.append("nodes")
            return [self._nodes[node] for node in self._nodes]

    def states(self) -> Mapping[NodeId, NodeState]:
        with self._lock:
            self.calls.append("states")
            for node in list(self._nodes):
                self._step(node)
            return {node.id: node.state for node in self._nodes.values()}

    def create(self, fields: Mapping[str, Any]) -> NodeId:
        with self._lock:
            name = str(fields.get("name") or "")
            self._begin("create", name)
            self._check_new(fields, name)
            node = NodeId(str(fields.get("uuid") or uuid.uuid4()))
            if node in self._nodes:
                raise ConflictError(f"a node with UUID {node} already exists")
            state = NodeState(provision=S.ENROLL)
            self._nodes[node] = Node(id=node, name=name, state=state)
            self._store(node, plain(fields))
            return node

    def update(self, node: NodeId, changes: Mapping[str, Any]) -> None:
        if not changes:
            return
        with self._lock:
            found = self._get("update", node)
            self._check_unlocked(found)
            self._check_rewirable(found, changes)
            values = self._values(found)
            if "/driver" in changes:
                # As Ironic does when it is asked to reset them.
                values = {k: v for k, v in values.items() if k not in found.interfaces}
            for pointer, value in changes.items():
                patch_field(values, pointer, value)
            self._check_driver(values)
            self._check_name(str(values.get("name") or ""), node)
            self._store(node, values)

    def create_port(self, node: NodeId, fields: Mapping[str, Any]) -> None:
        with self._lock:
            if node not in self._nodes:
                # Ironic answers 403 here, not 404.
                raise ServiceError("access was denied to baremetal:port:create")
            found = self._get("create_port", node)
            port = new_port(fields)
            if any(port.address in other.ports for other in self._nodes.values()):
                raise ConflictError(f"a port with MAC {port.address} already exists")
            self._plug(found, port)

    def update_port(self, port: PortId, changes: Mapping[str, Any]) -> None:
        with self._lock:
            cards = (
                (node, card)
                for node in self._nodes.values()
                for card in node.cards.values()
                if card.id == port
            )
            node, card = next(cards, (None, None))
            self._begin("update_port", node.name if node else "")
            if node is None or card is None:
                raise NotFoundError(f"port {port} could not be found")
            self._check_unlocked(node)
            self._plug(node, changed_port(node, card, changes))

    def try_bmc(self, node: NodeId) -> None:
        with self._lock:
            found = self._get("try_bmc", node)
            self._check_unlocked(found)
            if why := self._shut_out(found):
                raise ServiceError(f"cannot reach the BMC of node {node}: {why}")

    def delete(self, node: NodeId) -> None:
        with self._lock:
            found = self._get("delete", node)
            self._check_unlocked(found)
            if found.instance_id:
                raise ConflictError(
                    f"node {node} is associated with instance {found.instance_id}"
                )
            if found.provision not in DELETABLE and not found.state.maintenance:
                raise ConflictError(
                    f"can not delete node {node} while it is in provision state "
                    f"{found.provision.value}"
                )
            del self._nodes[node]
            self._ways.pop(node, None)

    def set_provision_state(self, node: NodeId, verb: Verb) -> None:
        with self._lock:
            found = self._get("set_provision_state", node)
            self._check_unlocked(found)
            way = PATHS.get((verb, found.provision))
            if way is None:
                raise ConflictError(
                    f'the requested action "{verb.value}" can not be performed on node '
                    f'"{node}" while it is in state "{found.provision.value}"'
                )
            self._check_inspector(found, verb)
            self._ways[node] = self._way(found, verb, way)
            self._set_out(node)

    def set_power(self, node: NodeId, *, on: bool) -> None:
        with self._lock:
            self._check_unlocked(self._get("set_power", node))
            self._powers[node] = on

    def set_traits(self, node: NodeId, traits: Collection[str]) -> None:
        with self._lock:
            self._check_unlocked(self._get("set_traits", node))
            if len(set(traits)) > MAX_TRAITS:
                raise ServiceError(f"a node can have {MAX_TRAITS} traits at most")
            wrong = sorted(t for t in traits if not TRAIT.fullmatch(t))
            if wrong:
                raise ServiceError(f"invalid traits: {', '.join(wrong)}")
            self.change(node, traits=frozenset(traits))

    def inventory(self, node: NodeId) -> Mapping[str, Any]:
        with self._lock:
            self._get("inventory", node)
            if node not in self._inventories:
                raise NotFoundError(f"inventory of node {node} could not be found")
            return self._inventories[node]

    # How it works.

    def _plug(self, node: Node, port: Port) -> None:
        new = () if port.address in node.ports else (port.address,)
        cards = {**node.cards, port.address: port}
        self.change(node.id, ports=(*node.ports, *new), cards=cards)

    def _shut_out(self, node: Node) -> str:
        """Say why the BMC lets Ironic not in, empty where it does."""
        wanted = self._passwords.get(node.name)
        info = self._values(node).get("driver_info") or {}
        given = {value for key, value in info.items() if key.endswith("_password")}
        return "" if wanted in {None, *given} else "HTTP 401 from the BMC"

    def _begin(self, method: str, name: str) -> None:
        self.calls.append(method)
        if error := self._refusals.get((name, method)):
            raise error

    def _get(self, method: str, node: NodeId) -> Node:
        found = self._nodes.get(node)
        self._begin(method, found.name if found else "")
        if found is None:
            raise NotFoundError(f"node {node} could not be found")
        return found

    def _check_unlocked(self, node: Node) -> None:
        if node.state.reserved_by:
            raise ConflictError(
                f"node {node.id} is locked by host {node.state.reserved_by}"
            )

    def _check_rewirable(self, node: Node, changes: Iterable[str]) -> None:
        wires = [p for p in changes if p == "/driver" or p.endswith("_interface")]
        is_free = node.provision in REWIRABLE or node.state.maintenance
        if wires and not is_free:
            raise ConflictError(f"node {node.id} can not have {wires} updated")

    def _check_inspector(self, node: Node, verb: Verb) -> None:
        if verb is Verb.INSPECT:
            self._inspectors[node.id] = node.interfaces.get("inspect_interface", "")
        if node.provision is S.INSPECT_WAIT and self._is_cut_off(node):
            raise ServiceError("the inspect interface does not support abort")

    def _is_cut_off(self, node: Node) -> bool:
        """Tell whether another interface came while the ramdisk was at work."""
        now = node.interfaces.get("inspect_interface", "")
        return self._inspectors.get(node.id, now) != now

    def _check_new(self, fields: Mapping[str, Any], name: str) -> None:
        if unknown := set(fields) - FIELDS:
            raise ServiceError(f"unexpected node fields: {sorted(unknown)}")
        self._check_driver(fields)
        self._check_name(name, None)

    def _check_driver(self, fields: Mapping[str, Any]) -> None:
        if fields.get("driver") not in DRIVERS:
            raise ServiceError(f"no conductor supports driver {fields.get('driver')!r}")

    def _check_name(self, name: str, node: NodeId | None) -> None:
        if name and not NAME.fullmatch(name):
            raise ServiceError(f"invalid node name {name!r}")
        others = (other for other in self._nodes.values() if other.id != node)
        if name and any(other.name == name for other in others):
            raise ConflictError(f"a node with name {name} already exists")

    def _way(
        self, node: Node, verb: Verb, way: tuple[ProvisionState, ...]
    ) -> list[tuple[ProvisionState, str | None]]:
        if (node.name, verb) in self._silent:
            return [(state, None) for state in way[:-1]]
        if (node.name, verb) in self._ends:
            end = (FAILURES[verb], self._ends[node.name, verb])
            return [*((state, None) for state in way[:-1]), end]
        if way[0] is S.VERIFYING and (why := self._shut_out(node)):
            return [(S.VERIFYING, None), (S.ENROLL, why)]
        told = "aborted by request" if verb is Verb.ABORT else None
        if way == (S.MANAGEABLE,):
            # Nothing is begun, so the error of what failed before stays.
            told = node.state.last_error
        return [*((state, None) for state in way[:-1]), (way[-1], told)]

    def _set_out(self, node: NodeId) -> None:
        state, error = self._ways[node].pop(0)
        self.change_state(node, provision=state, last_error=error)
        if state is S.INSPECTING:
            self.change(node, inspected_at="")

    def _step(self, node: NodeId) -> None:
        if node in self._powers:
            self.change_state(node, power_on=self._powers.pop(node))
        before = self._nodes[node].provision
        if before is S.INSPECT_WAIT and self._is_cut_off(self._nodes[node]):
            # Ironic does not take what the ramdisk sends now.
            return
        if self._ways.get(node):
            self._set_out(node)
        after = self._nodes[node].provision
        if before is S.INSPECT_WAIT and after is S.MANAGEABLE:
            self._found(node)

    def _found(self, node: NodeId) -> None:
        found = self._nodes[node]
        findings = self._findings.get(found.name, Findings())
        self._inventories[node] = {
            "inventory": findings.inventory,
            "plugin_data": findings.plugin_data,
        }
        for mac in findings.ports:
            if mac not in found.ports:
                self._plug(self._nodes[node], new_port({"address": mac}))
        properties = {**found.properties, **findings.properties}
        self.change(
            node,
            properties=properties,
            inspected_at="2026-01-01T00:00:00+00:00",
        )

    def _values(self, node: Node) -> dict[str, Any]:
        properties = dict(node.properties)
        if node.capabilities:
            properties["capabilities"] = format_capabilities(node.capabilities)
        shown = {
            "name": node.name or None,
            "driver": node.driver,
            "resource_class": node.resource_class or None,
            "properties": properties,
            "extra": deepcopy(dict(node.extra)),
            "conductor_group": node.conductor_group,
            "instance_uuid": node.instance_id,
            **node.interfaces,
            "maintenance": node.state.maintenance,
        }
        unmasked = {"driver_info": dict(node.driver_info)}
        return {**unmasked, **self._fields.get(node.id, {}), **shown}

    def _store(self, node: NodeId, values: dict[str, Any]) -> None:
        self._fields[node] = values
        properties = dict(values.get("properties") or {})
        capabilities = parse_capabilities(str(properties.pop("capabilities", "")))
        self.change(
            node,
            name=values.get("name") or "",
            driver=values["driver"],
            resource_class=values.get("resource_class") or "",
            properties=properties,
            capabilities=capabilities,
            driver_info=masked(values.get("driver_info") or {}),
            extra=values.get("extra") or {},
            interfaces={k: v for k, v in values.items() if k.endswith("_interface")},
            conductor_group=values.get("conductor_group") or "",
            instance_id=values.get("instance_uuid"),
        )
        if "maintenance" in values:
            self.change_state(node, maintenance=bool(values["maintenance"]))
