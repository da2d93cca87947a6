"""Deploy a stack: gather, decide, render, act, and see it through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tripleo_cli.domain.deployment import DeploymentRequest
from tripleo_cli.domain.events import Noted, Skipped
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.overcloud.bundle import Origins
from tripleo_cli.domain.overcloud.parameters import parameter_notes
from tripleo_cli.domain.pinning import displaced
from tripleo_cli.domain.plan import Plan, PlannedNode
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.stack import StackFiles
from tripleo_cli.domain.validation.finding import Severity
from tripleo_cli.domain.validation.report import Policy
from tripleo_cli.errors import ServiceError, StackFailedError, ValidationError
from tripleo_cli.rendering.heat import render_stack
from tripleo_cli.workflows.after_stack import (
    NodeWish,
    check_wish,
    configure_nodes,
    register_key,
)
from tripleo_cli.workflows.apply import (
    Change,
    apply_change,
    check_updatable,
    settle_earlier,
)
from tripleo_cli.workflows.flavors import ensure_flavors
from tripleo_cli.workflows.follow import DELETE, POLL_SECONDS
from tripleo_cli.workflows.forget import Connect, reinstate_returned
from tripleo_cli.workflows.observe import Observed, same_files
from tripleo_cli.workflows.ports import Cloud
from tripleo_cli.workflows.profiles import tag_nodes
from tripleo_cli.workflows.run import Run
from tripleo_cli.workflows.validate import Situation, look, validate

SCHEDULABLE_SECONDS = 300.0
"""How long Nova may take to see one more node and its traits: it looks every minute by
default, every 10 s on an undercloud that we installed, at one node after the other."""

PLANNING = frozenset({"request", "capacity"})
"""The checks that say what planning itself raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A request with all that it refers to."""

    request: DeploymentRequest
    roles: Mapping[str, Role]
    templates: Mapping[str, str]
    timeout_minutes: int = 240
    policy: Policy = field(default_factory=Policy)
    nodes: NodeWish | None = None
    """How nodes are configured when the stack is there; not at all without."""
    connect: Connect | None = None
    """Reaches the overcloud's own services, which list its nodes, too."""

    def look(self, cloud: Cloud) -> Situation:
        """See what there is, and plan."""
        key = self.nodes.key if self.nodes else None
        return look(cloud, self.request, self.roles, key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a deployment would do; ``refusal`` is why it would not begin at all."""

    plan: Plan
    files: StackFiles
    refusal: ValidationError | None = None


def preview(run: Run, deployment: Deployment) -> Preview:
    """Work out what a deployment would do, and check it; only reads.

    Raises:
        InvalidInputError: The request cannot be met as it is.
        NotEnoughNodesError: There are not the nodes for it.
    """
    wish = deployment.nodes
    key = wish.known_key if wish else None
    situation = look(run.cloud, deployment.request, deployment.roles, key)
    refusal = check(run, deployment, situation)
    plan = planned(situation)
    check_wish(deployment.nodes, plan)
    _tell_displaced(run, plan, situation)
    files = render_stack(plan, deployment.templates)
    return Preview(plan=plan, files=files, refusal=refusal)


def deploy(run: Run, deployment: Deployment) -> tuple[Plan, StackFiles]:
    """Bring a stack to what is asked for; where it is so already, change nothing.

    Returns:
        The plan, and what was rendered of it.

    Raises:
        BusyError: Another run, or Heat itself, is at work on the stack.
        ConflictError: The stack can only be deleted, or is somebody else's.
        InvalidInputError: The request cannot be met as it is.
        NotEnoughNodesError: There are not the nodes for it.
        ValidationError: Checks have something against it; nothing was changed.
        StackFailedError: It failed; the message has the leaf causes.
        StepFailedError: The stack is there, but a step on its nodes failed.
        PartialFailureError: Nodes that may fail have failed, the others are done.
        InterruptedRunError: Ctrl-C; what is under way goes on.
    """
    name = deployment.request.stack
    wish = deployment.nodes
    with run.workdir.lock(f"overcloud deploy of {name}"):
        settle_earlier(run, name, deployment.timeout_minutes)
        situation = deployment.look(run.cloud)
        if situation.plan:
            check_wish(wish, situation.plan)
        if wish and wish.choice.is_check:
            plan = planned(situation)
            files = render_stack(plan, deployment.templates)
        else:
            plan, files = _bring_about(run, deployment, situation)
            reinstate_returned(run, deployment.connect, name)
        asked = deployment.request
        origins = Origins(services=asked.services, places=asked.places)
        configure_nodes(run, wish, plan, situation.nodes, origins)
        return plan, files


def _bring_about(
    run: Run, deployment: Deployment, situation: Situation
) -> tuple[Plan, StackFiles]:
    """Make the stack what is asked for."""
    if observed := situation.observed:
        _check_sound(observed)
    if files := _what_is_there(situation, deployment):
        text = f'stack "{deployment.request.stack}" is as asked for: nothing changed'
        run.report(Skipped("deploy", "", text))
        return planned(situation), files
    if refusal := check(run, deployment, situation):
        raise refusal
    if observed and _mend(run, deployment, observed):
        situation = deployment.look(run.cloud)
    return _carry_out(run, deployment, situation)


def check(
    run: Run, deployment: Deployment, situation: Situation
) -> ValidationError | None:
    """Run the checks before a deployment, and report what they found.

    Returns:
        What is against deploying; it is not reported as well.

    Raises:
        InvalidInputError: The request cannot be met as it is.
        NotEnoughNodesError: There are not the nodes for it.
    """
    policy = deployment.policy
    if situation.note and (situation.new or situation.refusal):
        run.report(Noted(situation.note))
    found = validate(run.cloud, run.times, situation, policy.skip)
    refusal = found.refusal(policy)
    raised = [] if situation.refusal else found.fatal(policy)
    for severity in Severity:
        for name, finding in found.findings(severity):
            is_raised = (name, finding) in raised or (
                situation.refusal and name in PLANNING
            )
            if not is_raised:
                run.report(Noted(f"{severity.value}: {name}: {finding}"))
    if situation.refusal:
        raise situation.refusal
    for text in (*found.notes, *_parameter_notes(situation)):
        run.report(Noted(text))
    return refusal


def _parameter_notes(situation: Situation) -> tuple[str, ...]:
    """Ask after parameters that look like those of the services that are configured."""
    told = situation.plan.configurations.values() if situation.plan else ()
    services = [service for one in told for service in one.services]
    return parameter_notes(services, situation.request.parameters)


def planned(situation: Situation) -> Plan:
    """Give the plan of a situation.

    Raises:
        InvalidInputError: The request cannot be met as it is.
        NotEnoughNodesError: There are not the nodes for it.
    """
    if situation.plan is None:
        raise situation.refusal or AssertionError("neither a plan nor a refusal")
    return situation.plan


def _what_is_there(situation: Situation, deployment: Deployment) -> StackFiles | None:
    """Give what the stack was made of, if it is what is asked for already."""
    observed, plan = situation.observed, situation.plan
    if observed is None or plan is None:
        return None
    files = render_stack(plan, deployment.templates)
    return files if _is_so_already(observed, plan, files) else None


def _carry_out(
    run: Run, deployment: Deployment, situation: Situation
) -> tuple[Plan, StackFiles]:
    plan, new = planned(situation), situation.new
    _tell_displaced(run, plan, situation)
    _prepare(run, deployment, situation.nodes, new)
    register_key(run, deployment.nodes, plan)
    change = Change(plan=plan, before=situation.observed, moving=new)
    apply_change(run, change, deployment.templates, deployment.timeout_minutes)
    return plan, render_stack(plan, deployment.templates)


def _tell_displaced(run: Run, plan: Plan, situation: Situation) -> None:
    for text in displaced(plan, situation.nodes, situation.roles):
        run.report(Noted(text))


def _is_so_already(observed: Observed, plan: Plan, files: StackFiles) -> bool:
    return (
        observed.stack.status.status == "COMPLETE"
        and not observed.unplaced(plan)
        and same_files(files, observed.files)
    )


def _check_sound(observed: Observed) -> None:
    """Leave servers that broke to the operator: making them again loses their data.

    Raises:
        ConflictError: The stack can only be deleted.
        StackFailedError: Servers that were up are broken.
    """
    check_updatable(observed.stack)
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


def _mend(run: Run, deployment: Deployment, observed: Observed) -> bool:
    """Take out servers that are gone from Nova, so that they are made again.

    Heat does not notice that by itself, and would not place a second server on the
    node of the first one.

    Returns:
        Whether there were any.
    """
    lost = observed.lost()
    if not lost:
        return False
    names = ", ".join(sorted(lost))
    run.report(Noted(f"Gone from Nova, to be made again: {names}"))
    change = Change(
        plan=observed.plan.without(lost),
        before=observed,
        moving=[node for node in observed.plan.nodes if node.hostname in lost],
        goal=DELETE,
    )
    apply_change(run, change, deployment.templates, deployment.timeout_minutes)
    return True


def _prepare(
    run: Run,
    deployment: Deployment,
    nodes: Sequence[Node],
    new: Sequence[PlannedNode],
) -> None:
    """Make flavors and tags fit, and wait until Nova knows."""
    if not new:
        return
    roles, stack = deployment.roles, deployment.request.stack
    used = [roles[name] for name in dict.fromkeys(node.role for node in new)]
    ensure_flavors(run.cloud.compute, used, run.report)
    known = {node.id: node for node in nodes}
    pairs = [(known[node.node_id], roles[node.role]) for node in new]
    tag_nodes(run.cloud.baremetal, pairs, run.report, stack)
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
