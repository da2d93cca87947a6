"""Match nodes to roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.matching.assign import assign
from tripleo_cli.domain.matching.candidate import (
    Candidate,
    candidate_from_node,
    preference,
)
from tripleo_cli.domain.matching.conflict import find_conflicts
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.matching.outcome import Assignment, Conflict, Outcome
from tripleo_cli.domain.matching.reject import first_reason
from tripleo_cli.domain.matching.request import MatchRequest
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.role import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Roles and free nodes by number, in the order that decides ties."""

    roles: Sequence[Role]
    nodes: Sequence[Node]
    places: Sequence[int]
    fits: Sequence[int]


def solve(request: MatchRequest) -> Outcome:
    """Place as many nodes as can be placed, and say what stays empty.

    Nodes that an operator tagged for a role are used before others, and small nodes
    before large ones. The answer does not depend on the order of anything asked.
    """
    wanted, nodes, held = request.wanted, request.nodes, request.held
    serving = _serving(wanted, nodes, held)
    table = _tabulate(wanted, request.roles, nodes, held)
    seated = assign(table.places, table.fits)
    chosen = {
        role.name: tuple(table.nodes[index] for index in indices)
        for role, indices in zip(table.roles, seated, strict=True)
    }
    return Outcome(
        assignment=Assignment(
            nodes={name: serving[name] + by_name(chosen[name]) for name in wanted}
        ),
        wanted=dict(wanted),
        unmet={
            role.name: places - len(indices)
            for role, places, indices in zip(
                table.roles, table.places, seated, strict=True
            )
            if len(indices) < places
        },
        conflicts=_conflicts(wanted, table, seated, serving),
    )


def _serving(
    wanted: Mapping[str, int], nodes: Iterable[Node], held: Mapping[NodeId, str]
) -> dict[str, tuple[Node, ...]]:
    serving: dict[str, list[Node]] = {name: [] for name in wanted}
    for node in nodes:
        if held.get(node.id) in serving:
            serving[held[node.id]].append(node)
    return {name: by_name(members) for name, members in serving.items()}


def _tabulate(
    wanted: Mapping[str, int],
    roles: Mapping[str, Role],
    nodes: Iterable[Node],
    held: Mapping[NodeId, str],
) -> _Table:
    here = {node.id for node in nodes}
    kept = [role for node, role in held.items() if node in here]
    ordered = sorted((roles[name] for name in wanted), key=_demand)
    free = sorted(
        (candidate_from_node(node) for node in nodes if node.id not in held),
        key=preference,
    )
    return _Table(
        roles=ordered,
        nodes=[candidate.node for candidate in free],
        places=[max(wanted[role.name] - kept.count(role.name), 0) for role in ordered],
        fits=[_fits(candidate, ordered) for candidate in free],
    )


def _fits(candidate: Candidate, roles: Sequence[Role]) -> int:
    return sum(
        1 << number
        for number, role in enumerate(roles)
        if first_reason(candidate, role) is None
    )


def _conflicts(
    wanted: Mapping[str, int],
    table: _Table,
    seated: Sequence[Sequence[int]],
    serving: Mapping[str, tuple[Node, ...]],
) -> tuple[Conflict, ...]:
    conflicts = []
    for bits in find_conflicts(table.places, table.fits, seated):
        names = [role.name for i, role in enumerate(table.roles) if bits >> i & 1]
        fitting = [
            node
            for node, fits in zip(table.nodes, table.fits, strict=True)
            if fits & bits
        ]
        fitting += [node for name in names for node in serving[name]]
        conflicts.append(
            Conflict(
                roles=tuple(sorted(names)),
                wanted=sum(wanted[name] for name in names),
                nodes=by_name(fitting),
            )
        )
    return tuple(conflicts)


def _demand(role: Role) -> tuple[int, int, int, int, str]:
    """Sort modest roles before demanding ones: they then get the small nodes."""
    needs = role.needs
    return (
        needs.memory_mb,
        needs.cpus,
        needs.disk_gb,
        len(needs.traits),
        role.name,
    )
