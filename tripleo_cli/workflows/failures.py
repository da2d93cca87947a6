"""Find out why a stack failed, down to the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.compute import Flavor, Server
from tripleo_cli.domain.failure import (
    Failure,
    bare_cause,
    first_cause,
    is_vague,
    leaf_failures,
    listed,
    node_findings,
    remedy_for,
)
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.plan import PlannedNode
from tripleo_cli.domain.stack import Stack, StackEvent, StackResource
from tripleo_cli.errors import StackFailedError
from tripleo_cli.workflows.observe import SERVER_TYPE, Observed, hostname, require
from tripleo_cli.workflows.ports import Cloud


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """What is asked once for all failures."""

    observed: Observed
    planned: Mapping[str, PlannedNode]
    nodes: Mapping[NodeId, Node]
    flavors: Mapping[str, Flavor]
    events: Sequence[StackEvent]


def find_failures(cloud: Cloud, stack: str) -> tuple[Failure, ...]:
    """Explain every failure of a stack; none where nothing failed.

    Raises:
        NotFoundError: There is no such stack.
    """
    observed = require(cloud, stack)
    leaves = leaf_failures(observed.resources)
    broken = observed.broken()
    if not leaves and not broken:
        return _of_stack(observed.stack)
    world = _World(
        observed=observed,
        planned={node.hostname: node for node in observed.plan.nodes},
        nodes={node.id: node for node in cloud.baremetal.nodes()},
        flavors={flavor.name: flavor for flavor in cloud.compute.flavors()},
        events=cloud.stacks.events(observed.stack.id, after=None),
    )
    explained = [_explain(world, leaf) for leaf in leaves]
    return (*explained, *(_explain_broken(world, server) for server in broken))


def failed(cloud: Cloud, stack: Stack) -> StackFailedError:
    """Make the error for a stack that ended badly."""
    failures = find_failures(cloud, stack.name)
    causes = listed(failures) or f"  {stack.reason}"
    return StackFailedError(
        f'stack "{stack.name}" is {stack.status}:\n{causes}',
        hint=f"openstack overcloud failures --stack {stack.name}",
    )


def _of_stack(stack: Stack) -> tuple[Failure, ...]:
    if not stack.status.failed:
        return ()
    return (
        Failure(
            path=stack.name,
            type="stack",
            cause=stack.reason,
            remedy=_again(stack),
        ),
    )


def _again(stack: Stack) -> str:
    """Say how to go on where no machine is to blame."""
    if stack.status.action == "DELETE":
        return f"run `openstack overcloud delete {stack.name}` again"
    return f"run `openstack overcloud deploy --stack {stack.name}` again: it goes on"


def _explain(world: _World, leaf: StackResource) -> Failure:
    planned = world.planned.get(hostname(leaf))
    if planned is None or leaf.type != SERVER_TYPE:
        return Failure(
            path=leaf.path,
            type=leaf.type,
            cause=bare_cause(leaf.reason),
            remedy=_again(world.observed.stack),
        )
    server = world.observed.servers.get(planned.hostname)
    cause = (server.fault.strip() if server else "") or bare_cause(leaf.reason)
    if is_vague(cause):
        cause = first_cause(world.events, leaf.path) or cause
    return _about_node(world, planned, path=leaf.path, cause=cause)


def _explain_broken(world: _World, server: Server) -> Failure:
    hostnames = {found.id: name for name, found in world.observed.servers.items()}
    planned = world.planned[hostnames[server.id]]
    cause = f"Nova calls the server {server.status}" + (
        f": {server.fault}" if server.fault else ""
    )
    path = f"{planned.role}.{planned.hostname}"
    return _about_node(world, planned, path=path, cause=cause)


def _about_node(
    world: _World, planned: PlannedNode, *, path: str, cause: str
) -> Failure:
    node = world.nodes.get(planned.node_id)
    server = world.observed.servers.get(planned.hostname)
    flavor = world.flavors.get(planned.flavor)
    return Failure(
        path=path,
        type=SERVER_TYPE,
        cause=cause,
        node=planned.node_name or planned.node_id,
        findings=node_findings(node, planned, flavor, server),
        remedy=remedy_for(world.observed.stack.name, node, planned),
    )
