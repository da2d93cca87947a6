"""What a node needs next on its way to a wanted state.

Pure: a function of what is wanted, the state seen last, and what was already asked
for. Source: https://docs.openstack.org/ironic/latest/user/states.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tripleo_cli.domain.cleaning import CleanStep
from tripleo_cli.domain.introspection import failed_phase
from tripleo_cli.domain.node import Node, NodeState, ProvisionState, Verb

S = ProvisionState

IN_USE = frozenset(
    {
        *(S.DEPLOYING, S.DEPLOY_WAIT, S.DEPLOY_HOLD, S.DEPLOY_DONE, S.ACTIVE),
        *(S.DELETING, S.DELETED, S.REBUILD, S.RESCUE, S.RESCUING, S.RESCUE_WAIT),
        *(S.UNRESCUING, S.SERVICING, S.SERVICE_WAIT, S.SERVICE_HOLD),
        *(S.RESCUE_FAILED, S.UNRESCUE_FAILED, S.SERVICE_FAILED),
    }
)
"""States of a node that serves, or is about to serve, somebody."""

RECOVERABLE = frozenset({S.INSPECT_FAILED, S.CLEAN_FAILED, S.ADOPT_FAILED})
"""Failures that Ironic takes a node back from at once."""

BMC_REMEDY = (
    "check its BMC's address and credentials in the nodes file, and import again"
)
"""What to do about a machine that Ironic cannot reach."""

ABORTABLE = frozenset(
    {
        *(S.INSPECT_WAIT, S.CLEAN_WAIT, S.CLEAN_HOLD, S.DEPLOY_WAIT, S.DEPLOY_HOLD),
        *(S.RESCUE_WAIT, S.SERVICE_WAIT, S.SERVICE_HOLD, S.SERVICE_FAILED),
    }
)
"""States in which Ironic takes an abort; from any other at work it gets there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Where nodes are to get: manageable at least, inspected, cleaned, available.

    A node that is only to be manageable may be available; that is more. With
    ``abort``, a node is to be at rest, wherever that is.
    """

    inspect: bool = False
    clean: tuple[CleanStep, ...] = ()
    """The steps of a manual cleaning, none for no cleaning."""
    provide: bool = False
    max_retries: int = 1
    """How often a failed inspection is tried again."""
    abort: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What was done for a node so far."""

    asked: Verb | None = None
    """The last verb."""
    inspected: bool = False
    joined: bool = False
    """Whether the inspection is one that another run began."""
    cleaned: bool = False
    retries: int = 0
    """How many inspections failed."""
    powered_off: bool = False
    """Whether power off was asked for."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask Ironic for a transition."""

    verb: Verb


@dataclass(frozen=True, slots=True)
class Clean:
    """Begin a manual cleaning."""

    steps: tuple[CleanStep, ...]


@dataclass(frozen=True, slots=True)
class PowerOff:
    """Have the node powered off."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Ironic is at work; the state says on what."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """The node is where it was to get."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """The node cannot get there; ``remedy`` may hold ``{node}`` for its name."""

    why: str
    remedy: str = ""


Step = Ask | Clean | PowerOff | Wait | Arrived | Stuck


def next_step(goal: Goal, state: NodeState, journey: Journey) -> tuple[Step, Journey]:
    """Decide what to do, and the journey once that is done."""
    if goal.abort:
        return _towards_rest(state, journey)
    refusal = _refusal(state, journey)
    if refusal:
        return refusal, journey
    if not state.provision.is_stable or state.reserved_by:
        return Wait(), _joined(state, journey)
    onward = _ONWARD.get(state.provision, _from_failure)
    return onward(goal, state, journey)


def _joined(state: NodeState, journey: Journey) -> Journey:
    """Take an inspection that another run began for our own."""
    if is_inspecting(state) and journey.asked in (None, Verb.MANAGE):
        return replace(journey, asked=Verb.INSPECT, joined=True)
    return journey


def _towards_rest(state: NodeState, journey: Journey) -> tuple[Step, Journey]:
    if state.provision in ABORTABLE:
        # A step that cannot be aborted ends first; Ironic remembers the abort.
        is_asked = journey.asked is Verb.ABORT
        return (Wait(), journey) if is_asked else _ask(Verb.ABORT, journey)
    is_at_rest = state.provision.is_stable and not state.reserved_by
    return (Arrived() if is_at_rest else Wait()), journey


def overdue(goal: Goal, state: NodeState, seconds: float) -> Stuck:
    """Say of a node that it took too long, and what can be done about it."""
    why = f"is still in state {state.provision.value} after {seconds:g} s"
    if state.provision in ABORTABLE and not goal.abort:
        return Stuck(why, "openstack overcloud node abort {node}")
    if goal.abort or not state.provision.is_stable:
        # At its start, Ironic takes back what nobody works on any more.
        return Stuck(why, "a longer --node-timeout, or openstack undercloud restart")
    return Stuck(why, "openstack baremetal node show {node}")


def is_inspecting(state: NodeState) -> bool:
    """Tell whether an inspection is under way, whoever began it."""
    return state.provision in (S.INSPECTING, S.INSPECT_WAIT)


def unusable(node: Node) -> Stuck | None:
    """Say why a node may not be touched: it is in use, or under maintenance."""
    if node.instance_id:
        return Stuck(
            f"is in use by server {node.instance_id}",
            "openstack overcloud node remove {node} takes it out of its stack",
        )
    return _refusal(node.state, Journey())


def _refusal(state: NodeState, journey: Journey) -> Stuck | None:
    if state.maintenance:
        # Ironic itself puts a node whose cleaning failed under maintenance.
        reason = state.maintenance_reason or state.last_error or "no reason is given"
        happened = f"{state.provision.value}, " if journey.asked else ""
        return Stuck(
            f"is {happened}under maintenance: {reason}",
            "put that right, then openstack overcloud node maintenance unset {node}",
        )
    if state.provision in IN_USE:
        return Stuck(
            f"is in use ({state.provision.value})",
            "openstack overcloud node remove {node} takes it out of its stack",
        )
    return None


def _ask(verb: Verb, journey: Journey) -> tuple[Step, Journey]:
    return Ask(verb), replace(journey, asked=verb)


def _from_enroll(
    _goal: Goal, state: NodeState, journey: Journey
) -> tuple[Step, Journey]:
    if journey.asked is not Verb.MANAGE:
        return _ask(Verb.MANAGE, journey)
    return Stuck(_cause("Ironic cannot manage it", state), BMC_REMEDY), journey


def _from_manageable(
    goal: Goal, state: NodeState, journey: Journey
) -> tuple[Step, Journey]:
    if goal.inspect and not journey.inspected:
        if journey.asked is not Verb.INSPECT:
            return _ask(Verb.INSPECT, replace(journey, joined=False))
        if state.last_error:
            # Another run took the node back after the inspection had failed.
            return _inspect_again(goal, Verb.INSPECT, state, journey)
        journey = replace(journey, inspected=True)
    if goal.clean and not journey.cleaned:
        if journey.asked is not Verb.CLEAN:
            return Clean(goal.clean), replace(journey, asked=Verb.CLEAN)
        journey = replace(journey, cleaned=True)
    return _towards_available(state, journey) if goal.provide else (Arrived(), journey)


def _towards_available(state: NodeState, journey: Journey) -> tuple[Step, Journey]:
    if state.power_on is None:
        # Nova would count a node of unknown power as taken.
        return _power_off(state, journey)
    if journey.asked is Verb.PROVIDE:
        return Stuck(_cause("was not made available", state)), journey
    return _ask(Verb.PROVIDE, replace(journey, powered_off=False))


def _from_available(
    goal: Goal, state: NodeState, journey: Journey
) -> tuple[Step, Journey]:
    if journey.asked is Verb.INSPECT:
        # Another run made it available once the inspection had ended well.
        journey = replace(journey, inspected=True)
    is_missing = goal.inspect and not journey.inspected
    if is_missing or (goal.clean and not journey.cleaned):
        return _ask(Verb.MANAGE, journey)
    if goal.provide and state.power_on is not False:
        return _power_off(state, journey)
    return Arrived(), journey


def _power_off(state: NodeState, journey: Journey) -> tuple[Step, Journey]:
    if not journey.powered_off:
        return PowerOff(), replace(journey, powered_off=True)
    if state.last_error:
        return Stuck(
            _cause("could not be powered off", state),
            "openstack baremetal node power off {node}",
        ), journey
    return Wait(), journey


def _from_failure(
    goal: Goal, state: NodeState, journey: Journey
) -> tuple[Step, Journey]:
    inspected = journey.asked in (Verb.INSPECT, Verb.ABORT)
    if state.provision is S.INSPECT_FAILED and inspected:
        return _inspect_again(goal, Verb.MANAGE, state, journey)
    if stuck := _dead_end(state, journey):
        return stuck, journey
    return _ask(Verb.MANAGE, journey)


def _inspect_again(
    goal: Goal, verb: Verb, state: NodeState, journey: Journey
) -> tuple[Step, Journey]:
    """Go towards another inspection, if one more may be tried."""
    if journey.retries >= goal.max_retries:
        return _inspection_failed(state, journey), journey
    return _ask(verb, replace(journey, retries=journey.retries + 1, joined=False))


def _inspection_failed(state: NodeState, journey: Journey) -> Stuck:
    if journey.asked is Verb.ABORT:
        late = "inspection gave no answer in time and was aborted"
        return Stuck(late, failed_phase(late).remedy)
    phase = failed_phase(state.last_error or "")
    what = " ".join(part for part in ("inspection failed", phase.name) if part)
    return Stuck(_cause(what, state), phase.remedy)


_CLEANING: Mapping[Verb | None, str] = {
    Verb.PROVIDE: "openstack overcloud node provide {node}",
    Verb.CLEAN: "openstack baremetal node history list {node}",
}


def _dead_end(state: NodeState, journey: Journey) -> Stuck | None:
    failed = state.provision
    if failed not in RECOVERABLE:
        undeploy = "openstack baremetal node undeploy {node}"
        return Stuck(_cause(f"is in state {failed.value}", state), undeploy)
    if failed is S.CLEAN_FAILED and journey.asked in _CLEANING:
        return Stuck(_cause("cleaning failed", state), _CLEANING[journey.asked])
    if journey.asked is Verb.MANAGE:
        return Stuck(_cause(f"is still in state {failed.value}", state))
    return None


_Onward = Callable[[Goal, NodeState, Journey], tuple[Step, Journey]]
_ONWARD: Mapping[ProvisionState, _Onward] = {
    S.ENROLL: _from_enroll,
    S.MANAGEABLE: _from_manageable,
    S.AVAILABLE: _from_available,
}


def _cause(what: str, state: NodeState) -> str:
    return f"{what}: {leaf_cause(state.last_error or 'Ironic gives no reason')}"


_ASYNC = re.compile(r"^Async execution of \w+ failed with error: ")
"""What Ironic puts before the cause where a thread of its own failed."""


def leaf_cause(last_error: str) -> str:
    """Give the innermost of the reasons that Ironic wraps into each other."""
    text = _ASYNC.sub("", " ".join(last_error.split()))
    _, _, innermost = text.rpartition("Reason: ")
    return innermost if text.count("Reason: ") > 1 else text
