"""Follow what Heat does, for whoever watches, until it is at rest."""

from __future__ import annotations

from collections.abc import Sequence

from tripleo_cli.domain.events import (
    Began,
    Failed,
    Finished,
    Noted,
    Progressed,
    Skipped,
)
from tripleo_cli.domain.plan import PlannedNode
from tripleo_cli.domain.stack import Stack, StackEvent
from tripleo_cli.errors import StackFailedError, UnreachableError
from tripleo_cli.workflows.run import Run

POLL_SECONDS = 2.0
GRACE_SECONDS = 30.0
PATIENCE_SECONDS = 60.0
"""How long a service may give no answer: longer than its restart takes."""
CREATE = "CREATE"
DELETE = "DELETE"


class Watch:
    """Turns Heat's events into progress: a task per role, a subject per node.

    ``goal`` is what shall happen to each of ``nodes``: CREATE or DELETE. Heat tries
    to create a failed server again, so only the end of the stack says what failed.
    """

    def __init__(self, run: Run, nodes: Sequence[PlannedNode], goal: str) -> None:
        self._run = run
        self._goal = goal
        self._nodes = {node.hostname: node for node in nodes}
        self._at_work: set[str] = set()
        self._open = dict.fromkeys(self._nodes, "Heat did not begin with it")
        self._texts: dict[str, str] = {}

    def begin(self) -> None:
        """Announce a task for each role."""
        roles = [node.role for node in self._nodes.values()]
        for role in dict.fromkeys(roles):
            self._run.report(Began(self._task(role), roles.count(role)))

    def note(self, events: Sequence[StackEvent]) -> None:
        """Take note of what Heat recorded."""
        for event in events:
            node = self._nodes.get(event.path.rpartition(".")[2])
            if node and node.hostname in self._open:
                self._note(node, event)

    def look(self) -> None:
        """Say what the machines that are being worked on do."""
        if not self._at_work:
            return
        states = self._run.cloud.baremetal.states()
        for name in sorted(self._at_work):
            state = states.get(self._nodes[name].node_id)
            if state is None:
                continue
            text = state.provision.value
            if state.provision.is_failure and state.last_error:
                text = f"{text}: {state.last_error}"
            self._progress(self._nodes[name], text)

    def end(self, *, is_good: bool) -> None:
        """Close what is still open when the stack is at rest.

        Where all is good, Heat found nothing to do for a node, because an earlier
        run had begun with it, or the last events went with the stack.
        """
        event = Finished if self._goal == DELETE else Skipped
        for name, reason in self._open.items():
            node = self._nodes[name]
            if is_good:
                self._run.report(event(self._task(node.role), name, _place(node)))
            else:
                self._run.report(Failed(self._task(node.role), name, reason))

    def _note(self, node: PlannedNode, event: StackEvent) -> None:
        name, status = node.hostname, event.status
        if status.in_progress:
            self._at_work.add(name)
            self._open[name] = "not finished"
        elif status.failed:
            self._at_work.discard(name)
            self._open[name] = event.reason or str(status)
            self._progress(node, f"failed, Heat may try again: {event.reason}")
        elif self._is_goal(status.action):
            self._at_work.discard(name)
            del self._open[name]
            self._run.report(Finished(self._task(node.role), name, _place(node)))

    def _is_goal(self, action: str) -> bool:
        return (action == DELETE) is (self._goal == DELETE)

    def _progress(self, node: PlannedNode, text: str) -> None:
        if self._texts.get(node.hostname) != text:
            self._texts[node.hostname] = text
            self._run.report(Progressed(self._task(node.role), node.hostname, text))

    def _task(self, role: str) -> str:
        return f"remove {role}" if self._goal == DELETE else role


def _place(node: PlannedNode) -> str:
    return f"node {node.node_name or node.node_id}"


def last_event(run: Run, stack: Stack) -> str | None:
    """Give the id of the newest event, to follow what comes after it."""
    events = run.cloud.stacks.events(stack.id, after=None)
    return events[-1].id if events else None


def start_of_action(run: Run, stack: Stack) -> str | None:
    """Give the id of the last event before what Heat does now."""
    events = run.cloud.stacks.events(stack.id, after=None)
    starts = [
        index
        for index, event in enumerate(events)
        if not event.path and event.status.in_progress
    ]
    return events[starts[-1] - 1].id if starts and starts[-1] else None


def follow(
    run: Run, stack: Stack, watch: Watch, *, after: str | None, minutes: float
) -> Stack | None:
    """Wait until a stack is at rest; gives it, or ``None`` where it is gone.

    A service that is restarted meanwhile is waited for.

    Args:
        run: What to work with.
        stack: The stack, as it was found.
        watch: Told of all events.
        after: The event to begin after.
        minutes: How long to wait at most.

    Raises:
        StackFailedError: It took too long; Heat may still be at work.
        UnreachableError: A service did not answer for PATIENCE_SECONDS.
    """
    began = run.clock.now()
    look = _Look(run, stack, watch, after)
    while True:
        found, is_known = look.again()
        waited = run.clock.now() - began
        if is_known and found is None:
            return None
        # Heat answers before it begins: what was at rest before must not count.
        is_settled = look.is_announced or waited > GRACE_SECONDS
        if found and is_settled and not found.status.in_progress:
            return found
        if waited >= minutes * 60:
            raise StackFailedError(
                f'stack "{stack.name}" is still {(found or stack).status} after '
                f"{minutes:g} minutes; Heat goes on with it",
                hint=f"openstack overcloud status --watch --stack {stack.name}",
            )
        run.clock.sleep(POLL_SECONDS)


class _Look:
    """What is known of a stack from one look to the next."""

    def __init__(self, run: Run, stack: Stack, watch: Watch, after: str | None) -> None:
        self._run = run
        self._stack = stack
        self._watch = watch
        self._after = after
        self._silent_since: float | None = None
        self.is_announced = False

    def again(self) -> tuple[Stack | None, bool]:
        """Look at the stack, and whether there was an answer.

        Raises:
            UnreachableError: There was none for too long.
        """
        try:
            found = self._look()
        except UnreachableError as error:
            self._bear(error)
            return None, False
        self._silent_since = None
        return found, True

    def _look(self) -> Stack | None:
        stacks = self._run.cloud.stacks
        found = stacks.find(self._stack.name)
        if found is None or found.id != self._stack.id:
            return None
        events = stacks.events(self._stack.id, after=self._after)
        self._after = events[-1].id if events else self._after
        self._watch.note(events)
        if any(not event.path for event in events):
            self.is_announced = True
        if found.status.in_progress:
            self._watch.look()
        return found

    def _bear(self, error: UnreachableError) -> None:
        now = self._run.clock.now()
        if self._silent_since is None:
            self._silent_since = now
            self._run.report(Noted(f"{error}; waiting for it"))
        if now - self._silent_since > PATIENCE_SECONDS:
            raise error
