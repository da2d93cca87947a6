"""Match nodes to roles, and tag them with what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tripleo_cli.domain.events import Reporter
from tripleo_cli.domain.matching import (
    MatchRequest,
    Mode,
    Outcome,
    Pin,
    settle_mode,
    shortage_error,
    solve,
)
from tripleo_cli.domain.matching.explain import headline, remarks
from tripleo_cli.domain.matching.locate import OF_THE_NODE
from tripleo_cli.domain.node import Node, NodeId, ProvisionState, label
from tripleo_cli.domain.pinning import pinned, with_pin
from tripleo_cli.domain.profile import profile_traits, tagged, tagged_for_stack
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import InvalidInputError, NotEnoughNodesError, Problem
from tripleo_cli.workflows.introspection import nodes_with_facts
from tripleo_cli.workflows.nodes import select
from tripleo_cli.workflows.ports import Baremetal, Cloud
from tripleo_cli.workflows.tagging import write_tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an operator asks of matching, before any node is known.

    ``wanted`` counts nodes by role; ``roles`` are all roles that there are, since a
    pin may be for one that nobody asks for now. ``pins`` are by name or id of a node
    and go before those on the nodes. ``mode`` is ``None`` where it is to be chosen.
    ``is_early`` takes manageable nodes for available ones: they are to become so.
    ``words`` are the options that say all this but for the counts.
    """

    wanted: Mapping[str, int]
    roles: Mapping[str, Role]
    mode: Mode | None = None
    pins: Mapping[str, Pin] = field(default_factory=dict)
    spread: Mapping[str, str] = field(default_factory=dict)
    is_early: bool = False
    words: tuple[str, ...] = ()

    @property
    def asked(self) -> dict[str, Role]:
        """The roles that are counted."""
        return {name: self.roles[name] for name in self.wanted}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A matching that was worked out, and what it was worked out from.

    The nodes that it holds are those in use that are tagged for one of the roles.
    ``notes`` is what an operator should know of how it was worked out. ``chosen`` are
    the pins that are not on the nodes yet.
    """

    request: MatchRequest
    outcome: Outcome
    notes: Sequence[str] = ()
    chosen: Mapping[NodeId, Pin] = field(default_factory=dict)

    def is_enough(self, *, is_partial: bool) -> bool:
        """Whether to go on with it: by all roles, or in part by any node at all."""
        return self.outcome.is_feasible or (is_partial and self.outcome.is_partial)

    @property
    def error(self) -> NotEnoughNodesError:
        """What stands against it where a role is short, with the reasons of nodes."""
        return shortage_error(self.outcome, self.request)

    @property
    def verdict(self) -> NotEnoughNodesError:
        """The same in short, for those who have seen the reasons of each node."""
        if not self.request.nodes:
            return self.error
        wanted = self.outcome.wanted
        lines = [headline(conflict, wanted) for conflict in self.outcome.conflicts]
        return NotEnoughNodesError("\n".join(lines))

    @property
    def changes(self) -> list[tuple[Node, Node]]:
        """The nodes that serve a role, as they are and as they are to be tagged."""
        return [
            (node, self._tagged(node, self.request.roles[name]))
            for name, nodes in self.outcome.assignment.nodes.items()
            for node in nodes
        ]

    def _tagged(self, node: Node, role: Role) -> Node:
        after = tagged(node, role.profile)
        if node.id in self.chosen:
            after = with_pin(after, self.chosen[node.id])
        # The tags of a node in use go with the stack that wrote them.
        return replace(after, extra=node.extra) if node.is_in_use else after


def read_nodes(cloud: Cloud, question: Question) -> Sequence[Node]:
    """Read what a question needs to know of the nodes, and no more."""
    asked = question.asked.values()
    return judgeable(cloud, cloud.baremetal.nodes(), asked, question.spread)


def judgeable(
    cloud: Cloud,
    nodes: Sequence[Node],
    roles: Iterable[Role],
    spread: Mapping[str, str] | None = None,
) -> Sequence[Node]:
    """Give nodes with what was found in the machines, where roles depend on it.

    That costs one call for each node. Nodes that cannot be chosen now count too: a
    benchmark is compared with those of all machines alike.
    """
    paths = spread or {}
    for role in roles:
        path = paths.get(role.name) or role.spread
        is_fact = bool(path) and path.partition(".")[0] not in OF_THE_NODE
        if role.requires or is_fact:
            return nodes_with_facts(cloud, nodes)
    return nodes


def propose_profiles(question: Question, nodes: Sequence[Node]) -> Proposal:
    """Match nodes to roles; changes nothing.

    Args:
        question: What is asked.
        nodes: All nodes, as they are.

    Raises:
        InvalidInputError: Nodes are pinned that are not there or in use, or two to
            one place; lists every problem.
    """
    held = _serving(nodes, question.asked, question.wanted)
    found = pinned(nodes, question.roles)
    chosen = _chosen(question, nodes, held)
    pins = {**found.pins, **chosen}
    _check_free(chosen, pins, nodes)
    mode, note = _mode(question, nodes)
    request = MatchRequest(
        wanted=question.wanted,
        roles=question.asked,
        nodes=[*map(_made_available, nodes)] if question.is_early else nodes,
        held=held,
        pins=pins,
        spread={k: v for k, v in question.spread.items() if k in question.wanted},
        mode=mode,
        words=question.words,
    )
    outcome = solve(request)
    return Proposal(
        request=request,
        outcome=outcome,
        notes=[note, *_unknown(found.unknown), *remarks(outcome, request)],
        chosen=chosen,
    )


def apply_profiles(baremetal: Baremetal, proposal: Proposal, report: Reporter) -> None:
    """Tag all nodes of a proposal, whether or not it leaves a role short.

    Raises:
        PartialFailureError: Some nodes could not be tagged; the others are.
    """
    write_tags(baremetal, proposal.changes, report)


def tag_nodes(
    baremetal: Baremetal,
    chosen: Iterable[tuple[Node, Role]],
    report: Reporter,
    stack: str = "",
) -> None:
    """Write the profile of its role on each node, for a stack to be deployed on it.

    Raises:
        PartialFailureError: Some nodes could not be tagged; names each.
    """
    changes = [
        (node, tagged_for_stack(node, role.profile, stack)) for node, role in chosen
    ]
    write_tags(baremetal, changes, report)


def _made_available(node: Node) -> Node:
    """Give a manageable node as it is once it was made available."""
    if node.provision is not ProvisionState.MANAGEABLE:
        return node
    return replace(node, state=replace(node.state, provision=ProvisionState.AVAILABLE))


def _mode(question: Question, nodes: Sequence[Node]) -> tuple[Mode, str]:
    counted = [role for name, role in question.asked.items() if question.wanted[name]]
    return settle_mode(question.mode, counted, nodes)


def _chosen(
    question: Question, nodes: Sequence[Node], held: Mapping[NodeId, str]
) -> dict[NodeId, Pin]:
    """Find the nodes of the pins that were given with the question."""
    names = list(question.pins)
    select(nodes, names)  # Names all that are unknown at once.
    chosen: dict[NodeId, Pin] = {}
    problems = []
    for name in names:
        (node,) = select(nodes, [name])
        pin, serves = question.pins[name], held.get(node.id)
        if node.is_in_use and serves != pin.role:
            what = f"it serves {serves} already" if serves else "it is in use"
            problems.append(Problem(name, what))
        elif not node.is_in_use and chosen.setdefault(node.id, pin) != pin:
            problems.append(Problem(name, "it was pinned to another place, too"))
    if problems:
        raise InvalidInputError("pins", problems)
    return chosen


def _check_free(
    chosen: Mapping[NodeId, Pin], pins: Mapping[NodeId, Pin], nodes: Sequence[Node]
) -> None:
    """Refuse a choice that contradicts what is on another node; that goes first."""
    names = {node.id: label(node) for node in nodes}
    problems = [
        Problem(names[node], f"{pin.role}-{pin.index} is the place of {names[other]}")
        for node, pin in chosen.items()
        if pin.index is not None
        for other, taken in pins.items()
        if taken == pin and other != node
    ]
    if problems:
        hint = "openstack overcloud profiles unset --pins NODE"
        raise InvalidInputError("pins", problems, hint=hint)


def _unknown(unknown: Mapping[str, str]) -> list[str]:
    return [
        f'{name}: its capability "node:{text}" names no role, so it pins nothing'
        for name, text in sorted(unknown.items())
    ]


def _serving(
    nodes: Iterable[Node], roles: Mapping[str, Role], wanted: Mapping[str, int]
) -> dict[NodeId, str]:
    """Say which nodes serve which role, as far as their tags tell.

    Roles may share a profile; each then gets its number before any gets more. A node
    of a resource class that a role does not take serves another overcloud, whatever
    the profile is called there.
    """
    held: dict[NodeId, str] = {}
    numbers: Counter[str] = Counter()
    for node in nodes:
        tags = profile_traits(node)
        names = [
            name
            for name in sorted(roles)
            if tags & roles[name].accepted_traits
            and node.resource_class in {"", roles[name].resource_class}
        ]
        if names and node.is_in_use:
            short = (name for name in names if numbers[name] < wanted[name])
            held[node.id] = next(short, names[0])
            numbers[held[node.id]] += 1
    return held
