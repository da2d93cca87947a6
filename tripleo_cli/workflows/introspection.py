"""Inspect machines, and read what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tripleo_cli.domain.events import Failed, Noted
from tripleo_cli.domain.facts import HardwareFacts, Nic, facts_from
from tripleo_cli.domain.facts.earlier import with_earlier
from tripleo_cli.domain.introspection import (
    BEFORE,
    Benchmark,
    Method,
    Settings,
    changed,
    changes_to,
    failed_phase,
    own_settings,
    settings_for,
    settings_of,
)
from tripleo_cli.domain.node import Node, NodeId, NodeState, Verb, label
from tripleo_cli.domain.transition import RECOVERABLE, Goal, is_inspecting, unusable
from tripleo_cli.errors import (
    InvalidInputError,
    NotFoundError,
    Problem,
    ServiceError,
    TripleoError,
)
from tripleo_cli.workflows.concurrency import DEFAULT_CONCURRENCY, Outcome, each
from tripleo_cli.workflows.earlier_results import drop_repeated, keep_results
from tripleo_cli.workflows.ports import Cloud, Inspection
from tripleo_cli.workflows.travel import NodeOutcome, Travel

SAMPLE = 10
"""How many nodes are looked at to see whether benchmarks came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntrospectionRequest:
    """How machines are to be inspected, and what comes after.

    ``method`` is ``None`` for the way that each node is set to.
    """

    method: Method | None = None
    benchmarks: Collection[Benchmark] = ()
    provide: bool = False
    max_retries: int = 1

    @property
    def task(self) -> str:
        """What reports call it."""
        return "introspect and provide" if self.provide else "introspect"

    @property
    def goal(self) -> Goal:
        """Where nodes are to get."""
        return Goal(inspect=True, provide=self.provide, max_retries=self.max_retries)


def introspect(
    travel: Travel,
    inspection: Inspection,
    nodes: Sequence[Node],
    request: IntrospectionRequest,
) -> Sequence[NodeOutcome]:
    """Inspect nodes, set up as the request says, and give back their settings.

    Benchmark results that are not measured again are kept.

    Returns:
        One outcome per node, in their order.

    Raises:
        InvalidInputError: What is asked for cannot be had together.
        PartialFailureError: Ctrl-C; it says what is left.
        ServiceError: Ironic stopped answering.
    """
    _check(request)
    touched: list[Node] = []
    try:
        attempts = _set_up(travel, inspection, nodes, request, touched)
        ready = [attempt.result for attempt in attempts if attempt.result]
        travelled = travel.go(request.task, [(node, request.goal) for node in ready])
    finally:
        left = _give_back(travel, touched)
    ended = {outcome.id: outcome for outcome in travelled}
    inspected = [node for node in ready if not ended[node.id].error]
    drop_repeated(travel, inspection, inspected)
    return [
        _completed(ended[attempt.subject.id], left.get(attempt.subject.id))
        if attempt.result
        else _not_set_up(travel, attempt, request.task)
        for attempt in attempts
    ]


def nodes_with_facts(
    cloud: Cloud,
    nodes: Iterable[Node],
    concurrency: int = DEFAULT_CONCURRENCY,
) -> tuple[Node, ...]:
    """Read what inspection found of nodes, one call for each.

    Returns:
        The nodes in their order; ``facts`` stays ``None`` for those that were never
        inspected. Nodes that were deleted meanwhile are left out.

    Raises:
        ServiceError: Ironic did not answer for some node.
    """

    def read(node: Node) -> Node:
        found = cloud.inspection.inventory(node.id)
        return replace(node, facts=_facts(node, found)) if found else node

    complete: list[Node] = []
    for outcome in each(list(nodes), read, concurrency=concurrency):
        if outcome.error and not isinstance(outcome.error, NotFoundError):
            raise outcome.error
        if outcome.result:
            complete.append(outcome.result)
    return tuple(complete)


def facts_of(inspection: Inspection, node: Node) -> HardwareFacts:
    """Read what is known of a node: its last inspection, and earlier benchmarks.

    Raises:
        NotFoundError: It was never inspected; says what to do.
    """
    return _facts(node, data_of(inspection, node))


def _facts(
    node: Node, found: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> HardwareFacts:
    return with_earlier(facts_from(*found), node.extra)


def data_of(
    inspection: Inspection, node: Node
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Read a node's inventory and the data of Ironic's plugins.

    Raises:
        NotFoundError: It was never inspected; says what to do.
    """
    found = inspection.inventory(node.id)
    if found is None:
        raise NotFoundError(
            f"node {label(node)} ({node.provision.value}) has not been inspected",
            hint=f"openstack overcloud node introspect {label(node)}",
        )
    return found


def select_nic(node: Node, facts: HardwareFacts, wanted: str) -> Nic:
    """Find a network card by name or MAC address.

    Raises:
        InvalidInputError: There is none; it names those that there are.
    """
    for nic in facts.nics:
        if wanted == nic.name or wanted.lower() == nic.mac:
            return nic
    names = ", ".join(nic.name for nic in facts.nics) or "none"
    problem = Problem(wanted, "there is no such interface", f"known are {names}")
    raise InvalidInputError(f"node {label(node)}", [problem])


def note_missing_benchmarks(
    travel: Travel, inspection: Inspection, outcomes: Sequence[NodeOutcome]
) -> None:
    """Tell the operator if machines did not measure what they were asked to.

    Some machines are looked at, not all: where the question does not reach the
    ramdisk, it reaches none.
    """
    inspected = [outcome for outcome in outcomes if outcome.id and not outcome.error]
    step = max(1, len(inspected) // SAMPLE)
    silent: list[str] = []
    for outcome in inspected[::step][:SAMPLE]:
        found = inspection.inventory(NodeId(str(outcome.id)))
        if found and not facts_from(*found).benchmarks:
            silent.append(outcome.name)
    if silent:
        text = (
            f"no benchmarks came from {', '.join(silent)}: they are asked for by "
            "kernel parameters, so Ironic itself has to boot the ramdisk, and that "
            "needs the program hardware-detect"
        )
        travel.report(Noted(text))


def _check(request: IntrospectionRequest) -> None:
    if request.benchmarks and request.method is Method.REDFISH:
        what = "only the ramdisk can measure, and --method redfish boots none"
        raise InvalidInputError(
            "overcloud node introspect",
            [Problem("--benchmark", what, "leave out one of the two")],
        )


def _set_up(
    travel: Travel,
    inspection: Inspection,
    nodes: Sequence[Node],
    request: IntrospectionRequest,
    touched: list[Node],
) -> Sequence[Outcome[Node, Node]]:
    """Set nodes up; those that may not be touched stay as they are.

    Each is added to ``touched`` at once: after Ctrl-C nothing is returned.
    """

    def set_up(node: Node) -> Node:
        if unusable(node) or is_inspecting(node.state):
            # The run that began the inspection has set it up.
            touched.append(node)
            return node
        wanted = settings_for(own_settings(node), request.method, request.benchmarks)
        keeping, results = keep_results(inspection, node, travel.report)
        _change(travel, node, {**changes_to(node, wanted), **results})
        ready = changed(keeping, wanted)
        touched.append(ready)
        return ready

    return each(nodes, set_up, concurrency=travel.limits.concurrency)


def _change(travel: Travel, node: Node, changes: Mapping[str, Any]) -> None:
    if "/inspect_interface" in changes and node.provision in RECOVERABLE:
        # Ironic changes no interface in a failed state.
        travel.baremetal.set_provision_state(node.id, Verb.MANAGE)
    travel.baremetal.update(node.id, changes)


def _give_back(travel: Travel, nodes: Sequence[Node]) -> Mapping[NodeId, TripleoError]:
    """Give nodes their own settings back; returns where that failed, and notes it.

    Nodes under inspection keep what they have: with another interface, Ironic would
    neither take what the ramdisk sends nor abort. The next run gives it back.
    """
    due = [node for node in nodes if BEFORE in node.extra and not unusable(node)]
    if not due:
        return {}
    try:
        states = travel.baremetal.states()
    except ServiceError as error:
        _note_kept(travel, due, str(error))
        return {node.id: error for node in due}
    known = [node for node in due if node.id in states]
    busy = [node for node in known if is_inspecting(states[node.id])]
    _note_kept(travel, busy, "under inspection")
    wanted = {
        node.id: _returnable(node, states[node.id])
        for node in known
        if not is_inspecting(states[node.id])
    }
    at_rest = [node for node in known if node.id in wanted]
    kept = [node for node in at_rest if wanted[node.id] != own_settings(node)]
    _note_kept(travel, kept, "Ironic changes no interface after a failure")
    return _update_all(travel, at_rest, wanted)


def _returnable(node: Node, state: NodeState) -> Settings:
    own = own_settings(node)
    if state.provision in RECOVERABLE:
        return replace(own, interface=settings_of(node).interface)
    return own


def _note_kept(travel: Travel, nodes: Sequence[Node], why: str) -> None:
    if nodes:
        one = len(nodes) == 1
        which = f"{label(nodes[0])} keeps" if one else f"{len(nodes)} nodes keep"
        again = "openstack overcloud node introspect gives them back"
        travel.report(Noted(f"{which} settings of this run ({why}); {again}"))


def _update_all(
    travel: Travel, nodes: Sequence[Node], wanted: Mapping[NodeId, Settings]
) -> Mapping[NodeId, TripleoError]:
    def update(node: Node) -> None:
        try:
            travel.baremetal.update(node.id, changes_to(node, wanted[node.id]))
        except ServiceError:
            # Another run that inspected it, too, may have been faster.
            if _has_settings_of_a_run(travel, node):
                raise

    left: dict[NodeId, TripleoError] = {}
    for outcome in each(nodes, update, concurrency=travel.limits.concurrency):
        if outcome.error:
            left[outcome.subject.id] = outcome.error
            name = label(outcome.subject)
            travel.report(Noted(f"{name} keeps settings of this run: {outcome.error}"))
    return left


def _has_settings_of_a_run(travel: Travel, node: Node) -> bool:
    found = {known.id: known for known in travel.baremetal.nodes()}.get(node.id, node)
    return BEFORE in found.extra


def _completed(outcome: NodeOutcome, left: TripleoError | None) -> NodeOutcome:
    if outcome.error and not outcome.remedy:
        # Ironic refused to begin; a service's own hint may be all that there is.
        remedy = failed_phase(outcome.error).remedy.replace("{node}", outcome.name)
        return replace(outcome, remedy=remedy)
    if left is None or outcome.error:
        return outcome
    return replace(
        outcome,
        result="failed",
        error=f"its settings for inspections were not given back: {left}",
        # The next inspection finds on the node what its settings were.
        remedy=f"openstack overcloud node introspect {outcome.name}",
    )


def _not_set_up(travel: Travel, attempt: Outcome[Node, Node], task: str) -> NodeOutcome:
    node, error = attempt.subject, attempt.error
    travel.report(Failed(task, label(node), str(error)))
    return NodeOutcome(
        id=node.id,
        name=label(node),
        result="failed",
        state=node.provision,
        error=f"could not be set up for inspection: {error}",
        remedy=(error.hint if error else "") or "",
    )
