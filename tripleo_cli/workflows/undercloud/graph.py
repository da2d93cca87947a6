"""Doing tasks side by side, each as soon as what it needs is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from tripleo_cli.domain.events import Began, Failed, Finished, Reporter, Skipped
from tripleo_cli.domain.undercloud.journal import Inputs, inputs_of, reason_to_run
from tripleo_cli.domain.undercloud.tasks import TASKS, Task, in_order, ready
from tripleo_cli.domain.undercloud.timing import Timing
from tripleo_cli.errors import TripleoError
from tripleo_cli.workflows.ports import Clock
from tripleo_cli.workflows.undercloud.journal import Journal
from tripleo_cli.workflows.undercloud.site import Attempt, Steps

WORKERS = 10
"""More than there are cores: a task that waits for a service needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything that doing the tasks takes; ``interrupt`` ends what may be ended."""

    steps: Steps
    journal: Journal
    hashes: Inputs
    clock: Clock
    report: Reporter
    interrupt: Callable[[], None]
    tasks: Sequence[Task] = TASKS


class TaskFailedError(TripleoError):
    """A task failed; ``task`` is the one."""

    def __init__(self, task: Task, cause: TripleoError) -> None:
        super().__init__(str(cause), hint=cause.hint)
        self.task = task


def do_all(work: Work) -> Sequence[Timing]:
    """Do every task that has to be done.

    Raises:
        TaskFailedError: One failed. Those that ran beside it came to their ends.
        KeyboardInterrupt: The operator asked for the end; likewise.
    """
    began = work.clock.now()
    done: dict[str, Timing] = {}
    begun: dict[Future[Timing], Task] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            while len(done) < len(work.tasks):
                names = {task.name for task in begun.values()} | done.keys()
                for task in ready(work.tasks, done, names):
                    begun[pool.submit(_do, work, task, began)] = task
                _collect(begun, done)
        except KeyboardInterrupt:
            work.interrupt()
            raise
        finally:
            # What runs comes to its end, so that the next run need not repeat it.
            pool.shutdown(cancel_futures=True)
    return tuple(done.values())


def reasons(work: Work) -> Mapping[str, str]:
    """Say which tasks would run and why, in order; changes nothing."""
    found: dict[str, str] = {}
    entries = work.journal.entries
    for task in in_order(work.tasks):
        inputs = inputs_of(task, work.hashes, entries)
        reason = reason_to_run(task, inputs, entries.get(task.name))
        renewing = [name for name in task.renewed_by if name in found]
        if renewing and not reason:
            reason = f"follows: {', '.join(renewing)}"
        if not reason and not work.steps[task.name].is_intact():
            reason = "is not as it was left"
        if reason:
            found[task.name] = reason
    return found


def _collect(begun: dict[Future[Timing], Task], done: dict[str, Timing]) -> None:
    """Wait until something ends; move it from begun to done."""
    ended, _ = wait(begun, return_when=FIRST_COMPLETED)
    for future in ended:
        task = begun.pop(future)
        try:
            done[task.name] = future.result()
        except TripleoError as error:
            raise TaskFailedError(task, error) from error


def _do(work: Work, task: Task, began: float) -> Timing:
    start = work.clock.now() - began
    outcome = _do_if_needed(work, task)
    seconds = work.clock.now() - began - start
    return Timing(task=task.name, outcome=outcome, start=start, seconds=seconds)


def _do_if_needed(work: Work, task: Task) -> str:
    step = work.steps[task.name]
    entries = work.journal.entries
    before = entries.get(task.name)
    inputs = inputs_of(task, work.hashes, entries)
    reason = reason_to_run(task, inputs, before)
    if not reason and step.is_intact():
        work.report(Skipped(task.title))
        return ""
    work.report(Began(task.title))
    if not task.always:
        work.journal.begin(task.name, inputs)
    try:
        outcome = step.run(Attempt(before=before, is_repair=not reason))
    except TripleoError as error:
        work.report(Failed(task.title, "", str(error)))
        raise
    if not task.always:
        work.journal.finish(task.name)
    work.report(Finished(task.title, text=outcome))
    return outcome
