"""What must change in Ironic so that it knows the machines of a nodes file.

A machine is found again by its uuid, a MAC address, its BMC, or its name. What the
file does not mention stays as it is, other capabilities and ports included.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tripleo_cli.domain.definition import NodeDefinition, PortDefinition, is_secret
from tripleo_cli.domain.driver import bmc_identity
from tripleo_cli.domain.node import Node, format_capabilities, parse_capabilities
from tripleo_cli.domain.seal import SEAL_FIELD, Sealer

CAPABILITIES = "/properties/capabilities"
_USER = "_username"
# An address that somebody put credentials into: "https://user:password@host".
_USER_INFO = re.compile(r"//[^/@]*@")


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
        return f"{name}: {_shown(self.old)} -> {_shown(self.new)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Ironic does not know the machine; ``fields`` are what to create it from."""

    definition: NodeDefinition
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Ironic knows the machine, differently from the file.

    ``seal`` is to be stored after the changes, ``None`` where it fits already.
    """

    definition: NodeDefinition
    node: Node
    changes: tuple[Change, ...]
    new_ports: tuple[PortDefinition, ...] = ()
    seal: str | None = None

    @property
    def patch(self) -> dict[str, Any]:
        """All changes, and the new seal, for one call."""
        seal = {f"/extra/{SEAL_FIELD}": self.seal} if self.seal else {}
        return {change.path: change.new for change in self.changes} | seal

    @property
    def is_rewiring(self) -> bool:
        """Whether the node gets another driver, or another interface of it."""
        paths = [change.path for change in self.changes]
        return any(path == "/driver" or path.endswith("_interface") for path in paths)

    def __str__(self) -> str:
        ports = [f"new port {port.address}" for port in self.new_ports]
        return ", ".join([*map(str, self.changes), *ports])


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
    known = _Index(nodes)
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
    definition: NodeDefinition, found: Mapping[str, _Match], sealer: Sealer
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
        seal=seal,
    )
    if update.patch or update.new_ports:
        return update
    return Unchanged(definition=definition, node=node)


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


@dataclass(frozen=True, slots=True)
class _Match:
    node: Node
    by: str


class _Index:
    """Ironic's nodes by everything that a machine is known by."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._by: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for node in nodes:
            bmc = bmc_identity(node.driver, node.driver_info)
            for key in _keys(node.id, node.ports, bmc, node.name):
                self._by[key].append(node)

    def candidates(self, definition: NodeDefinition) -> Mapping[str, _Match]:
        """Find every node that the definition may mean, by id, and say why."""
        found: dict[str, _Match] = {}
        wanted = (definition.id or "", definition.macs, definition.bmc, definition.name)
        for key in _keys(*wanted):
            what, value = key
            for node in self._by.get(key, ()):
                found.setdefault(node.id, _Match(node, f"{what} {value}"))
        return found


def _keys(
    node: str, macs: Iterable[str], bmc: str, name: str
) -> Iterator[tuple[str, str]]:
    pairs = [
        ("uuid", node.lower()),
        *(("MAC address", mac.lower()) for mac in macs),
        ("BMC", bmc),
        # Ironic's database compares names without regard to case.
        ("name", name.lower()),
    ]
    return (pair for pair in pairs if pair[1])


def _called(node: Node) -> str:
    return f"{node.name} ({node.id})" if node.name else str(node.id)


def _shown(value: object) -> str:
    if value in (None, "", {}):
        return "nothing"
    return _USER_INFO.sub("//***@", str(value))


def _shown_capabilities(old: object, new: object) -> str:
    """Show those of a long list that differ."""
    before, after = parse_capabilities(str(old or "")), parse_capabilities(str(new))
    return ", ".join(
        f"capabilities.{key}: {_shown(before.get(key))} -> {_shown(after.get(key))}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    )
