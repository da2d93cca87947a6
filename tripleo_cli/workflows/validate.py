"""Look at everything that a deployment depends on, and judge it; only reads.

How many calls that takes does not depend on the number of nodes: inventories, which
Ironic gives one by one, are read of a few nodes at most.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tripleo_cli.domain.deployment import DeploymentRequest
from tripleo_cli.domain.matching import settle_mode
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.ntp import TimeAnswer, servers_in
from tripleo_cli.domain.overcloud.machine import is_configurable
from tripleo_cli.domain.plan import Plan, PlannedNode
from tripleo_cli.domain.planning import Running, make_plan, wanted_counts
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.validation.facts import (
    NETWORK,
    DeploymentFacts,
    Need,
    Refusal,
    StackFacts,
    chosen_nodes,
)
from tripleo_cli.domain.validation.report import (
    Report,
    check_names,
    needs_of,
    run_checks,
)
from tripleo_cli.errors import InvalidInputError, NotEnoughNodesError
from tripleo_cli.workflows.concurrency import each
from tripleo_cli.workflows.introspection import nodes_with_facts
from tripleo_cli.workflows.observe import Observed, observe
from tripleo_cli.workflows.passwords import complete
from tripleo_cli.workflows.ports import Cloud, TimeServers
from tripleo_cli.workflows.profiles import judgeable

INVENTORIES = 20
"""Of how many nodes inventories are read, if nothing else has read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A request, what there is, and the plan that comes of both.

    Where there can be no plan, ``refusal`` says why. ``note`` says how strictly nodes
    were judged, and why so; it is empty where none had to be found.
    """

    request: DeploymentRequest
    roles: Mapping[str, Role]
    nodes: Sequence[Node]
    observed: Observed | None
    plan: Plan | None = None
    refusal: Refusal | None = None
    note: str = ""

    @property
    def running(self) -> Running:
        """The stack as planning sees it."""
        return self.observed.running if self.observed else Running()

    @property
    def new(self) -> tuple[PlannedNode, ...]:
        """The servers of the plan that have no node yet."""
        if self.plan is None or self.observed is None:
            return self.plan.nodes if self.plan else ()
        return self.observed.unplaced(self.plan)


def look(
    cloud: Cloud,
    request: DeploymentRequest,
    roles: Mapping[str, Role],
    key: Callable[[], str] | None = None,
) -> Situation:
    """Read the stack and the nodes, and make a plan if one can be made.

    Args:
        cloud: Whom to ask.
        request: What is wanted.
        roles: All roles.
        key: Names the key pair that lets us in; asked where a machine that boots
            something may be among the nodes.
    """
    observed = observe(cloud, request.stack)
    nodes = cloud.baremetal.nodes()
    if key and any(is_configurable(node) for node in nodes):
        request = replace(request, key=key())
    seen = Situation(request=request, roles=roles, nodes=nodes, observed=observed)
    running = seen.running
    try:
        wanted = wanted_counts(request, roles, running.plan)
        used = [roles[name] for name in wanted]
        mode, note = settle_mode(request.mode, used, nodes)
        request = replace(request, mode=mode)
        nodes = judgeable(cloud, nodes, used)
        seen = replace(seen, request=request, nodes=nodes, note=note)
        plan = complete(make_plan(request, roles, nodes, running), running.plan)
        return replace(seen, plan=plan)
    except (InvalidInputError, NotEnoughNodesError) as refusal:
        return replace(seen, refusal=refusal)


def validate(
    cloud: Cloud, times: TimeServers, situation: Situation, skip: Collection[str] = ()
) -> Report:
    """Judge a situation by all checks that are not skipped.

    A service that does not answer is a finding among the others.

    Raises:
        InvalidInputError: There are no checks of the names in ``skip``.
    """
    check_names(skip)
    inquiry = _Inquiry(cloud, times, situation)
    outcomes = each(needs_of(skip), lambda need: _ASK[need](inquiry))
    silent = {outcome.subject: outcome.error for outcome in outcomes if outcome.error}
    found: dict[str, Any] = {
        outcome.subject.value: outcome.result
        for outcome in outcomes
        if not outcome.error
    }
    nodes = found.pop(Need.INVENTORIES.value, situation.nodes)
    facts = DeploymentFacts(
        request=situation.request,
        roles=situation.roles,
        nodes=nodes,
        plan=situation.plan,
        refusal=situation.refusal,
        new=situation.new,
        running=_stack_facts(situation.observed),
        **found,
    )
    return run_checks(facts, skip, silent)


def _offered(cloud: Cloud, situation: Situation) -> frozenset[NodeId]:
    classes = {situation.roles[member.role].resource_class for member in situation.new}
    return cloud.compute.offered(classes) if classes else frozenset()


def _inspected(cloud: Cloud, situation: Situation) -> Sequence[Node]:
    """Give all nodes, a few of the chosen ones with what was found in them.

    Those with a hint for the root device come first: one that fits no disk fails the
    deployment.
    """
    roles = [situation.roles[member.role] for member in situation.new]
    chosen = chosen_nodes(situation.nodes, situation.plan, situation.new, roles)
    unknown = [node for node in chosen if node.inspected_at and node.facts is None]
    unknown.sort(key=lambda node: not node.properties.get("root_device"))
    found = nodes_with_facts(cloud, unknown[:INVENTORIES])
    known = {node.id: node for node in found}
    return [known.get(node.id, node) for node in situation.nodes]


def _stack_facts(observed: Observed | None) -> StackFacts | None:
    if observed is None:
        return None
    return StackFacts(
        stack=observed.stack,
        plan=observed.plan,
        broken=tuple(server.name for server in observed.broken()),
        lost=tuple(sorted(observed.lost())),
    )


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """Whom to ask, and about what."""

    cloud: Cloud
    times: TimeServers
    situation: Situation

    def answers(self) -> Mapping[str, TimeAnswer]:
        return self.times.ask(servers_in(self.situation.request.parameters))


_ASK: Mapping[Need, Callable[[_Inquiry], Any]] = {
    Need.IMAGES: lambda about: about.cloud.images.images(),
    Need.FLAVORS: lambda about: about.cloud.compute.flavors(),
    Need.SERVERS: lambda about: about.cloud.compute.servers(),
    Need.QUOTAS: lambda about: [
        *about.cloud.compute.quotas(),
        *about.cloud.networks.quotas(),
    ],
    Need.SUBNETS: lambda about: about.cloud.networks.subnets(NETWORK),
    Need.OFFERED: lambda about: _offered(about.cloud, about.situation),
    Need.TIMES: lambda about: about.answers(),
    Need.INVENTORIES: lambda about: _inspected(about.cloud, about.situation),
}
"""How to find out what checks need; a service is connected only when it is asked."""
