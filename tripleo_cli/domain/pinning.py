"""Pins: the machine that an operator chose for a place ("this one is controller-0").

On a node a pin is the capability ``node:controller-0``, which is where TripleO's
operators wrote the place of a machine, too. The role is named in any case, by its
name or by one of its profiles; the number may be left out where any place will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tripleo_cli.domain.matching import Pin
from tripleo_cli.domain.node import Node, NodeId, label
from tripleo_cli.domain.plan import Plan
from tripleo_cli.domain.role import Role

PIN_CAPABILITY = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """The pins found on nodes that are free, and on nodes in use.

    ``unknown`` are those on free nodes that name no role.
    """

    pins: Mapping[NodeId, Pin]
    in_use: Mapping[NodeId, Pin]
    unknown: Mapping[str, str]
    """The node's name to what is written there."""


def pin_from(text: str, roles: Mapping[str, Role]) -> Pin | None:
    """Read a place; ``None`` where no role has that name.

    Role names may end in a number themselves: the whole text is tried first.
    """
    names = _names(roles)
    wanted = text.strip().lower()
    if wanted in names:
        return Pin(role=names[wanted])
    name, _, number = wanted.rpartition("-")
    if name in names and number.isascii() and number.isdecimal():
        return Pin(role=names[name], index=int(number))
    return None


def place_of(pin: Pin) -> str:
    """Write a pin as it is kept on a node."""
    name = pin.role.lower()
    return name if pin.index is None else f"{name}-{pin.index}"


def with_pin(node: Node, pin: Pin) -> Node:
    """Give the node as it is with this pin."""
    capabilities = {**node.capabilities, PIN_CAPABILITY: place_of(pin)}
    return replace(node, capabilities=capabilities)


def without_pin(node: Node) -> Node:
    """Give the node as it is without any pin."""
    capabilities = {k: v for k, v in node.capabilities.items() if k != PIN_CAPABILITY}
    return replace(node, capabilities=capabilities)


def pinned(nodes: Iterable[Node], roles: Mapping[str, Role]) -> Pinned:
    """Find the pins on nodes.

    A pin counts for the cloud that takes nodes of this resource class only: another
    one on the same undercloud may have its own controller-0.
    """
    free: dict[NodeId, Pin] = {}
    in_use: dict[NodeId, Pin] = {}
    unknown: dict[str, str] = {}
    for node in nodes:
        text = node.capabilities.get(PIN_CAPABILITY, "")
        pin = pin_from(text, roles) if text else None
        if pin and node.resource_class in {"", roles[pin.role].resource_class}:
            (in_use if node.is_in_use else free)[node.id] = pin
        elif text and not pin and not node.is_in_use:
            unknown[label(node)] = text
    return Pinned(pins=free, in_use=in_use, unknown=unknown)


def displaced(
    plan: Plan, nodes: Iterable[Node], roles: Mapping[str, Role]
) -> list[str]:
    """Say whose place has been given to another machine, and to which."""
    there = {(member.role, member.index): member for member in plan.nodes}
    known = list(nodes)
    names = {node.id: label(node) for node in known}
    told = []
    for node, pin in pinned(known, roles).pins.items():
        member = there.get((pin.role, pin.index)) if pin.index is not None else None
        if member and member.node_id != node:
            other = member.node_name or member.node_id
            text = f"{names[node]} is pinned to {place_of(pin)}, but {other} is there"
            told.append(text)
    return sorted(told)


def _names(roles: Mapping[str, Role]) -> dict[str, str]:
    """Give all that roles are called by; a role's own name comes before profiles."""
    names = {
        profile.lower(): role.name
        for role in reversed(list(roles.values()))
        for profile in (*role.profile_aliases, role.profile)
    }
    return {**names, **{role.name.lower(): role.name for role in roles.values()}}
