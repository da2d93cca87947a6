"""Take nodes out of a stack, or all of it, and give the machines back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.events import (
    Began,
    Failed,
    Finished,
    Noted,
    Progressed,
    Skipped,
)
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.domain.plan import PlannedNode
from tripleo_cli.domain.profile import TAGGED_BY, untagged
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import (
    InvalidInputError,
    PartialFailureError,
    Problem,
    ServiceError,
    TripleoError,
)
from tripleo_cli.workflows.apply import (
    Change,
    apply_change,
    settle_earlier,
    watch_to_end,
)
from tripleo_cli.workflows.follow import DELETE, POLL_SECONDS, Watch, last_event
from tripleo_cli.workflows.forget import (
    Connect,
    drop_orders,
    forget_nodes,
    reinstate_nodes,
    retire_nodes,
)
from tripleo_cli.workflows.observe import Observed, observe, require
from tripleo_cli.workflows.overcloud_ports import OvercloudServices
from tripleo_cli.workflows.run import Run
from tripleo_cli.workflows.saved import read_leaving, save_leaving
from tripleo_cli.workflows.tagging import UNTAG, write_tags

GIVEN_BACK_MINUTES = 60.0
"""How long cleaning may take; on real machines it erases disks' metadata at least."""
TASK = "give machines back"
_FREE = frozenset({ProvisionState.AVAILABLE, ProvisionState.MANAGEABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Which nodes of a stack are to go, as an operator names them.

    ``connect`` reaches the overcloud's own services, which list its nodes, too.
    """

    stack: str
    names: Sequence[str]
    templates: Mapping[str, str]
    timeout_minutes: int = 240
    connect: Connect | None = None


def chosen(
    observed: Observed, names: Iterable[str], begun: Sequence[PlannedNode] = ()
) -> tuple[PlannedNode, ...]:
    """Find nodes of a stack by hostname, server id, or node name or UUID.

    Args:
        observed: The stack.
        names: Of the nodes.
        begun: Nodes that an earlier run began to take out of it.

    Raises:
        InvalidInputError: It lists every name that is not of this stack.
    """
    known: dict[str, PlannedNode] = {}
    for node in (*begun, *observed.plan.nodes):
        server = observed.servers.get(node.hostname)
        keys = (node.hostname, node.node_name, node.node_id, server and server.id)
        known.update((key, node) for key in keys if key)
    problems = [
        Problem(name, "is not in the stack", did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    if problems:
        stack = observed.stack.name
        hint = f"openstack overcloud status --stack {stack}"
        raise InvalidInputError(f"nodes of stack {stack}", problems, hint=hint)
    found = {known[name].hostname: known[name] for name in names}
    return tuple(found.values())


def remove_nodes(run: Run, removal: Removal) -> tuple[PlannedNode, ...]:
    """Take nodes out of a stack; the others keep their names and places.

    What an earlier run began with them is completed.

    Returns:
        The nodes that left.

    Raises:
        InvalidInputError: A name is not known, or no node would be left.
        StackFailedError: Heat failed; the message has the leaf causes.
        ConflictError: Servers of the overcloud's users are on such a node.
        PartialFailureError: The stack is fine, but a machine did not come back, or
            the overcloud still lists it.
    """
    with run.workdir.lock(f"overcloud node remove from {removal.stack}"):
        settle_earlier(run, removal.stack, removal.timeout_minutes)
        observed = require(run.cloud, removal.stack)
        begun = _begun(run, observed)
        leaving = chosen(observed, removal.names, begun)
        hostnames = [node.hostname for node in leaving]
        plan = observed.plan.without(frozenset(hostnames))
        if not plan.nodes:
            problem = Problem("", "no node would be left in the stack")
            hint = f"openstack overcloud delete {removal.stack}"
            raise InvalidInputError("overcloud node remove", [problem], hint=hint)
        services = retire_nodes(run, removal.connect, observed, hostnames)
        others = [node for node in begun if node not in leaving]
        save_leaving(run.workdir, observed.stack.id, [*others, *leaving])
        change = Change(plan=plan, before=observed, moving=leaving, goal=DELETE)
        _take_out(run, removal, change, services)
        drop_orders(run, observed, leaving)
        try:
            forget_nodes(run, services, hostnames)
        finally:
            _take_back(run, removal.stack, leaving)
        save_leaving(run.workdir, observed.stack.id, others)
        return leaving


def _begun(run: Run, observed: Observed) -> list[PlannedNode]:
    """Give nodes that left, and about which something is left to be done."""
    there = {
        key for node in observed.plan.nodes for key in (node.hostname, node.node_id)
    }
    return [
        node
        for node in read_leaving(run.workdir, observed.stack.id)
        # Deployed again since, it or its machine.
        if not there & {node.hostname, node.node_id}
    ]


def _take_out(
    run: Run, removal: Removal, change: Change, services: OvercloudServices | None
) -> None:
    """Have Heat remove servers, unless it has done so before."""
    before = change.before
    is_settled = before is not None and before.stack.status.status == "COMPLETE"
    if is_settled and before and before.plan.nodes == change.plan.nodes:
        return
    try:
        apply_change(run, change, removal.templates, removal.timeout_minutes)
    except (TripleoError, KeyboardInterrupt):
        hostnames = [node.hostname for node in change.moving]
        if _is_begun(run, change):
            text = f"{', '.join(hostnames)}: run the same command again to complete it"
            run.report(Noted(text))
        else:
            reinstate_nodes(run, services, hostnames)
        raise


def _is_begun(run: Run, change: Change) -> bool:
    """Whether Heat has taken the plan without the nodes."""
    try:
        observed = observe(run.cloud, change.plan.stack)
    except ServiceError:
        return True
    return observed is None or observed.plan.nodes == change.plan.nodes


def _take_back(run: Run, stack: str, leaving: Sequence[PlannedNode]) -> None:
    gone = {node.node_id for node in leaving}
    try:
        await_given_back(run, leaving)
    finally:
        # No later run knows these names: what came back is untagged now.
        _untag(run, stack, lambda node: node.id in gone)


def delete_stack(run: Run, name: str, timeout_minutes: int) -> bool:
    """Delete a stack and wait for its machines; harmless where there is none.

    Returns:
        Whether there was one.

    Raises:
        ConflictError: The stack was not made by this project.
        StackFailedError: Heat could not delete all of it; says what is left.
        PartialFailureError: The stack is gone, but a machine did not come back.
    """
    with run.workdir.lock(f"overcloud delete of {name}"):
        observed = observe(run.cloud, name)
        if observed is None:
            run.report(Skipped("delete", "", f'there is no stack "{name}"'))
            # Those that an earlier run could not wait for.
            _untag(run, name, lambda _node: True)
            return False
        stack, nodes = observed.stack, observed.plan.nodes
        after = last_event(run, stack)
        if str(stack.status) != "DELETE_IN_PROGRESS":
            run.cloud.stacks.delete(name)
        watch = Watch(run, nodes, DELETE)
        watch_to_end(run, stack, watch, after=after, minutes=timeout_minutes)
        save_leaving(run.workdir, stack.id, ())
        drop_orders(run, observed, nodes)
        await_given_back(run, nodes)
        # Also those that were tried in vain, and replaced by others.
        _untag(run, name, lambda _node: True)
        return True


def _untag(run: Run, stack: str, is_meant: Callable[[Node], bool]) -> None:
    """Take the tags that came with the stack off nodes that carry no server.

    Raises:
        PartialFailureError: Names machines that keep their tags.
    """
    changes = [
        (node, untagged(node))
        for node in run.cloud.baremetal.nodes()
        if node.extra.get(TAGGED_BY) == stack and not node.is_in_use
        if is_meant(node)
    ]
    if changes:
        write_tags(run.cloud.baremetal, changes, run.report, UNTAG)


def await_given_back(run: Run, nodes: Sequence[PlannedNode]) -> None:
    """Wait until machines are free for other use.

    Raises:
        PartialFailureError: Names those that are not, with the reason.
    """
    run.report(Began(TASK, len(nodes)))
    waiting = {node.node_id: node for node in nodes}
    stuck: dict[str, str] = {}
    deadline = run.clock.now() + GIVEN_BACK_MINUTES * 60
    while waiting:
        states = run.cloud.baremetal.states()
        for node_id, node in list(waiting.items()):
            name = node.node_name or node_id
            state = states.get(node_id)
            if state is None or state.provision in _FREE:
                text = state.provision.value if state else "not registered any more"
                run.report(Finished(TASK, name, text))
            elif state.provision.is_failure or run.clock.now() >= deadline:
                stuck[name] = (
                    f"{state.provision.value}: {state.last_error or 'no error'}"
                )
                run.report(Failed(TASK, name, stuck[name]))
            else:
                run.report(Progressed(TASK, name, state.provision.value))
                continue
            del waiting[node_id]
        if waiting:
            run.clock.sleep(POLL_SECONDS)
    if stuck:
        listed = "\n".join(f"  {name}: {why}" for name, why in stuck.items())
        raise PartialFailureError(
            f"{len(stuck)} of {len(nodes)} machines did not come back:\n{listed}",
            hint="openstack baremetal node show NODE",
        )
