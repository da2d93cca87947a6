"""Places that an operator chooses now, beside those that are written on nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tripleo_cli.domain.matching import Pin
from tripleo_cli.domain.node import Node, NodeId, label
from tripleo_cli.domain.profile import profile_traits
from tripleo_cli.errors import InvalidInputError, Problem

Pins = Mapping[NodeId, Pin]


def telling_pins(
    written: Pins, chosen: Pins, nodes: Iterable[Node]
) -> dict[NodeId, Pin]:
    """Give the pins that tell which roles nodes in use serve.

    What is chosen now may say which of the roles of its profile a node serves, but
    not that a node without any profile serves one. ``written`` are pins on nodes.
    """
    tagged = {node.id for node in nodes if node.id in chosen and profile_traits(node)}
    return {**{node: chosen[node] for node in tagged}, **written}


def check_choice(
    chosen: Pins, pins: Pins, held: Mapping[NodeId, str], nodes: Sequence[Node]
) -> None:
    """Check what was chosen against all ``pins``, and against what nodes serve.

    Raises:
        InvalidInputError: Nodes serve something else, or a place is another node's;
            lists every problem.
    """
    known = {node.id: node for node in nodes}
    problems = [
        Problem(label(known[node]), _why_not(held.get(node)))
        for node, pin in chosen.items()
        if known[node].is_in_use and held.get(node) != pin.role
    ]
    hint = None
    for node, other in _taken(chosen, pins, held):
        where, owner, pin = label(known[node]), label(known[other]), pins[node]
        what = f"{pin.role}-{pin.index} is the place of {owner}"
        problems.append(Problem(where, what))
        if other not in chosen:
            hint = hint or _remedy(known[other])
    if problems:
        raise InvalidInputError("pins", problems, hint=hint)


def _why_not(serves: str | None) -> str:
    return f"it serves {serves} already" if serves else "it is in use"


def _taken(
    chosen: Pins, pins: Pins, held: Mapping[NodeId, str]
) -> Iterator[tuple[NodeId, NodeId]]:
    """Give the nodes whose chosen place is another one's, and that one.

    A pin of a node that serves another role takes no place. Of two that were chosen,
    the one that was named last is told.
    """
    owners: dict[Pin, NodeId] = {}
    written = {node: pin for node, pin in pins.items() if node not in chosen}
    for node, pin in (*written.items(), *chosen.items()):
        if pin.index is None or held.get(node, pin.role) != pin.role:
            continue
        owner = owners.setdefault(pin, node)
        if owner != node and node in chosen:
            yield node, owner


def _remedy(owner: Node) -> str:
    force = "--force " if owner.is_in_use else ""
    return f"openstack overcloud profiles unset --pins {force}{label(owner)}"
