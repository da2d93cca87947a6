"""How a stack stands: Heat, Nova and Ironic side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.compute import Server
from tripleo_cli.domain.node import NodeId, NodeState
from tripleo_cli.domain.overcloud.ledger import Ledger
from tripleo_cli.domain.plan import PlannedNode
from tripleo_cli.domain.stack import Stack, StackResource
from tripleo_cli.workflows.apply import watch_to_end
from tripleo_cli.workflows.follow import (
    CREATE,
    DELETE,
    Watch,
    start_of_action,
)
from tripleo_cli.workflows.ledger import read_ledger
from tripleo_cli.workflows.observe import Observed, hostname, require
from tripleo_cli.workflows.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """One node of a stack; a part that a service does not have is empty.

    ``configuration`` says how far its steps are, as the stack's folder knows it.
    ``since`` is when Heat last changed it, ISO 8601 in UTC.
    """

    hostname: str
    role: str
    resource: str
    server: str
    server_id: str
    node: str
    node_id: str
    provision: str
    power: str
    addresses: tuple[str, ...]
    configuration: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackReport:
    """A stack and its nodes, in the order of the plan."""

    stack: Stack
    nodes: Sequence[NodeStatus]


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    observed: Observed
    resources: Mapping[str, StackResource]
    states: Mapping[NodeId, NodeState]
    since: Mapping[str, str]
    ledger: Ledger


def report_status(run: Run, name: str) -> StackReport:
    """Read how a stack stands.

    Raises:
        NotFoundError: There is no such stack.
        ConflictError: The stack was not made by this project.
    """
    observed = require(run.cloud, name)
    world = _World(
        observed=observed,
        resources={hostname(item): item for item in observed.resources},
        states=run.cloud.baremetal.states(),
        since={
            event.path.rpartition(".")[2]: event.time
            for event in run.cloud.stacks.events(observed.stack.id, after=None)
        },
        ledger=read_ledger(run.workdir),
    )
    nodes = [_node_status(world, node) for node in observed.plan.nodes]
    return StackReport(stack=observed.stack, nodes=nodes)


def watch_stack(run: Run, name: str, minutes: float) -> None:
    """Follow what Heat does to a stack until it is at rest.

    Raises:
        StackFailedError: It ended badly.
        InterruptedRunError: Ctrl-C; Heat goes on.
    """
    observed = require(run.cloud, name)
    stack = observed.stack
    if not stack.status.in_progress:
        return
    goal = DELETE if stack.status.action == DELETE else CREATE
    watch = Watch(run, observed.plan.nodes, goal)
    after = start_of_action(run, stack)
    watch_to_end(run, stack, watch, after=after, minutes=minutes)


def _node_status(world: _World, node: PlannedNode) -> NodeStatus:
    server: Server | None = world.observed.servers.get(node.hostname)
    resource = world.resources.get(node.hostname)
    state = world.states.get(node.node_id)
    power = {True: "on", False: "off", None: "unknown"}
    return NodeStatus(
        hostname=node.hostname,
        role=node.role,
        resource=str(resource.status) if resource else "",
        server=server.status if server else "",
        server_id=server.id if server else "",
        node=node.node_name or node.node_id,
        node_id=node.node_id,
        provision=state.provision.value if state else "",
        power=power[state.power_on] if state else "",
        addresses=server.addresses if server else (),
        configuration=world.ledger.standing(node.hostname),
        since=world.since.get(node.hostname, ""),
    )
