"""Decide which node becomes which server: a request and what runs give a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from tripleo_cli.domain.deployment import DeploymentRequest, Instance
from tripleo_cli.domain.flavor import flavor_for
from tripleo_cli.domain.matching import (
    Assignment,
    MatchRequest,
    Mode,
    Pin,
    match,
    reject,
)
from tripleo_cli.domain.node import Node, NodeId, label
from tripleo_cli.domain.overcloud.configuration import (
    RoleConfiguration,
    role_configurations,
)
from tripleo_cli.domain.overcloud.layout import PULL
from tripleo_cli.domain.overcloud.machine import is_configurable
from tripleo_cli.domain.pinning import pinned
from tripleo_cli.domain.plan import Plan, PlannedNode, role_to_plan
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import InvalidInputError, Problem

HOSTNAME_MAX = 63
"""The longest label that DNS allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The stack as it is: its plan, and which of its servers have their node.

    ``placed`` holds hostnames; a server that failed before it had its node is not in
    it, and may get another one.
    """

    plan: Plan | None = None
    placed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A server-to-be; ``node`` where it has to be a certain one."""

    hostname: str
    role: str
    index: int
    node: NodeId | None = None


def make_plan(
    request: DeploymentRequest,
    roles: Mapping[str, Role],
    nodes: Sequence[Node],
    running: Running,
) -> Plan:
    """Make the plan of a stack; everything that runs stays where it is.

    Raises:
        InvalidInputError: The request names what does not exist, has fewer nodes
            than run, or its hostnames collide; lists every problem.
        NotEnoughNodesError: The nodes that there are cannot fill the roles.
    """
    wanted = wanted_counts(request, roles, running.plan)
    _check_not_fewer(wanted, running.plan)
    staying = _staying(running, roles, nodes, request.strictness)
    gaps = _gaps(running, staying)
    places = [*gaps, *_new_places(request, wanted, roles, running.plan)]
    places = _pinned(places, request, nodes, roles)
    _check_hostnames(staying, places)
    keys = {node.id: request.key for node in nodes if is_configurable(node)}
    added = tuple(
        replace(
            member,
            key=keys.get(member.node_id, ""),
            transport=PULL if _pulls(roles[member.role], member, keys) else "",
        )
        for member in _occupy(places, staying, roles, nodes, request)
    )
    used = {node.role for node in (*staying, *added)}
    order = {name: number for number, name in enumerate(_order(roles, running.plan))}
    members = sorted(
        (*staying, *added), key=lambda node: (order[node.role], node.index)
    )
    return Plan(
        stack=request.stack,
        roles=tuple(role_to_plan(roles[name]) for name in order if name in used),
        nodes=tuple(members),
        parameters=request.parameters,
        registry=request.registry,
        files=request.files,
        is_update=running.plan is not None,
        configurations=_configurations(request, roles, members, keys),
    )


def _pulls(role: Role, member: PlannedNode, configurable: Collection[NodeId]) -> bool:
    """Whether a new server's node is to ask for orders, if it is configured at all."""
    return role.pulls and member.node_id in configurable


def _configurations(
    request: DeploymentRequest,
    roles: Mapping[str, Role],
    members: Iterable[PlannedNode],
    configurable: Collection[NodeId],
) -> dict[str, RoleConfiguration]:
    """Configure the roles whose machines boot what they are given."""
    if not request.services:
        return {}
    named = dict.fromkeys(
        node.role for node in members if node.key or node.node_id in configurable
    )
    listed = {name: roles[name].services for name in named}
    return role_configurations(listed, request.services, request.parameters)


def wanted_counts(
    request: DeploymentRequest, roles: Mapping[str, Role], running: Plan | None
) -> dict[str, int]:
    """Say how many nodes each role gets; roles that get none are left out.

    Raises:
        InvalidInputError: The request or the running stack has unknown roles, or
            all counts are 0.
    """
    before = running.counts() if running else {}
    _check_known({*request.counts, *request.instances, *before}, roles)
    default = 0 if running else None
    wanted = {
        name: request.counts.get(
            name,
            before.get(name, role.count_default if default is None else default),
        )
        for name, role in roles.items()
    }
    if not any(wanted.values()) and not before:
        problem = Problem("counts", "no role gets a node")
        hint = "openstack overcloud deploy --role-count Controller=1"
        raise InvalidInputError("overcloud deploy", [problem], hint=hint)
    return {name: number for name, number in wanted.items() if number}


def default_hostname(role: Role, stack: str, index: int) -> str:
    """Fill in TripleO's ``%stackname%`` and ``%index%``."""
    text = role.hostname_format.replace("%stackname%", stack)
    return text.replace("%index%", str(index))


def _order(roles: Mapping[str, Role], running: Plan | None) -> list[str]:
    """Sort roles: those that run come first, then TripleO's primary role."""
    before = [role.name for role in running.roles] if running else []
    new = sorted(
        (role for role in roles.values() if role.name not in before),
        key=lambda role: ("primary" not in role.tags, role.name),
    )
    return [*before, *(role.name for role in new)]


def _check_known(named: Iterable[str], roles: Mapping[str, Role]) -> None:
    problems = [
        Problem(name, "there is no such role", did_you_mean(name, roles))
        for name in sorted(named)
        if name not in roles
    ]
    if problems:
        hint = "openstack overcloud role list"
        raise InvalidInputError("roles", problems, hint=hint)


def _check_not_fewer(wanted: Mapping[str, int], running: Plan | None) -> None:
    before = running.counts() if running else {}
    problems = [
        Problem(
            f"roles.{name}",
            f"{wanted.get(name, 0)} wanted, but {number} are in the stack",
            "deploying adds nodes only; name the ones to take out",
        )
        for name, number in before.items()
        if wanted.get(name, 0) < number
    ]
    if problems and running:
        short = problems[0].where.removeprefix("roles.")
        named = running.members(short)[-1].hostname
        hint = f"openstack overcloud node remove --stack {running.stack} {named}"
        raise InvalidInputError("role counts", problems, hint=hint)


def _staying(
    running: Running, roles: Mapping[str, Role], nodes: Sequence[Node], mode: Mode
) -> tuple[PlannedNode, ...]:
    """Give the servers that keep their node.

    A server that failed before it had its node tries again on the same one, as long
    as that one still fits.
    """
    if running.plan is None:
        return ()
    known = {node.id: node for node in nodes}
    return tuple(
        member
        for member in running.plan.nodes
        if member.hostname in running.placed
        or _still_fits(known.get(member.node_id), roles[member.role], mode)
    )


def _still_fits(node: Node | None, role: Role, mode: Mode) -> bool:
    return node is not None and reject(node, role, mode) is None


def _gaps(running: Running, staying: Iterable[PlannedNode]) -> list[_Place]:
    """Give the servers of the stack that need another node, under their names."""
    kept = {node.hostname for node in staying}
    members = running.plan.nodes if running.plan else ()
    return [
        _Place(hostname=node.hostname, role=node.role, index=node.index)
        for node in members
        if node.hostname not in kept
    ]


def _new_places(
    request: DeploymentRequest,
    wanted: Mapping[str, int],
    roles: Mapping[str, Role],
    running: Plan | None,
) -> Iterator[_Place]:
    for name, number in wanted.items():
        before = running.members(name) if running else ()
        known = {node.hostname for node in before}
        taken = {node.index for node in before}
        free = (index for index in count() if index not in taken)
        wishes = (
            wish
            for wish in request.instances.get(name, ())
            if wish.hostname and wish.hostname not in known
        )
        for _ in range(number - len(before)):
            index = next(free)
            wish = next(wishes, Instance())
            usual = default_hostname(roles[name], request.stack, index)
            yield _Place(hostname=wish.hostname or usual, role=name, index=index)


def _pinned(
    places: Sequence[_Place],
    request: DeploymentRequest,
    nodes: Sequence[Node],
    roles: Mapping[str, Role],
) -> list[_Place]:
    """Fix places to the nodes that the request names for their hostnames."""
    wishes = {
        wish.hostname: wish.node
        for instances in request.instances.values()
        for wish in instances
        if wish.node
    }
    named = {key: node for node in nodes for key in (node.name, node.id) if key}
    problems = []
    pinned = []
    for place in places:
        wish = wishes.get(place.hostname, "")
        found = named.get(wish)
        reason = (
            _why_not(found, roles[place.role], request.strictness)
            if found
            else (f'there is no node "{wish}"', did_you_mean(wish, named))
        )
        if wish and reason:
            problems.append(Problem(f"{place.role}.{place.hostname}", *reason))
        pinned.append(replace(place, node=found.id if found else None))
    if problems:
        raise InvalidInputError("nodes chosen by name", problems)
    return pinned


def _why_not(node: Node, role: Role, mode: Mode) -> tuple[str, ...]:
    reason = reject(node, role, mode)
    return (f'node "{node.name or node.id}" {reason}',) if reason else ()


def _check_hostnames(staying: Sequence[PlannedNode], places: Sequence[_Place]) -> None:
    names = [node.hostname for node in staying]
    names += [place.hostname for place in places]
    pins = [place.node for place in places if place.node]
    problems = [
        Problem(name, "two nodes would have this hostname")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    problems += [
        Problem(name, f"a hostname has at most {HOSTNAME_MAX} signs")
        for name in names
        if len(name) > HOSTNAME_MAX
    ]
    problems += [
        Problem(place.hostname, f"node {place.node} was chosen twice")
        for place in places
        if place.node and pins.count(place.node) > 1
    ]
    if problems:
        hint = "let HostnameFormatDefault of each role hold %index%"
        raise InvalidInputError("hostnames", problems, hint=hint)


def _occupy(
    places: Sequence[_Place],
    staying: Sequence[PlannedNode],
    roles: Mapping[str, Role],
    nodes: Sequence[Node],
    request: DeploymentRequest,
) -> Iterator[PlannedNode]:
    """Find a node for every place; nodes already spoken for are not asked."""
    held = {node.node_id: node.role for node in staying}
    held |= {place.node: place.role for place in places if place.node}
    here = {node.id for node in nodes}
    gone = [node.role for node in staying if node.node_id not in here]
    members = [node.role for node in staying] + [place.role for place in places]
    # A placed server whose node Ironic no longer has needs no other one.
    counted = dict.fromkeys(members)
    wanted = {name: members.count(name) - gone.count(name) for name in counted}
    pins = pinned(nodes, roles).pins
    assignment = match(
        MatchRequest(
            wanted=wanted,
            roles=roles,
            nodes=nodes,
            held=held,
            pins=pins,
            mode=request.strictness,
            for_servers=True,
            words=(*request.words, *_pin_words(places, nodes)),
        )
    )
    chosen = _chosen(places)
    chosen |= _at_their_pins(places, chosen, assignment, pins)
    free = {
        name: iter([n for n in assigned if n.id not in {*held, *chosen.values()}])
        for name, assigned in assignment.nodes.items()
    }
    known = {node.id: node for node in nodes}
    for place in places:
        node = chosen.get(place.hostname)
        found = known[node] if node else next(free[place.role])
        yield _settle(place, found, roles[place.role])


def _pin_words(places: Iterable[_Place], nodes: Iterable[Node]) -> Iterator[str]:
    """Write down the nodes that the request names, for a command that asks again."""
    names = {node.id: label(node) for node in nodes}
    for place in places:
        if place.node:
            yield from ("--pin", f"{names[place.node]}={place.role}-{place.index}")


def _chosen(places: Iterable[_Place]) -> dict[str, NodeId]:
    """Give the nodes that the request names, by hostname."""
    return {place.hostname: place.node for place in places if place.node}


def _at_their_pins(
    places: Iterable[_Place],
    chosen: Mapping[str, NodeId],
    assignment: Assignment,
    pins: Mapping[NodeId, Pin],
) -> dict[str, NodeId]:
    """Give the nodes that go where their own pins say, by hostname."""
    pinned_there = {
        (name, pins[node.id].index): node.id
        for name, members in assignment.nodes.items()
        for node in reversed(members)
        if node.id in pins and node.id not in chosen.values()
    }
    return {
        place.hostname: pinned_there[place.role, place.index]
        for place in places
        if place.hostname not in chosen and (place.role, place.index) in pinned_there
    }


def _settle(place: _Place, node: Node, role: Role) -> PlannedNode:
    return PlannedNode(
        hostname=place.hostname,
        role=place.role,
        index=place.index,
        node_id=node.id,
        node_name=node.name,
        flavor=flavor_for(role).name,
        image=role.image,
    )
