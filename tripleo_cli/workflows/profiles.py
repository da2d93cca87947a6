"""Match nodes to roles, and tag them with what was found."""

from __future__ import annotations

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
from tripleo_cli.domain.matching.serving import find_serving
from tripleo_cli.domain.node import Node, NodeId, ProvisionState
from tripleo_cli.domain.pin_choice import check_choice, telling_pins
from tripleo_cli.domain.pinning import pinned, with_pin
from tripleo_cli.domain.profile import tagged, tagged_for_stack
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

    The nodes that it holds are those in use that are tagged for one of the roles, or
    pinned to one.
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
        InvalidInputError: Nodes are pinned that are not there or serve something
            else, or two to one place; lists every problem.
    """
    found = pinned(nodes, question.roles)
    chosen = _chosen(question, nodes)
    known = telling_pins(found.in_use, chosen, nodes)
    held = find_serving(nodes, question.asked, question.wanted, known)
    kept = {node: pin for node, pin in found.in_use.items() if node in held}
    pins = {**kept, **found.pins, **chosen}
    check_choice(chosen, pins, held, nodes)
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


def _chosen(question: Question, nodes: Sequence[Node]) -> dict[NodeId, Pin]:
    """Find the nodes of the pins that were given with the question."""
    names = list(question.pins)
    select(nodes, names)  # Names all that are unknown at once.
    chosen: dict[NodeId, Pin] = {}
    problems = []
    for name in names:
        (node,) = select(nodes, [name])
        if chosen.setdefault(node.id, question.pins[name]) != question.pins[name]:
            problems.append(Problem(name, "it was pinned to another place, too"))
    if problems:
        raise InvalidInputError("pins", problems)
    return chosen


def _unknown(unknown: Mapping[str, str]) -> list[str]:
    return [
        f'{name}: its capability "node:{text}" names no role, so it pins nothing'
        for name, text in sorted(unknown.items())
    ]
