"""Bring many nodes to a wanted state, watching all of them with one call per poll."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tripleo_cli.domain.events import (
    Began,
    Failed,
    Finished,
    Noted,
    Progressed,
    Reporter,
    Skipped,
)
from tripleo_cli.domain.node import Node, NodeId, NodeState, ProvisionState, Verb, label
from tripleo_cli.domain.transition import (
    Arrived,
    Ask,
    Clean,
    Goal,
    Journey,
    PowerOff,
    Step,
    Stuck,
    Wait,
    leaf_cause,
    next_step,
    overdue,
    unusable,
)
from tripleo_cli.errors import (
    ConflictError,
    PartialFailureError,
    ServiceError,
    TripleoError,
)
from tripleo_cli.workflows.concurrency import DEFAULT_CONCURRENCY, StoppedError, each
from tripleo_cli.workflows.ports import Baremetal, Clock, NodeSetup

_Act = Ask | Clean | PowerOff
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 5.0
"""Seconds between two polls: the pause grows while nothing moves."""
POLLS_THAT_MAY_FAIL = 5
"""In a row; an Ironic that restarts is back by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many nodes are under way at a time, and for how many seconds each."""

    concurrency: int = DEFAULT_CONCURRENCY
    node_timeout: float = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOutcome:
    """How it went for one node.

    ``result`` is a word for the summary; ``error`` is empty where it went well;
    ``seconds`` is how long it was under way.
    """

    id: NodeId | None
    name: str
    result: str
    state: ProvisionState | None = None
    error: str = ""
    remedy: str = ""
    seconds: float = 0


@dataclass(slots=True)
class _Trip:
    """One node under way; ``deadline`` is a time of the clock."""

    node: Node
    goal: Goal
    began: float
    deadline: float
    journey: Journey = field(default_factory=Journey)
    state: ProvisionState | None = None
    failed: str = ""
    """Why the try before this one failed."""
    before: Journey = field(default_factory=Journey)
    """Where it stood when its last step was decided."""
    refused: bool = False
    """Whether Ironic refused a step in the state seen last."""

    @property
    def name(self) -> str:
        return label(self.node)


@dataclass(frozen=True, slots=True)
class Travel:
    """What a journey of nodes needs: Ironic, time, limits, and somebody to tell.

    ``setup`` is for journeys on which nodes are cleaned.
    """

    baremetal: Baremetal
    clock: Clock
    limits: Limits
    report: Reporter
    setup: NodeSetup | None = None

    def go(
        self, task: str, nodes: Iterable[tuple[Node, Goal]]
    ) -> Sequence[NodeOutcome]:
        """Bring each node to its goal; ``task`` is what to call that in reports.

        Returns:
            One outcome per node, in the order of the nodes.

        Raises:
            PartialFailureError: Ctrl-C; it says what is left.
            ServiceError: Ironic stopped answering.
        """
        run = _Run(self, task, list(nodes))
        try:
            return run.to_the_end()
        except (KeyboardInterrupt, StoppedError):
            raise run.stopped() from None
        except ServiceError as error:
            raise ServiceError(f"{error}\n{run.left()}", hint=error.hint) from error


class _Run:
    """The state of one journey of many nodes."""

    def __init__(
        self, travel: Travel, task: str, nodes: Sequence[tuple[Node, Goal]]
    ) -> None:
        self._travel = travel
        self._task = task
        self._total = len(nodes)
        self._waiting = deque(nodes)
        self._order = [node.id for node, _ in nodes]
        self._trips: dict[NodeId, _Trip] = {}
        self._outcomes: list[NodeOutcome] = []
        self._failed_polls = 0
        self._has_polled = False

    def to_the_end(self) -> Sequence[NodeOutcome]:
        if self._total:
            self._travel.report(Began(self._task, self._total))
        clock, pause = self._travel.clock, FIRST_PAUSE
        while self._waiting or self._trips:
            polled_at = clock.now()
            states = self._poll()
            has_moved = states is not None and self._advance(states)
            pause = FIRST_PAUSE if has_moved else min(pause * 1.5, LONGEST_PAUSE)
            if self._trips or states is None:
                clock.sleep(max(0.0, pause - (clock.now() - polled_at)))
        ended = {outcome.id: outcome for outcome in self._outcomes}
        return tuple(ended[node] for node in self._order)

    def left(self) -> str:
        return (
            f"{len(self._outcomes)} of {self._total} nodes had ended, "
            f"{len(self._trips)} were under way and go on in Ironic, "
            f"{len(self._waiting)} were not begun"
        )

    def stopped(self) -> PartialFailureError:
        names = ", ".join(sorted(trip.name for trip in self._trips.values()))
        under_way = f"\n  under way: {names}" if names else ""
        return PartialFailureError(
            f"stopped by Ctrl-C: {self.left()}{under_way}",
            hint="run the same command again to complete it, or watch: "
            "openstack overcloud node list",
        )

    def _poll(self) -> Mapping[NodeId, NodeState] | None:
        try:
            states = self._travel.baremetal.states()
        except ServiceError as error:
            self._failed_polls += 1
            if not self._has_polled or self._failed_polls >= POLLS_THAT_MAY_FAIL:
                raise
            self._travel.report(Noted(f"trying again: {error}"))
            return None
        self._has_polled, self._failed_polls = True, 0
        return states

    def _advance(self, states: Mapping[NodeId, NodeState]) -> bool:
        """Decide for every node under way, fill free places, and act.

        Returns:
            Whether anything moved since the last poll.
        """
        before = {trip.node.id: trip.state for trip in self._trips.values()}
        steps = [self._decide(trip, states) for trip in list(self._trips.values())]
        while self._waiting and len(self._trips) < self._travel.limits.concurrency:
            steps.append(self._decide(self._begin(*self._waiting.popleft()), states))
        self._act([step for step in steps if step])
        return before != {trip.node.id: trip.state for trip in self._trips.values()}

    def _begin(self, node: Node, goal: Goal) -> _Trip:
        now = self._travel.clock.now()
        deadline = now + self._travel.limits.node_timeout
        trip = self._trips[node.id] = _Trip(
            node=node, goal=goal, began=now, deadline=deadline
        )
        return trip

    def _decide(
        self, trip: _Trip, states: Mapping[NodeId, NodeState]
    ) -> tuple[_Trip, _Act] | None:
        state = states.get(trip.node.id)
        if state is None:
            self._fail(trip, Stuck("is gone from Ironic"))
            return None
        step, journey = self._next(trip, state)
        is_news = trip.state is not state.provision and trip.journey != Journey()
        if is_news and not isinstance(step, (Arrived, Stuck)):
            self._report_state(trip, state)
        if trip.state is not state.provision:
            trip.refused = False
        trip.state = state.provision
        if journey.retries > trip.journey.retries:
            self._retry(trip, state)
        trip.before, trip.journey = trip.journey, journey
        return self._take(trip, step)

    def _next(self, trip: _Trip, state: NodeState) -> tuple[Step, Journey]:
        is_first = trip.journey == Journey() and not trip.goal.abort
        if is_first and (refused := unusable(trip.node)):
            return refused, trip.journey
        step, journey = next_step(trip.goal, state, trip.journey)
        is_late = self._travel.clock.now() >= trip.deadline
        if not (is_late and isinstance(step, Wait)):
            return step, journey
        return self._give_up(trip, state)

    def _give_up(self, trip: _Trip, state: NodeState) -> tuple[Step, Journey]:
        """End what took too long: an inspection can be aborted and tried again."""
        if (
            state.provision is ProvisionState.INSPECT_WAIT
            and trip.journey.asked is not Verb.ABORT
        ):
            trip.deadline += self._travel.limits.node_timeout
            return Ask(Verb.ABORT), replace(trip.journey, asked=Verb.ABORT)
        seconds = self._travel.limits.node_timeout
        return overdue(trip.goal, state, seconds), trip.journey

    def _retry(self, trip: _Trip, state: NodeState) -> None:
        trip.deadline = self._travel.clock.now() + self._travel.limits.node_timeout
        reason = leaf_cause(state.last_error or "no reason given")
        trip.failed = reason
        text = f"inspection failed, trying again: {reason}"
        self._travel.report(Progressed(self._task, trip.name, text))

    def _take(self, trip: _Trip, step: Step) -> tuple[_Trip, _Act] | None:
        if isinstance(step, Ask | Clean | PowerOff):
            return trip, step
        if isinstance(step, Stuck):
            self._fail(trip, step)
        elif isinstance(step, Arrived):
            self._arrive(trip)
        return None

    def _act(self, steps: Collection[tuple[_Trip, _Act]]) -> None:
        concurrency = self._travel.limits.concurrency
        for outcome in each(steps, self._do, concurrency=concurrency):
            trip, _ = outcome.subject
            if isinstance(outcome.error, ConflictError) and not trip.refused:
                # Another run may have been faster: see first what the state is now.
                trip.refused, trip.journey = True, trip.before
            elif outcome.error:
                self._fail(trip, _as_stuck(outcome.error))

    def _do(self, task: tuple[_Trip, _Act]) -> None:
        trip, step = task
        node = trip.node.id
        match step:
            case Ask():
                self._travel.baremetal.set_provision_state(node, step.verb)
            case Clean():
                if self._travel.setup is None:
                    raise AssertionError("a journey with cleaning needs a setup port")
                self._travel.setup.clean(node, step.steps)
            case PowerOff():
                self._travel.baremetal.set_power(node, on=False)

    def _report_state(self, trip: _Trip, state: NodeState) -> None:
        text = state.provision.value
        if trip.failed:
            text += f" (try {trip.journey.retries + 1}; before: {trip.failed})"
        self._travel.report(Progressed(self._task, trip.name, text))

    def _fail(self, trip: _Trip, stuck: Stuck) -> None:
        self._travel.report(Failed(self._task, trip.name, stuck.why))
        remedy = stuck.remedy.replace("{node}", trip.name)
        self._end(trip, "failed", error=stuck.why, remedy=remedy)

    def _arrive(self, trip: _Trip) -> None:
        state = trip.state.value if trip.state else ""
        if trip.journey == Journey():
            self._travel.report(Skipped(self._task, trip.name, f"is {state}"))
            self._end(trip, "unchanged")
            return
        is_others = trip.journey.joined and trip.goal.inspect
        joined = " (was being inspected already)" if is_others else ""
        self._travel.report(Finished(self._task, trip.name, state + joined))
        self._end(trip, f"done{joined}")

    def _end(
        self, trip: _Trip, result: str, *, error: str = "", remedy: str = ""
    ) -> None:
        del self._trips[trip.node.id]
        outcome = NodeOutcome(
            id=trip.node.id,
            name=trip.name,
            result=result,
            state=trip.state,
            error=error,
            remedy=remedy,
            seconds=self._travel.clock.now() - trip.began,
        )
        self._outcomes.append(outcome)


def _as_stuck(error: TripleoError) -> Stuck:
    return Stuck(str(error), error.hint or "")


def failures(outcomes: Iterable[NodeOutcome]) -> Iterator[NodeOutcome]:
    """Pick the nodes for which it went wrong."""
    return (outcome for outcome in outcomes if outcome.error)


def raise_failures(outcomes: Sequence[NodeOutcome], doing: str) -> None:
    """End with an error where anything went wrong; ``doing`` as in "introspect".

    Raises:
        PartialFailureError: It names each failed node with the cause and remedy.
    """
    failed = list(failures(outcomes))
    if not failed:
        return
    listed = "\n".join(
        f"  {outcome.name}: {outcome.error}"
        + (f" ({outcome.remedy})" if outcome.remedy else "")
        for outcome in failed
    )
    raise PartialFailureError(
        f"could not {doing} {len(failed)} of {len(outcomes)} nodes:\n{listed}"
    )
