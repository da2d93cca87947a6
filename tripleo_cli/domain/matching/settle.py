"""Order a role's nodes by the places that were chosen for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.matching.judge import candidates, reason_against
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.matching.outcome import Assignment
from tripleo_cli.domain.matching.request import MatchRequest, Pin
from tripleo_cli.domain.node import Node, NodeId, label


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
    loose = [
        node
        for node in request.nodes
        if node.id in request.pins
        and request.pins[node.id].role in request.wanted
        and node.id not in assignment.pins
    ]
    # Looking at candidates costs a look at all nodes, and most often no pin is loose.
    read = candidates(request, loose) if loose else []
    return {one.node.id: _why(one, assignment, request) for one in read}


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
    """Give the places that nodes are pinned to; of several, the first one has it."""
    wishes: dict[int, NodeId] = {}
    for node in nodes:
        pin = pins.get(node.id)
        if pin and pin.role == role and pin.index is not None:
            wishes.setdefault(pin.index, node.id)
    return {index: node for index, node in wishes.items() if index < len(nodes)}


def _holds(pin: Pin | None, role: str, index: int) -> bool:
    return pin is not None and pin.role == role and pin.index in (None, index)


def _place(pin: Pin) -> str:
    return pin.role if pin.index is None else f"{pin.role} {pin.index}"


def _why(candidate: Candidate, assignment: Assignment, request: MatchRequest) -> str:
    node, pin = candidate.node, request.pins[candidate.node.id]
    said = f"is pinned to {_place(pin)}"
    if reason := reason_against(candidate, request.roles[pin.role], request):
        return f"{said}, but {reason}"
    members = assignment.nodes[pin.role]
    if pin.index is None or node not in members:
        return f"{said}, which has no place left"
    return f"{said}, {_why_not_there(pin.index, members, request.wanted[pin.role])}"


def _why_not_there(index: int, members: Sequence[Node], wanted: int) -> str:
    if index < len(members):
        return f"which {label(members[index])} has"
    number = f"{len(members)} {'node' if len(members) == 1 else 'nodes'}"
    return f"but the role has only {number}" if index < wanted else "which there is not"
