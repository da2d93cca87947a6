"""Give Heat a plan and see it through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tripleo_cli.domain.events import Noted
from tripleo_cli.domain.plan import Plan, PlannedNode
from tripleo_cli.domain.stack import Stack, StackFiles
from tripleo_cli.errors import (
    BusyError,
    ConflictError,
    InterruptedRunError,
    ServiceError,
)
from tripleo_cli.rendering.heat import render_stack
from tripleo_cli.workflows.failures import failed
from tripleo_cli.workflows.follow import (
    CREATE,
    DELETE,
    POLL_SECONDS,
    Watch,
    follow,
    last_event,
    start_of_action,
)
from tripleo_cli.workflows.observe import Observed, observe, same_files
from tripleo_cli.workflows.run import Run
from tripleo_cli.workflows.saved import read_sent, save

BUILD_MINUTES = 30.0
"""How long a server left over from an earlier run may take to settle in Nova."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A plan to bring about, and which nodes it sets to work.

    ``before`` is what there was, ``goal`` what happens to ``moving``: CREATE or
    DELETE.
    """

    plan: Plan
    before: Observed | None
    moving: Sequence[PlannedNode]
    goal: str = CREATE


def apply_change(
    run: Run, change: Change, templates: Mapping[str, str], minutes: int
) -> None:
    """Create or update a stack, and follow it until it is at rest.

    Raises:
        StackFailedError: It failed, with the leaf causes; or it took too long.
        InterruptedRunError: Ctrl-C; Heat goes on.
    """
    files = render_stack(change.plan, templates)
    if change.before is not None:
        check_updatable(change.before.stack)
        _await_builds(run, change.before)
    run.cloud.stacks.validate(files)
    save(run.workdir, change.plan, files)
    with telling_how_to_go_on(change.plan.stack):
        stack, after = _start(run, change, files, minutes)
        watch = Watch(run, change.moving, change.goal)
        watch_to_end(run, stack, watch, after=after, minutes=minutes)


def watch_to_end(
    run: Run, stack: Stack, watch: Watch, *, after: str | None, minutes: float
) -> None:
    """Follow a stack to its end, good or bad.

    Raises:
        StackFailedError: It failed or took too long.
        InterruptedRunError: Ctrl-C.
    """
    with telling_how_to_go_on(stack.name):
        watch.begin()
        settled = follow(run, stack, watch, after=after, minutes=minutes)
    is_failed = settled is not None and settled.status.failed
    watch.end(is_good=not is_failed)
    if settled is not None and is_failed:
        raise failed(run.cloud, settled)


def settle_earlier(run: Run, name: str, minutes: float) -> None:
    """Follow to its end what an earlier run from here began and did not see through.

    Raises:
        BusyError: What Heat does now was begun by somebody else.
    """
    stack = run.cloud.stacks.find(name)
    if stack is None or not stack.status.in_progress:
        return
    sent = read_sent(run.workdir)
    files = run.cloud.stacks.files(name)
    if stack.status.action == DELETE or not sent or not same_files(sent, files):
        raise busy(stack)
    run.report(Noted(f"An earlier run's {stack.status} goes on in Heat; following it."))
    after = start_of_action(run, stack)
    watch = Watch(run, _unplaced(run, name), CREATE)
    with telling_how_to_go_on(name):
        watch.begin()
        settled = follow(run, stack, watch, after=after, minutes=minutes)
    # How it ended does not matter: what comes now puts it right.
    watch.end(is_good=settled is None or not settled.status.failed)


def _unplaced(run: Run, name: str) -> Sequence[PlannedNode]:
    observed = observe(run.cloud, name)
    return observed.unplaced(observed.plan) if observed else ()


def check_updatable(stack: Stack) -> None:
    """Refuse what Heat would refuse, with a way out.

    Raises:
        BusyError: The stack is in progress.
        ConflictError: Its deletion failed: it can only be deleted again.
    """
    if stack.status.in_progress:
        raise busy(stack)
    if stack.status.action == DELETE:
        raise ConflictError(
            f'stack "{stack.name}" is {stack.status}: {stack.reason}',
            hint=f"openstack overcloud delete --yes {stack.name}",
        )


def busy(stack: Stack) -> BusyError:
    """Say what goes on, how to watch it and how to end it."""
    since = stack.updated or stack.created
    end = (
        "it can't be stopped"
        if stack.status.action == DELETE
        else f"`openstack stack cancel {stack.name}` stops it"
    )
    return BusyError(
        f'stack "{stack.name}" is {stack.status} since {since}, begun by somebody '
        f"else or from another directory; {end}",
        hint=f"openstack overcloud status --watch --stack {stack.name}",
    )


@contextmanager
def telling_how_to_go_on(name: str) -> Iterator[None]:
    """Answer Ctrl-C while Heat is at work on a stack.

    Raises:
        InterruptedRunError: Ctrl-C; Heat goes on.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedRunError(
            f'interrupted; Heat goes on with stack "{name}".\n'
            f"  Watch it:  openstack overcloud status --watch --stack {name}\n"
            f"  Stop it:   openstack stack cancel {name}\n"
            "  Or run the same command again: it follows the stack to its end."
        ) from None


def _start(
    run: Run, change: Change, files: StackFiles, minutes: int
) -> tuple[Stack, str | None]:
    """Begin; gives the stack, and the event to follow it from."""
    name = change.plan.stack
    if change.before is not None:
        after = last_event(run, change.before.stack)
        run.cloud.stacks.update(name, files, minutes)
        return change.before.stack, after
    run.cloud.stacks.create(name, files, minutes)
    stack = run.cloud.stacks.find(name)
    if stack is None:
        raise ServiceError(f'Heat took stack "{name}", and has none of that name now')
    return stack, None


def _await_builds(run: Run, observed: Observed) -> None:
    """Wait for servers that Nova still builds, although Heat gave them up.

    A stack that fails cancels its other servers in Heat only: they come up later,
    and are taken as they are by the next update.
    """
    ours = {server.id for server in observed.servers.values()}
    deadline = run.clock.now() + BUILD_MINUTES * 60
    while run.clock.now() < deadline:
        building = [
            server.name
            for server in run.cloud.compute.servers()
            if server.id in ours and server.status == "BUILD"
        ]
        if not building:
            return
        names = ", ".join(building)
        run.report(Noted(f"Waiting for servers that Nova is still building: {names}"))
        run.clock.sleep(POLL_SECONDS * 5)
