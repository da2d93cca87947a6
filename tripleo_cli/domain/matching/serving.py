"""Which nodes in use serve which role, as far as what is written on them tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tripleo_cli.domain.matching.assign import assign
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.matching.request import Pin
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.profile import profile_traits
from tripleo_cli.domain.role import Role


def find_serving(
    nodes: Iterable[Node],
    roles: Mapping[str, Role],
    wanted: Mapping[str, int],
    pins: Mapping[NodeId, Pin],
) -> dict[NodeId, str]:
    """Say which nodes in use serve which role.

    The profile that a node is tagged with tells, and where it has none, its pin. Where
    roles share a profile, a pin says which of them it is; the other nodes fill as many
    places as can be filled, and nodes beyond that go to the first role by name.
    """
    names = sorted(roles)
    by_number = [roles[name] for name in names]
    masks = {
        node.id: mask
        for node in by_name(node for node in nodes if node.is_in_use)
        if (mask := _may_serve(node, by_number, pins))
    }
    held = {
        node: names[(mask & -mask).bit_length() - 1] for node, mask in masks.items()
    }
    known = list(masks)
    seated = assign([wanted[name] for name in names], list(masks.values()))
    for name, members in zip(names, seated, strict=True):
        held |= {known[member]: name for member in members}
    return held


def _may_serve(node: Node, roles: Iterable[Role], pins: Mapping[NodeId, Pin]) -> int:
    """Give the bits of the roles that a node may be serving.

    A node of a resource class that a role does not take serves another overcloud,
    whatever the profile is called there.
    """
    tags = profile_traits(node)
    pin = pins.get(node.id)
    bits = pinned = 0
    for number, role in enumerate(roles):
        is_pinned = pin is not None and pin.role == role.name
        is_named = bool(tags & role.accepted_traits) if tags else is_pinned
        if is_named and node.resource_class in {"", role.resource_class}:
            bits |= 1 << number
            pinned |= is_pinned << number
    return pinned or bits
