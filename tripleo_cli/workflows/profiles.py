"""Match nodes to roles, and tag them with what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.events import Began, Failed, Finished, Reporter, Skipped
from tripleo_cli.domain.matching import MatchRequest, Outcome, shortage_error, solve
from tripleo_cli.domain.matching.explain import headline
from tripleo_cli.domain.node import Node, NodeId, ProvisionState, format_capabilities
from tripleo_cli.domain.profile import profile_traits, tagged
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import NotEnoughNodesError, PartialFailureError
from tripleo_cli.workflows.concurrency import each
from tripleo_cli.workflows.ports import Baremetal

TASK = "Tag nodes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A matching that was worked out, and what it was worked out from.

    The nodes that it holds are those in use that are tagged for one of the roles.
    """

    request: MatchRequest
    outcome: Outcome

    @property
    def nodes(self) -> Sequence[Node]:
        """All nodes, in whatever state."""
        return self.request.nodes

    @property
    def roles(self) -> Mapping[str, Role]:
        """The roles asked about, by name."""
        return self.request.roles

    @property
    def held(self) -> Mapping[NodeId, str]:
        """Which nodes serve which role already."""
        return self.request.held

    @property
    def error(self) -> NotEnoughNodesError | None:
        """What stands against it, ``None`` where every role has its nodes."""
        if self.outcome.is_feasible:
            return None
        return shortage_error(self.outcome, self.request)

    @property
    def verdict(self) -> NotEnoughNodesError | None:
        """The same in short, for those who have seen the reasons of each node."""
        if self.outcome.is_feasible or not self.nodes:
            return self.error
        wanted = self.outcome.wanted
        lines = [headline(conflict, wanted) for conflict in self.outcome.conflicts]
        return NotEnoughNodesError("\n".join(lines))


def propose_profiles(
    baremetal: Baremetal, wanted: Mapping[str, int], roles: Mapping[str, Role]
) -> Proposal:
    """Match the registered nodes to roles; changes nothing."""
    nodes = baremetal.nodes()
    asked = {name: roles[name] for name in wanted}
    held = _serving(nodes, asked, wanted)
    request = MatchRequest(wanted=wanted, roles=asked, nodes=nodes, held=held)
    return Proposal(request=request, outcome=solve(request))


def apply_profiles(baremetal: Baremetal, proposal: Proposal, report: Reporter) -> None:
    """Tag all nodes of a proposal.

    Raises:
        NotEnoughNodesError: It leaves a role short; no node was touched.
        PartialFailureError: Some nodes could not be tagged; the others are.
    """
    if proposal.error:
        raise proposal.error
    chosen = [
        (node, proposal.roles[name])
        for name, nodes in proposal.outcome.assignment.nodes.items()
        for node in nodes
    ]
    tag_nodes(baremetal, chosen, report)


def tag_nodes(
    baremetal: Baremetal, chosen: Iterable[tuple[Node, Role]], report: Reporter
) -> None:
    """Write the profile of its role on each node, as trait and capability.

    Nodes that are tagged so already are not written to.

    Raises:
        PartialFailureError: Some nodes could not be tagged; names each.
    """
    pairs = [(node, tagged(node, role.profile)) for node, role in chosen]
    report(Began(TASK, len(pairs)))
    outcomes = each(pairs, lambda pair: _write(baremetal, *pair, report))
    failures = []
    for outcome in outcomes:
        if outcome.error:
            name = outcome.subject[0].name
            report(Failed(TASK, name, str(outcome.error)))
            failures.append(f"  {name}: {outcome.error}")
    if failures:
        count = f"{len(failures)} of {len(pairs)}"
        raise PartialFailureError(
            "\n".join([f"{count} nodes could not be tagged:", *failures]),
            hint="run the same command again to complete it",
        )


def _serving(
    nodes: Iterable[Node], roles: Mapping[str, Role], wanted: Mapping[str, int]
) -> dict[NodeId, str]:
    """Say which nodes serve which role, as far as their tags tell.

    Roles may share a profile; each then gets its number before any gets more.
    """
    held: dict[NodeId, str] = {}
    numbers: Counter[str] = Counter()
    for node in nodes:
        tags = profile_traits(node)
        names = [name for name in sorted(roles) if tags & roles[name].accepted_traits]
        if names and _is_in_use(node):
            short = (name for name in names if numbers[name] < wanted[name])
            held[node.id] = next(short, names[0])
            numbers[held[node.id]] += 1
    return held


def _is_in_use(node: Node) -> bool:
    return node.provision is ProvisionState.ACTIVE or node.instance_id is not None


def _write(baremetal: Baremetal, node: Node, wanted: Node, report: Reporter) -> None:
    if wanted.traits != node.traits:
        baremetal.set_traits(node.id, wanted.traits)
    if wanted.capabilities != node.capabilities:
        capabilities = format_capabilities(wanted.capabilities)
        baremetal.update(node.id, {"/properties/capabilities": capabilities})
    profile = wanted.capabilities["profile"]
    event = Skipped if wanted == node else Finished
    report(event(TASK, node.name, profile))
