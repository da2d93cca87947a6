"""Order a role's nodes by the places that were chosen for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.matching.outcome import Assignment
from tripleo_cli.domain.matching.request import MatchRequest, Pin
from tripleo_cli.domain.node import Node, NodeId


def settle(
    serving: Mapping[str, Sequence[Node]],
    chosen: Mapping[str, Iterable[Node]],
    request: MatchRequest,
) -> Assignment:
    """Make the assignment of the nodes that serve and those that were chosen."""
    nodes = {
        name: _arranged((*serving[name], *by_name(chosen[name])), name, request)
        for name in request.wanted
    }
    holding = {
        node.id: request.pins[node.id]
        for name, members in nodes.items()
        for index, node in enumerate(members)
        if _holds(request.pins.get(node.id), name, index)
    }
    return Assignment(nodes=nodes, pins=holding)


def loose_pins(assignment: Assignment, request: MatchRequest) -> dict[NodeId, str]:
    """Say why pins do not hold, in words that follow the name of the node."""
    serves = {
        node.id: name for name, nodes in assignment.nodes.items() for node in nodes
    }
    known = {node.id for node in request.nodes}
    return {
        node_id: f"is pinned to {_place(pin)}, {_why(node_id, pin, request, serves)}"
        for node_id, pin in request.pins.items()
        if node_id in known and pin.role in request.wanted
        if node_id not in assignment.pins
    }


def _arranged(
    nodes: Sequence[Node], role: str, request: MatchRequest
) -> tuple[Node, ...]:
    """Put nodes with a place of their own there; the others keep their order."""
    fixed = _fixed(nodes, role, request.pins)
    others = (node for node in nodes if node.id not in fixed.values())
    at = {node.id: node for node in nodes}
    return tuple(
        at[fixed[index]] if index in fixed else next(others)
        for index in range(len(nodes))
    )


def _fixed(
    nodes: Sequence[Node], role: str, pins: Mapping[NodeId, Pin]
) -> dict[int, NodeId]:
    """Give the places that exactly one node is pinned to."""
    wishes = [
        (pin.index, node.id)
        for node in nodes
        if (pin := pins.get(node.id)) and pin.role == role and pin.index is not None
    ]
    claims = Counter(index for index, _ in wishes)
    return {
        index: node_id
        for index, node_id in wishes
        if claims[index] == 1 and index < len(nodes)
    }


def _holds(pin: Pin | None, role: str, index: int) -> bool:
    return pin is not None and pin.role == role and pin.index in (None, index)


def _place(pin: Pin) -> str:
    return pin.role if pin.index is None else f"{pin.role} {pin.index}"


def _why(
    node_id: NodeId, pin: Pin, request: MatchRequest, serves: Mapping[NodeId, str]
) -> str:
    if held := request.held.get(node_id):
        return f"but serves {held}" if held != pin.role else "but has another place"
    if node_id not in serves:
        return "which it cannot serve"
    if list(request.pins.values()).count(pin) > 1:
        return "as others are"
    return f"but there are only {request.wanted[pin.role]}"
