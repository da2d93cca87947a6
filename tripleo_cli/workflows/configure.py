"""Configure the nodes of an overcloud in steps, with checks between them.

Nodes work in parallel; nobody begins a step before all have the one before behind
them. What is done is on the nodes, so that any run goes on where the last one ended,
however it ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tripleo_cli.domain.events import Began, Noted, Progressed, Skipped
from tripleo_cli.domain.overcloud.ledger import Ledger
from tripleo_cli.domain.overcloud.outcome import StepOutcome
from tripleo_cli.domain.overcloud.service import STEPS
from tripleo_cli.domain.overcloud.step_report import (
    StepTime,
    prepare_failure,
    previews,
    step_failure,
    summary,
)
from tripleo_cli.domain.overcloud.steps import Member, due, percent, why
from tripleo_cli.errors import InterruptedRunError
from tripleo_cli.workflows.barrier import Barrier
from tripleo_cli.workflows.concurrency import StoppedError
from tripleo_cli.workflows.offer import ensure_offer
from tripleo_cli.workflows.overcloud import Configuring
from tripleo_cli.workflows.progress import Progress, targets_of
from tripleo_cli.workflows.reach import await_nodes, prepare_nodes, records_of
from tripleo_cli.workflows.run import Run

TASK = "configure"


def configure(run: Run, wish: Configuring) -> Ledger:
    """Bring all nodes to what their bundles say; where they are so, change nothing.

    Returns:
        How each step stands on each node.

    Raises:
        InvalidInputError: A node or step that was named does not exist.
        StepFailedError: A step, or a check, failed; nothing after it was begun.
        PartialFailureError: All is done but for nodes that may fail; names them.
        InterruptedRunError: Ctrl-C; the next run goes on from here.
    """
    with _telling_how_to_go_on(wish.overcloud.name):
        return _Engine(Progress(run, wish)).run()


class _Engine:
    """One run over the steps."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._run, self._wish = progress.run, progress.wish
        self._choice = progress.choice
        self._barrier = Barrier(progress)

    def run(self) -> Ledger:
        began = self._run.clock.now()
        self._make_ready()
        ready = self._run.clock.now() - began
        for step in self._choice.steps:
            done = percent(step - 1, len(STEPS))
            text = f"step {step} of {len(STEPS)}, {done} %"
            self._run.report(Progressed(TASK, "", text))
            if self._choice.is_check:
                self._preview(step)
            else:
                self._step(step)
        self._barrier.prove()
        self._offer()
        for line in summary(self._progress.times, ready):
            self._run.report(Noted(line))
        self._progress.end(TASK)
        return self._progress.ledger

    def _offer(self) -> None:
        """Give users what was asked for; who leaves something out leaves that, too."""
        overcloud = self._wish.overcloud
        if overcloud.offer and self._choice.is_whole:
            use = self._wish.tools.use(overcloud.access)
            ensure_offer(use, overcloud.offer, self._run.report)

    def _make_ready(self) -> None:
        """Come in, send nodes what they need, and learn what they have done."""
        progress = self._progress
        late = await_nodes(self._run, self._wish, targets_of(progress.alive))
        progress.drop(0, late)
        made = prepare_nodes(self._run, self._wish, targets_of(progress.alive))
        unfit = {name: one for name, one in made.items() if not one.is_ready}
        texts = {name: prepare_failure(name, one) for name, one in unfit.items()}
        progress.drop(0, texts)
        # After that: only a node that has the program can answer.
        targets = targets_of(progress.alive)
        progress.learn(records_of(self._wish, targets, made))

    def _step(self, step: int) -> None:
        members = [m for m in self._progress.alive if step in m.hashes]
        todo = due(members, step, self._choice)
        if todo:
            self._barrier.prove()
            # Nodes may have been left behind by that.
            alive = self._progress.alive
            self._work(step, members, [one for one in todo if one in alive])
            return
        if members:
            text = f"{len(members)} nodes have done it"
            self._run.report(Skipped(f"step {step}", "", text))
        if self._barrier.is_known(step):
            self._barrier.postpone(step)
        else:
            self._pass(step, {}, 0.0)

    def _work(
        self, step: int, members: Sequence[Member], todo: Sequence[Member]
    ) -> None:
        task = f"step {step}"
        self._run.report(Began(task, len(members)))
        for member in members:
            if member in todo:
                self._tell_why(member, step)
            else:
                self._run.report(Skipped(task, member.hostname, "done before"))
        began = self._run.clock.now()
        outcomes = self._progress.apply(step, todo, force=self._choice.force)
        self._pass(step, outcomes, self._run.clock.now() - began)

    def _pass(
        self, step: int, outcomes: Mapping[str, StepOutcome], applying: float
    ) -> None:
        """Do what has to be done before the next step."""
        applied = self._run.clock.now()
        is_told = self._barrier.register(step)
        registered = self._run.clock.now()
        self._barrier.prove(step)
        time = StepTime(
            step=step,
            applying=applying,
            registering=(registered - applied) if is_told else 0.0,
            checking=self._run.clock.now() - registered,
            outcomes=outcomes,
        )
        self._progress.times.append(time)

    def _tell_why(self, member: Member, step: int) -> None:
        changed = self._progress.changed.get(member.hostname, ())
        reason = why(member, step, changed, self._choice)
        self._run.report(Progressed(f"step {step}", member.hostname, reason))
        if member.has_begun(step):
            self._run.report(Noted(f"step {step} of {member.hostname}: {reason}"))

    def _preview(self, step: int) -> None:
        members = due(self._progress.alive, step, self._choice)
        targets = targets_of(members)
        outcomes = self._wish.tools.nodes.apply(targets, step, check=True)
        for text in previews(outcomes):
            self._run.report(Noted(text))
        self._progress.failed |= {
            name: step_failure(name, outcome)
            for name, outcome in outcomes.items()
            if outcome.failures or outcome.reason
        }


@contextmanager
def _telling_how_to_go_on(name: str) -> Iterator[None]:
    """Answer Ctrl-C while nodes are being configured.

    Raises:
        InterruptedRunError: Ctrl-C.
    """
    try:
        yield
    except (KeyboardInterrupt, StoppedError, InterruptedRunError) as stop:
        raise InterruptedRunError(
            f'interrupted while configuring stack "{name}"; a step that has begun on '
            "a node goes on there.\n"
            f"  See how far it is:  openstack overcloud steps --stack {name}\n"
            "  Or run the same command again: it goes on from the first unfinished "
            "step."
        ) from (stop if isinstance(stop, InterruptedRunError) else None)
