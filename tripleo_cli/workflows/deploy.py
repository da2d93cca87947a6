"""Deploy a stack: gather, decide, render, act, and see it through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.deployment import DeploymentRequest
from tripleo_cli.domain.events import Noted, Skipped
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.plan import Plan, PlannedNode
from tripleo_cli.domain.planning import Running, make_plan
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.stack import StackFiles
from tripleo_cli.errors import ServiceError, StackFailedError
from tripleo_cli.rendering.heat import render_stack
from tripleo_cli.workflows.apply import Change, apply_change, settle_earlier
from tripleo_cli.workflows.flavors import ensure_flavors
from tripleo_cli.workflows.follow import DELETE, POLL_SECONDS
from tripleo_cli.workflows.observe import Observed, observe, same_files
from tripleo_cli.workflows.ports import Cloud
from tripleo_cli.workflows.profiles import tag_nodes
from tripleo_cli.workflows.run import Run

SCHEDULABLE_SECONDS = 300.0
"""How long Nova may take to see one more node and its traits: it looks every minute by
default, every 10 s on an undercloud that we installed, at one node after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A request with all that it refers to."""

    request: DeploymentRequest
    roles: Mapping[str, Role]
    templates: Mapping[str, str]
    timeout_minutes: int = 240


def plan_deployment(cloud: Cloud, deployment: Deployment) -> tuple[Plan, StackFiles]:
    """Work out what a deployment would do; only reads.

    Raises:
        InvalidInputError: The request cannot be met as it is.
        NotEnoughNodesError: There are not the nodes for it.
    """
    observed = observe(cloud, deployment.request.stack)
    plan = _plan(cloud.baremetal.nodes(), deployment, observed)
    return plan, render_stack(plan, deployment.templates)


def deploy(run: Run, deployment: Deployment) -> tuple[Plan, StackFiles]:
    """Bring a stack to what is asked for; where it is so already, change nothing.

    Returns:
        The plan, and what was rendered of it.

    Raises:
        BusyError: Another run, or Heat itself, is at work on the stack.
        StackFailedError: It failed; the message has the leaf causes.
        InterruptedRunError: Ctrl-C; Heat goes on.
        TripleoError: What :func:`plan_deployment` raises, or a service refused.
    """
    name = deployment.request.stack
    with run.workdir.lock(f"overcloud deploy of {name}"):
        settle_earlier(run, name, deployment.timeout_minutes)
        observed = _mended(run, deployment, observe(run.cloud, name))
        nodes = run.cloud.baremetal.nodes()
        plan = _plan(nodes, deployment, observed)
        files = render_stack(plan, deployment.templates)
        if observed and _is_so_already(observed, plan, files):
            text = f'stack "{name}" is as asked for: nothing changed'
            run.report(Skipped("deploy", "", text))
            return plan, files
        new = observed.unplaced(plan) if observed else plan.nodes
        _prepare(run, deployment.roles, nodes, new)
        change = Change(plan=plan, before=observed, moving=new)
        apply_change(run, change, deployment.templates, deployment.timeout_minutes)
        return plan, files


def _plan(
    nodes: Sequence[Node], deployment: Deployment, observed: Observed | None
) -> Plan:
    running = observed.running if observed else Running()
    return make_plan(deployment.request, deployment.roles, nodes, running)


def _is_so_already(observed: Observed, plan: Plan, files: StackFiles) -> bool:
    return (
        observed.stack.status.status == "COMPLETE"
        and not observed.unplaced(plan)
        and same_files(files, observed.files)
    )


def _mended(
    run: Run, deployment: Deployment, observed: Observed | None
) -> Observed | None:
    """Take out servers that are gone from Nova, so that they are made again.

    Heat does not notice that by itself, and would not place a second server on the
    node of the first one.

    Raises:
        StackFailedError: Servers that were up are broken; making them again would
            cost what is on them, so that is left to the operator.
    """
    if observed is None:
        return None
    if broken := observed.broken():
        listed = "\n".join(f"  {s.name}: {s.status} {s.fault}" for s in broken)
        name = observed.stack.name
        raise StackFailedError(
            f'servers of stack "{name}" that were up are broken:\n{listed}\n'
            "If they are well (openstack overcloud status), say so: openstack "
            "server set --state active SERVER. To make them again and lose what is "
            "on them, take them out first and then deploy.",
            hint=f"openstack overcloud node remove --stack {name} {broken[0].name}",
        )
    lost = observed.lost()
    if not lost:
        return observed
    names = ", ".join(sorted(lost))
    run.report(Noted(f"Gone from Nova, to be made again: {names}"))
    change = Change(
        plan=observed.plan.without(lost),
        before=observed,
        moving=[node for node in observed.plan.nodes if node.hostname in lost],
        goal=DELETE,
    )
    apply_change(run, change, deployment.templates, deployment.timeout_minutes)
    return observe(run.cloud, observed.stack.name)


def _prepare(
    run: Run,
    roles: Mapping[str, Role],
    nodes: Sequence[Node],
    new: Sequence[PlannedNode],
) -> None:
    """Make flavors and tags fit, and wait until Nova knows."""
    if not new:
        return
    used = [roles[name] for name in dict.fromkeys(node.role for node in new)]
    ensure_flavors(run.cloud.compute, used, run.report)
    known = {node.id: node for node in nodes}
    pairs = [(known[node.node_id], roles[node.role]) for node in new]
    tag_nodes(run.cloud.baremetal, pairs, run.report)
    for role in used:
        ids = {node.node_id for node in new if node.role == role.name}
        _await_schedulable(run, role, ids)


def _await_schedulable(run: Run, role: Role, ids: set[NodeId]) -> None:
    """Wait until Nova can place servers on nodes, as long as there is progress.

    Raises:
        ServiceError: Some are not known to Nova in time.
    """
    traits = {role.trait, *role.needs.traits}
    left, since = len(ids) + 1, run.clock.now()
    while missing := ids - run.cloud.compute.schedulable(traits):
        if len(missing) < left:
            left, since = len(missing), run.clock.now()
            text = f"Waiting for Nova to see {left} of {len(ids)} {role.name} nodes"
            run.report(Noted(text))
        if run.clock.now() - since >= SCHEDULABLE_SECONDS:
            raise _unseen(run, missing)
        run.clock.sleep(POLL_SECONDS)


def _unseen(run: Run, missing: set[NodeId]) -> ServiceError:
    states = run.cloud.baremetal.states()
    nodes = [node for node in run.cloud.baremetal.nodes() if node.id in missing]
    power = {True: "on", False: "off", None: "unknown"}
    listed = "\n".join(
        f"  {node.name}: {node.provision.value}, "
        f"power {power[states[node.id].power_on]}"
        for node in nodes
    )
    return ServiceError(
        f"Nova cannot place servers on {len(missing)} nodes after "
        f"{SCHEDULABLE_SECONDS:g} s:\n{listed}\n"
        "Nova leaves out nodes whose power state is unknown: power them off. "
        "Otherwise see the log of nova-compute.",
        hint="openstack baremetal node power off NODE",
    )
