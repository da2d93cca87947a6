"""What must change in Ironic so that it knows the machines of a nodes file.

A machine is found again by its uuid, a MAC address, its BMC, or its name. What the
file does not mention stays as it is, other capabilities and ports included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tripleo_cli.domain.definition import NodeDefinition, PortDefinition, is_secret
from tripleo_cli.domain.driver import DRIVERS
from tripleo_cli.domain.node import (
    DISCOVERED_KEY,
    Node,
    NodeId,
    Port,
    ProvisionState,
    format_capabilities,
    parse_capabilities,
)
from tripleo_cli.domain.node_index import Match, NodeIndex
from tripleo_cli.domain.seal import SEAL_FIELD, Sealer

CAPABILITIES = "/properties/capabilities"
SEAL = f"/extra/{SEAL_FIELD}"
_LINK = "/local_link_connection"
_USER = "_username"
# An address that somebody put credentials into: "https://user:password@host".
_USER_INFO = re.compile(r"//[^/@]*@")
_BEFORE_HOST = re.compile(r"^([a-z]*://)?.*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field that gets another value; ``path`` is a JSON pointer for Ironic."""

    path: str
    old: object
    new: Any

    def __str__(self) -> str:
        # Who reads this must not learn a password, not even an old one.
        name = self.path.strip("/").replace("/", ".")
        if is_secret(name) or name.endswith(_USER):
            return f"{name} changed"
        if self.path == CAPABILITIES:
            return _shown_capabilities(self.old, self.new)
        shown = _shown_address if name.endswith("_address") else _shown
        shown = _shown_link if self.path == _LINK else shown
        return f"{name}: {shown(self.old)} -> {shown(self.new)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortChange:
    """What becomes different about a port that Ironic knows."""

    port: Port
    changes: tuple[Change, ...]

    @property
    def patch(self) -> dict[str, Any]:
        """All changes, for one call."""
        return {change.path: change.new for change in self.changes}

    def __str__(self) -> str:
        return ", ".join(f"port {self.port.address} {one}" for one in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Ironic does not know the machine; ``fields`` are what to create it from."""

    definition: NodeDefinition
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Ironic knows the machine, differently from the file.

    ``seal`` is the new one, ``None`` where the node's fits already.
    """

    definition: NodeDefinition
    node: Node
    changes: tuple[Change, ...]
    new_ports: tuple[PortDefinition, ...] = ()
    port_changes: tuple[PortChange, ...] = ()
    seal: str | None = None

    @property
    def patch(self) -> dict[str, Any]:
        """All changes of the node, and the new seal, for one call.

        Settings that are not tried yet have no seal: imported again, they are sent
        and tried again.
        """
        changes = {change.path: change.new for change in self.changes}
        if self.is_untried:
            return changes | ({SEAL: None} if SEAL_FIELD in self.node.extra else {})
        return changes | ({SEAL: self.seal} if self.seal else {})

    @property
    def patch_once_tried(self) -> dict[str, Any]:
        """The seal that :attr:`patch` kept back."""
        seal = self.seal or self.node.extra.get(SEAL_FIELD)
        return {SEAL: seal} if self.is_untried and seal else {}

    @property
    def is_untried(self) -> bool:
        """Whether another way leads to the BMC, and Ironic won't try it by itself."""
        driver = DRIVERS.get(self.definition.driver)
        if not driver or self.node.provision in _TRIED_LATER:
            return False
        way = f"/driver_info/{driver.prefix}_"
        paths = [change.path for change in self.changes]
        return any(path == "/driver" or path.startswith(way) for path in paths)

    @property
    def is_rewiring(self) -> bool:
        """Whether the node gets another driver, or another interface of it."""
        paths = [change.path for change in self.changes]
        return any(path == "/driver" or path.endswith("_interface") for path in paths)

    def __str__(self) -> str:
        ports = [f"new port {port.address}" for port in self.new_ports]
        return ", ".join(
            [*map(str, self.changes), *ports, *map(str, self.port_changes)]
        )


# A node becomes manageable only after its BMC was reached.
_TRIED_LATER = frozenset({ProvisionState.ENROLL, ProvisionState.VERIFYING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Ironic knows the machine as the file says."""

    definition: NodeDefinition
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """The file contradicts what Ironic knows; ``why`` names the nodes."""

    definition: NodeDefinition
    why: str


Decision = Create | Update | Unchanged | Ambiguous


def decide(
    definitions: Sequence[NodeDefinition], nodes: Iterable[Node], sealer: Sealer
) -> tuple[Decision, ...]:
    """Decide for each definition, in their order."""
    known = NodeIndex(nodes)
    decisions: list[Decision] = []
    taken: dict[str, NodeDefinition] = {}
    for definition in definitions:
        found = known.candidates(definition)
        decision = _decide(definition, found, sealer)
        if isinstance(decision, (Update, Unchanged)):
            other = taken.setdefault(decision.node.id, definition)
            if other is not definition:
                why = f"is {_called(decision.node)}, and so is {other.where}"
                decision = Ambiguous(definition=definition, why=why)
        decisions.append(decision)
    return tuple(decisions)


def _decide(
    definition: NodeDefinition, found: Mapping[NodeId, Match], sealer: Sealer
) -> Decision:
    if not found:
        return Create(definition=definition, fields=_new_fields(definition, sealer))
    if len(found) > 1:
        each = (f"{_called(match.node)} by its {match.by}" for match in found.values())
        why = f"could be {' or '.join(each)}"
        return Ambiguous(definition=definition, why=why)
    [match] = found.values()
    node = match.node
    if definition.id and definition.id != node.id:
        why = (
            f"has the {match.by} of {_called(node)}, whose uuid {node.id} "
            f"cannot become {definition.id}"
        )
        return Ambiguous(definition=definition, why=why)
    return _compare(definition, node, sealer)


def _compare(definition: NodeDefinition, node: Node, sealer: Sealer) -> Decision:
    is_sealed = sealer.matches(node.extra.get(SEAL_FIELD, ""), definition.secrets)
    seal = None
    if definition.secrets and not is_sealed:
        seal = sealer.seal(definition.where, definition.secrets)
    update = Update(
        definition=definition,
        node=node,
        changes=tuple(_changes(definition, node, is_sealed=is_sealed)),
        new_ports=tuple(p for p in definition.ports if p.address not in node.ports),
        port_changes=tuple(_port_changes(definition, node)),
        seal=seal,
    )
    if update.patch or update.new_ports or update.port_changes:
        return update
    return Unchanged(definition=definition, node=node)


def _port_changes(definition: NodeDefinition, node: Node) -> Iterator[PortChange]:
    for wanted in definition.ports:
        port = node.cards.get(wanted.address)
        if port and (changes := tuple(_card_changes(wanted, port))):
            yield PortChange(port=port, changes=changes)


def _card_changes(wanted: PortDefinition, port: Port) -> Iterator[Change]:
    network = wanted.physical_network
    yield from _field("/physical_network", port.physical_network, network)
    link = wanted.local_link
    if link and _plain_link(link) != _plain_link(port.local_link):
        yield Change(path=_LINK, old=port.local_link, new=dict(link))


def _plain_link(link: Mapping[str, Any]) -> dict[str, Any]:
    # Ironic writes a switch's id in lower case.
    switch = {key: str(link[key]).lower() for key in ("switch_id",) if key in link}
    return {**link, **switch}


def _changes(
    definition: NodeDefinition, node: Node, *, is_sealed: bool
) -> Iterator[Change]:
    yield from _field("/name", node.name, definition.name or None)
    yield from _field("/driver", node.driver, definition.driver)
    yield from _field("/resource_class", node.resource_class, definition.resource_class)
    yield from _field(
        "/conductor_group", node.conductor_group, definition.conductor_group
    )
    yield from _interface_changes(definition, node)
    yield from _fields("/properties", node.properties, definition.properties)
    yield from _capability_change(definition, node)
    yield from _fields("/extra", node.extra, definition.extra)
    if DISCOVERED_KEY in node.extra and DISCOVERED_KEY not in definition.extra:
        # From now on somebody has registered it.
        old = node.extra[DISCOVERED_KEY]
        yield Change(path=f"/extra/{DISCOVERED_KEY}", old=old, new=None)
    for key, value in definition.driver_info.items():
        path = f"/driver_info/{key}"
        if not is_secret(key):
            yield from _field(path, node.driver_info.get(key), value)
        elif not is_sealed:
            yield Change(path=path, old="", new=value)


def _interface_changes(definition: NodeDefinition, node: Node) -> Iterator[Change]:
    if definition.driver == node.driver:
        yield from _fields("", node.interfaces, definition.interfaces)
        return
    # A new driver brings its own: what the file wants must be said, even again.
    for name, wanted in definition.interfaces.items():
        yield Change(path=f"/{name}", old=node.interfaces.get(name), new=wanted)


def _capability_change(definition: NodeDefinition, node: Node) -> Iterator[Change]:
    wanted = {**node.capabilities, **definition.capabilities}
    if wanted != node.capabilities:
        yield Change(
            path=CAPABILITIES,
            old=format_capabilities(node.capabilities),
            new=format_capabilities(wanted),
        )


def _fields(
    folder: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    for key, value in new.items():
        yield from _field(f"{folder}/{key}", old.get(key), value)


def _field(path: str, old: object, new: object) -> Iterator[Change]:
    # Ironic keeps "4" where somebody wrote it so; that is no difference.
    if new is not None and old != new and str(old) != str(new):
        yield Change(path=path, old=old, new=new)


def _new_fields(definition: NodeDefinition, sealer: Sealer) -> dict[str, Any]:
    fields = definition.fields()
    if not definition.secrets:
        return fields
    seal = sealer.seal(definition.where, definition.secrets)
    return {**fields, "extra": {**definition.extra, SEAL_FIELD: seal}}


def _called(node: Node) -> str:
    return f"{node.name} ({node.id})" if node.name else str(node.id)


def _shown(value: object) -> str:
    if value in (None, "", {}):
        return "nothing"
    return _USER_INFO.sub("//***@", str(value))


def _shown_address(value: object) -> str:
    return _BEFORE_HOST.sub(r"\1***@", _shown(value))


def _shown_link(value: object) -> str:
    if not value or not isinstance(value, Mapping):
        return _shown(value)
    return ", ".join(f"{key} {value[key]}" for key in sorted(value))


def _shown_capabilities(old: object, new: object) -> str:
    """Show those of a long list that differ."""
    before, after = parse_capabilities(str(old or "")), parse_capabilities(str(new))
    return ", ".join(
        f"capabilities.{key}: {_shown(before.get(key))} -> {_shown(after.get(key))}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    )
