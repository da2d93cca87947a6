"""What the checks before a deployment know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tripleo_cli.domain.compute import Flavor, Image, Quota, Server
from tripleo_cli.domain.deployment import DeploymentRequest
from tripleo_cli.domain.matching import reject
from tripleo_cli.domain.network import Subnet
from tripleo_cli.domain.node import Node, NodeId, label
from tripleo_cli.domain.ntp import TimeAnswer
from tripleo_cli.domain.plan import Plan, PlannedNode
from tripleo_cli.domain.planning import wanted_counts
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.stack import Stack
from tripleo_cli.errors import InvalidInputError, NotEnoughNodesError

NETWORK = "ctlplane"
"""The network that every node is provisioned on."""

Refusal = InvalidInputError | NotEnoughNodesError


class Need(Enum):
    """What has to be asked for a check, beyond nodes, the stack and the plan."""

    IMAGES = "images"
    FLAVORS = "flavors"
    SERVERS = "servers"
    QUOTAS = "quotas"
    SUBNETS = "subnets"
    OFFERED = "offered"
    TIMES = "times"
    INVENTORIES = "inventories"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackFacts:
    """The stack that is there already.

    ``broken`` are hostnames of servers that were up and are not any more, ``lost``
    those that are gone from Nova.
    """

    stack: Stack
    plan: Plan
    broken: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFacts:
    """A deployment as it is asked for, and the undercloud that is to do it.

    Either ``plan`` is there, or ``refusal`` says why there is none. ``new`` are the
    servers of the plan that have no node yet. What no check that is run needs is
    left empty.
    """

    request: DeploymentRequest
    roles: Mapping[str, Role]
    nodes: Sequence[Node] = ()
    plan: Plan | None = None
    refusal: Refusal | None = None
    new: tuple[PlannedNode, ...] = ()
    running: StackFacts | None = None
    images: Sequence[Image] = ()
    flavors: Sequence[Flavor] = ()
    servers: Sequence[Server] = ()
    quotas: Sequence[Quota] = ()
    subnets: Sequence[Subnet] = ()
    """Those of the provisioning network."""
    offered: frozenset[NodeId] = frozenset()
    """Nodes that Placement knows as free."""
    times: Mapping[str, TimeAnswer] = field(default_factory=dict)

    def wanted(self) -> dict[str, int]:
        """Count the nodes of each role; empty where the request makes no sense."""
        if self.plan:
            return self.plan.counts()
        before = self.running.plan if self.running else None
        try:
            return wanted_counts(self.request, self.roles, before)
        except InvalidInputError:
            return {}

    def used_roles(self) -> list[Role]:
        """Give the roles that have or get nodes."""
        return [self.roles[name] for name in self.wanted()]

    def related(self) -> list[Node]:
        """Give the nodes that these roles could have, by their resource class."""
        classes = {role.resource_class for role in self.used_roles()} | {""}
        return [node for node in self.nodes if node.resource_class in classes]

    def chosen(self) -> list[Node]:
        """Give the nodes that are to be set to work; see :func:`chosen_nodes`."""
        return chosen_nodes(self.nodes, self.plan, self.new, self.used_roles())


def chosen_nodes(
    nodes: Iterable[Node],
    plan: Plan | None,
    new: Iterable[PlannedNode],
    roles: Sequence[Role],
) -> list[Node]:
    """Give the nodes that a plan sets to work.

    Where there is no plan, any node could be one that fits a role.
    """
    if plan:
        ids = {member.node_id for member in new}
        return [node for node in nodes if node.id in ids]
    return [node for node in nodes if any(reject(node, role) is None for role in roles)]


def labels(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Name nodes, sorted."""
    return tuple(sorted(map(label, nodes)))
