"""Register the machines of a nodes file, find nodes by name, and delete them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from tripleo_cli.domain.definition import NodeDefinition
from tripleo_cli.domain.events import Began, Failed, Finished, Noted, Reporter, Skipped
from tripleo_cli.domain.node import Node, NodeId, NodeState, ProvisionState, Verb, label
from tripleo_cli.domain.registration import (
    Ambiguous,
    Create,
    Decision,
    PortChange,
    Unchanged,
    Update,
    decide,
)
from tripleo_cli.domain.seal import Sealer
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.domain.transition import (
    ABORTABLE,
    BMC_REMEDY,
    IN_USE,
    RECOVERABLE,
)
from tripleo_cli.errors import (
    ConflictError,
    InvalidInputError,
    Problem,
    ServiceError,
    TripleoError,
)
from tripleo_cli.workflows.concurrency import DEFAULT_CONCURRENCY, Outcome, each
from tripleo_cli.workflows.ports import Baremetal
from tripleo_cli.workflows.travel import NodeOutcome

REGISTER = "register"
DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What came of one definition; ``node`` is ``None`` where it failed."""

    node: Node | None
    outcome: NodeOutcome
    is_new: bool = False


def register(
    baremetal: Baremetal,
    definitions: Sequence[NodeDefinition],
    sealer: Sealer,
    report: Reporter,
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
) -> Sequence[Registration]:
    """Make Ironic know machines as their definitions say.

    Costs one list of nodes with ports, whatever their number, and the changes.

    Raises:
        InvalidInputError: Definitions contradict what Ironic knows; nothing was
            changed.
    """
    decisions = _decided(baremetal, definitions, sealer, report)
    for decision in decisions:
        if isinstance(decision, Update):
            report(Noted(f"{decision.definition.label} changes: {decision}"))
    report(Began(REGISTER, len(decisions)))

    def apply(decision: Decision) -> Registration:
        return _apply(baremetal, decision, report)

    outcomes = each(decisions, apply, concurrency=concurrency)
    if decisions and all(isinstance(decision, Unchanged) for decision in decisions):
        report(Noted("nothing changed: Ironic knows all nodes as the file has them"))
    return [_registered(outcome, report) for outcome in outcomes]


def foresee(
    baremetal: Baremetal,
    definitions: Sequence[NodeDefinition],
    sealer: Sealer,
    report: Reporter,
) -> Sequence[NodeOutcome]:
    """Tell what :func:`register` would do, and change nothing.

    Raises:
        InvalidInputError: Definitions contradict what Ironic knows.
    """
    return [
        _foreseen(decision)
        for decision in _decided(baremetal, definitions, sealer, report)
    ]


def _decided(
    baremetal: Baremetal,
    definitions: Sequence[NodeDefinition],
    sealer: Sealer,
    report: Reporter,
) -> Sequence[Decision]:
    for definition in definitions:
        for note in definition.notes:
            report(Noted(f"{definition.where}: {note}"))
    decisions = decide(definitions, baremetal.nodes(), sealer)
    _refuse_contradictions(decisions)
    return decisions


def _foreseen(decision: Decision) -> NodeOutcome:
    name = decision.definition.label
    if isinstance(decision, (Update, Unchanged)):
        node = decision.node
        is_changed = isinstance(decision, Update)
        result = f"would be updated ({decision})" if is_changed else "unchanged"
        return NodeOutcome(id=node.id, name=name, result=result, state=node.provision)
    return NodeOutcome(id=decision.definition.id, name=name, result="would be created")


def select(nodes: Iterable[Node], wanted: Sequence[str]) -> tuple[Node, ...]:
    """Find nodes by name or uuid, each once, in the order given.

    Raises:
        InvalidInputError: Some are not known; it names all, with likely ones.
    """
    everything = list(nodes)
    known = {str(node.id): node for node in everything}
    known |= {node.name: node for node in everything if node.name}
    found: dict[NodeId, Node] = {}
    problems: list[Problem] = []
    for name in wanted:
        if node := known.get(name) or known.get(name.lower()):
            found[node.id] = node
        else:
            names = [node.name for node in everything if node.name]
            unknown = "there is no such node"
            problems.append(Problem(name, unknown, did_you_mean(name, names)))
    _raise_if_any("nodes", problems, "openstack overcloud node list")
    return tuple(found.values())


def manageable(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Pick the nodes in state manageable that are not under maintenance."""
    return tuple(
        node
        for node in nodes
        if node.provision is ProvisionState.MANAGEABLE and not node.state.maintenance
    )


def delete(
    baremetal: Baremetal,
    wanted: Sequence[str],
    report: Reporter,
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
) -> Sequence[NodeOutcome]:
    """Remove nodes from Ironic.

    Raises:
        InvalidInputError: Some are not known, in use or at work; nothing was
            deleted.
    """
    nodes = select(baremetal.nodes(), wanted)
    problems = [
        Problem(label(node), why, f"openstack overcloud node remove {label(node)}")
        if is_used
        else Problem(label(node), why, _end_of_work(node))
        for node in nodes
        for why, is_used in _reasons_to_keep(node)
    ]
    _raise_if_any("nodes to delete", problems, None)
    report(Began(DELETE, len(nodes)))

    def remove(node: Node) -> NodeOutcome:
        return _delete(baremetal, node, report)

    return [
        outcome.result or _failed(outcome.subject, outcome.error, DELETE, report)
        for outcome in each(nodes, remove, concurrency=concurrency)
    ]


def _refuse_contradictions(decisions: Iterable[Decision]) -> None:
    problems = [
        Problem(
            decision.definition.where, f"{decision.definition.label} {decision.why}"
        )
        for decision in decisions
        if isinstance(decision, Ambiguous)
    ]
    remedy = "correct the file, or the nodes: openstack baremetal node show NODE"
    _raise_if_any("nodes that Ironic knows", problems, remedy)


def _raise_if_any(source: str, problems: Sequence[Problem], hint: str | None) -> None:
    if problems:
        raise InvalidInputError(source, problems, hint=hint)


def _apply(baremetal: Baremetal, decision: Decision, report: Reporter) -> Registration:
    name = decision.definition.label
    match decision:
        case Create():
            node = _create(baremetal, decision)
            report(Finished(REGISTER, name, "created"))
            return _registration(node, name, "created", is_new=True)
        case Update():
            _update(baremetal, decision)
            report(Finished(REGISTER, name, str(decision)))
            return _registration(decision.node, name, f"updated ({decision})")
        case Unchanged():
            report(Skipped(REGISTER, name, "unchanged"))
            return _registration(decision.node, name, "unchanged")
        case Ambiguous():
            raise AssertionError("contradictions were refused before")
        case _:
            assert_never(decision)


def _registration(
    node: Node, name: str, result: str, *, is_new: bool = False
) -> Registration:
    outcome = NodeOutcome(id=node.id, name=name, result=result, state=node.provision)
    return Registration(node=node, outcome=outcome, is_new=is_new)


def _create(baremetal: Baremetal, decision: Create) -> Node:
    definition = decision.definition
    node = baremetal.create(decision.fields)
    try:
        for port in definition.ports:
            baremetal.create_port(node, port.fields())
    except TripleoError as error:
        # Without its ports it might not be found again: leave nothing half-done.
        raise _undone(baremetal, node, error) from error
    return Node(
        id=node,
        name=definition.name,
        state=NodeState(provision=ProvisionState.ENROLL),
        driver=definition.driver,
    )


def _undone(baremetal: Baremetal, node: NodeId, error: TripleoError) -> TripleoError:
    try:
        baremetal.delete(node)
    except TripleoError as second:
        remedy = f"openstack baremetal node delete {node}"
        text = f"{error}; node {node} was left behind: {second}"
        return type(error)(text, hint=remedy)
    return error


def _update(baremetal: Baremetal, decision: Update) -> None:
    node = decision.node.id
    for port in decision.new_ports:
        baremetal.create_port(node, port.fields())
    if decision.is_rewiring:
        _take_back(baremetal, decision.node)
    baremetal.update(node, decision.patch)
    if decision.is_untried:
        _try_bmc(baremetal, node)
        baremetal.update(node, decision.patch_once_tried)
    for change in decision.port_changes:
        _rewire(baremetal, decision, change)


def _try_bmc(baremetal: Baremetal, node: NodeId) -> None:
    """See to it that wrong credentials are told now, and not by some later step."""
    try:
        baremetal.try_bmc(node)
    except ServiceError as error:
        text = f"was updated, but {error}"
        raise type(error)(text, hint=BMC_REMEDY) from error


def _rewire(baremetal: Baremetal, decision: Update, change: PortChange) -> None:
    try:
        baremetal.update_port(change.port.id, change.patch)
    except ConflictError as error:
        maintenance = "openstack overcloud node maintenance set"
        name = decision.definition.name or label(decision.node)
        hint = f"{maintenance} {name}, import again, then unset it"
        raise ConflictError(str(error), hint=hint) from error


def _take_back(baremetal: Baremetal, node: Node) -> None:
    """Make a node manageable for what Ironic refuses one in a failed state."""
    if node.provision in RECOVERABLE and not node.state.maintenance:
        baremetal.set_provision_state(node.id, Verb.MANAGE)


def _registered(
    outcome: Outcome[Decision, Registration], report: Reporter
) -> Registration:
    if outcome.result:
        return outcome.result
    definition = outcome.subject.definition
    error = outcome.error
    report(Failed(REGISTER, definition.label, str(error)))
    failed = NodeOutcome(
        id=definition.id,
        name=definition.label,
        result="failed",
        error=str(error),
        remedy=(error.hint if error else "") or "",
    )
    return Registration(node=None, outcome=failed)


def _reasons_to_keep(node: Node) -> Iterable[tuple[str, bool]]:
    if node.instance_id:
        yield f"is in use by server {node.instance_id}", True
    elif node.provision in IN_USE:
        yield f"is in use ({node.provision.value})", True
    elif not node.provision.is_stable:
        yield f"is at work ({node.provision.value})", False


def _end_of_work(node: Node) -> str:
    if node.provision in ABORTABLE:
        return f"wait for its end, or openstack overcloud node abort {label(node)}"
    return "wait for its end"


def _delete(baremetal: Baremetal, node: Node, report: Reporter) -> NodeOutcome:
    _take_back(baremetal, node)
    baremetal.delete(node.id)
    report(Finished(DELETE, label(node)))
    return NodeOutcome(id=node.id, name=label(node), result="deleted")


def _failed(
    node: Node, error: TripleoError | None, task: str, report: Reporter
) -> NodeOutcome:
    report(Failed(task, label(node), str(error)))
    return NodeOutcome(
        id=node.id,
        name=label(node),
        result="failed",
        state=node.provision,
        error=str(error),
        remedy=(error.hint if error else "") or "",
    )
