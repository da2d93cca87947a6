"""Match nodes to roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tripleo_cli.domain.matching.alike import allot_quickly
from tripleo_cli.domain.matching.asks import common_asks, easygoing
from tripleo_cli.domain.matching.conflict import find_conflicts
from tripleo_cli.domain.matching.crowds import find_crowds
from tripleo_cli.domain.matching.judge import candidates, reason_against
from tripleo_cli.domain.matching.locate import check_paths
from tripleo_cli.domain.matching.order import by_name
from tripleo_cli.domain.matching.outcome import Conflict, Outcome
from tripleo_cli.domain.matching.request import MatchRequest
from tripleo_cli.domain.matching.settle import loose_pins, settle
from tripleo_cli.domain.matching.table import Table, tabulate
from tripleo_cli.domain.node import Node


def solve(request: MatchRequest) -> Outcome:
    """Place as many nodes as can be placed, and say what stays empty.

    Nodes that serve a role keep it, and pinned nodes serve the role of their pin or
    none. Of all assignments that then place as many nodes as can be placed, one is
    taken that is best by the first of these in which they differ:

    1. too few nodes: primary roles come first;
    2. pinned nodes are used, then those tagged for the role (as many as possible);
    3. roles that are to be spread have the fewest pairs of nodes that stand together;
    4. the nodes used are as small as possible, and modest roles have the small ones
       (see :func:`~tripleo_cli.domain.matching.cost.waste`);
    5. names, so that the answer does not depend on the order of anything asked.

    Raises:
        InvalidInputError: A role is to be spread by a value that does not exist.
    """
    spread = _spread(request)
    serving = _serving(request)
    table = tabulate(request, spread)
    seats = _seats(table, allot_quickly(table.places, table.cells, table.kinds))
    chosen = {
        role.name: [node for kind in here.values() for node in kind]
        for role, here in zip(table.roles, seats, strict=True)
    }
    assignment = settle(serving, chosen, request)
    return Outcome(
        assignment=assignment,
        wanted=dict(request.wanted),
        unmet={
            role.name: places - len(chosen[role.name])
            for role, places in zip(table.roles, table.places, strict=True)
            if len(chosen[role.name]) < places
        },
        conflicts=_conflicts(request, table, seats, serving),
        crowds=find_crowds(assignment, spread, _fitting(table)),
        loose=loose_pins(assignment, request),
        mode=request.mode,
    )


def _spread(request: MatchRequest) -> dict[str, str]:
    """Say by which value the nodes of roles are to differ."""
    paths = {
        name: request.spread.get(name) or request.roles[name].spread
        for name in request.wanted
    }
    spread = {name: path for name, path in paths.items() if path}
    check_paths(spread)
    return spread


def _serving(request: MatchRequest) -> dict[str, tuple[Node, ...]]:
    serving: dict[str, list[Node]] = {name: [] for name in request.wanted}
    for node in request.nodes:
        if (role := request.held.get(node.id)) in serving:
            serving[role].append(node)
    return {name: by_name(members) for name, members in serving.items()}


def _seats(
    table: Table, seated: Iterable[Mapping[int, int]]
) -> list[dict[int, list[Node]]]:
    """Give for each role its nodes by kind; of like nodes, the first by name."""
    idle = [iter(members) for members in table.members]
    seats: list[dict[int, list[Node]]] = [{} for _ in table.roles]
    for (role, _), here in zip(table.spots, seated, strict=True):
        for kind, number in sorted(here.items()):
            nodes = [next(idle[kind]) for _ in range(number)]
            seats[role].setdefault(kind, []).extend(nodes)
    return seats


def _fitting(table: Table) -> dict[str, list[Node]]:
    """Give for each role the free nodes that fit it."""
    return {
        role.name: [
            node
            for fits, members in zip(table.fits, table.members, strict=True)
            if fits >> number & 1
            for node in members
        ]
        for number, role in enumerate(table.roles)
    }


def _conflicts(
    request: MatchRequest,
    table: Table,
    seats: Sequence[Mapping[int, Sequence[Node]]],
    serving: Mapping[str, tuple[Node, ...]],
) -> tuple[Conflict, ...]:
    numbers = [len(members) for members in table.members]
    seated = [{kind: len(nodes) for kind, nodes in here.items()} for here in seats]
    conflicts = []
    for bits in find_conflicts(table.places, table.fits, numbers, seated):
        names = [role.name for i, role in enumerate(table.roles) if bits >> i & 1]
        fitting = [
            node
            for fits, members in zip(table.fits, table.members, strict=True)
            if fits & bits
            for node in members
        ]
        fitting += [node for name in names for node in serving[name]]
        conflicts.append(
            Conflict(
                roles=tuple(sorted(names)),
                wanted=sum(request.wanted[name] for name in names),
                nodes=by_name(fitting),
                asks=_asks(request, sorted(names), fitting),
            )
        )
    return tuple(conflicts)


def _asks(request: MatchRequest, names: Sequence[str], fitting: Sequence[Node]) -> str:
    """Say what roles ask for in common, where that is what tells their nodes apart.

    Empty where other nodes have it too, and miss what only one of the roles asks for.
    """
    roles = [request.roles[name] for name in names]
    if len(roles) == 1:
        return common_asks(roles)
    known = {node.id for node in fitting}
    others = [node for node in request.nodes if node.id not in known]
    asking = easygoing(roles)
    has_more = any(
        reason_against(candidate, role, request) is None
        for candidate in candidates(request, others)
        for role in asking
    )
    return "" if has_more else common_asks(roles)
