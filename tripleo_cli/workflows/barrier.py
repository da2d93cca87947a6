"""What lets nodes pass from one step to the next: services told of, checks passed.

A step that was done before may not hold any more: somebody stopped a service. Where
its checks fail, it is applied once more there, before anything is built on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tripleo_cli.domain.events import Noted, Progressed
from tripleo_cli.domain.overcloud.step_report import StepTime
from tripleo_cli.domain.overcloud.steps import CATALOGUE_STEP, to_repeat
from tripleo_cli.errors import StepFailedError, TripleoError
from tripleo_cli.workflows.after_step import (
    Finding,
    make_checks,
    register,
    texts_of,
    work_of,
)
from tripleo_cli.workflows.concurrency import StoppedError
from tripleo_cli.workflows.progress import Progress

IDENTITY = "keystone"
QUICK_SECONDS = 30.0
"""How long a check may take of what has passed before, and nobody has touched since.

One that would pass later costs a step that changes nothing; waiting for all their own
limits costs minutes.
"""


class Barrier:
    """The checks of one run; every node waits at it for all others."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._unproven: list[int] = []

    def is_known(self, step: int) -> bool:
        """Whether the step's checks passed before, for the work as it is now."""
        return self._progress.ledger.passed.get(step) == self._work(step)

    def postpone(self, step: int) -> None:
        """Look at a step that nobody touched when there is more to look at."""
        self._unproven.append(step)

    def register(self, step: int) -> bool:
        """Tell Keystone of the services, where this is the time for it.

        Where it does not answer, and this run has not touched it, the step is applied
        once more on its nodes.

        Raises:
            StepFailedError: It failed.
        """
        if step == CATALOGUE_STEP:
            self.prove()
        try:
            return self._register(step)
        except StepFailedError as error:
            layout = self._progress.wish.overcloud.layout
            names = {node.hostname for node in layout.members(IDENTITY)}
            _, again = to_repeat([(step, names)], self._progress.applied)
            if not again:
                raise
            reason = f"done before, but {error.__cause__}: applied once more"
            self._repeat(step, dict.fromkeys(again, reason))
            return self._register(step)

    def prove(self, *more: int) -> None:
        """See that all steps hold that were postponed, and some more.

        Raises:
            StepFailedError: A check failed of what this run has applied, or once more
                after its step was applied again.
        """
        steps = [*self._unproven, *more]
        self._unproven = []
        if not steps:
            return
        is_quick = not self._progress.applied and all(map(self.is_known, steps))
        found = self._look(steps, QUICK_SECONDS if is_quick else None)
        while found:
            places = [(one.step, one.nodes) for one in found]
            step, names = to_repeat(places, self._progress.applied)
            if not names:
                lost = [one for one in found if one.step == step]
                self._progress.drop(step, texts_of(lost))
                found = [one for one in found if one.step != step]
                # Who was left behind is asked for nothing more.
                left = self._progress.failed
                found = [one for one in found if one.where not in left]
                continue
            self._repeat(step, {name: _reason(name, step, found) for name in names})
            found = self._look(sorted({one.step for one in found}), None)

    def _look(self, steps: Sequence[int], within_s: float | None) -> Sequence[Finding]:
        progress = self._progress
        members = progress.alive
        found = make_checks(progress.run, progress.wish, members, steps, within_s)
        if any(one.is_silence for one in found):
            # A lost answer is no reason to apply anything.
            found = make_checks(progress.run, progress.wish, members, steps, within_s)
        for step in steps:
            bad = {one.where for one in found if one.step == step}
            good = [m.hostname for m in members if m.hostname not in bad]
            ledger = progress.ledger.with_checks(step, good, passed=True)
            ledger = ledger.with_checks(step, bad, passed=False)
            if not bad and not progress.choice.skipped_checks:
                ledger = ledger.with_passed(step, self._work(step))
            progress.ledger = ledger
        progress.save()
        return found

    def _register(self, step: int) -> bool:
        with self._going_on_from(step):
            return register(self._progress.run, self._progress.wish, step)

    def _repeat(self, step: int, reasons: Mapping[str, str]) -> None:
        """Apply a step once more on nodes, and say why."""
        progress = self._progress
        members = [one for one in progress.alive if one.hostname in reasons]
        for member in members:
            reason = reasons[member.hostname]
            progress.run.report(Progressed(f"step {step}", member.hostname, reason))
            progress.run.report(Noted(f"step {step} of {member.hostname}: {reason}"))
        began = progress.run.clock.now()
        outcomes = progress.apply(step, members, force=True)
        seconds = progress.run.clock.now() - began
        time = StepTime(step=step, applying=seconds, outcomes=outcomes)
        progress.times.append(time)

    def _work(self, step: int) -> str:
        return work_of(self._progress.wish, self._progress.alive, step)

    @contextmanager
    def _going_on_from(self, step: int) -> Iterator[None]:
        """Say of a failure in which step it happened, and how to go on.

        Raises:
            StepFailedError: Something failed.
        """
        hint = self._progress.hint(step)
        try:
            yield
        except StoppedError:
            # Ctrl-C is no failure of the step.
            raise
        except TripleoError as error:
            told = f"{error.hint}; then {hint}" if error.hint else hint
            raise StepFailedError(f"step {step}: {error}", hint=told) from error


def _reason(hostname: str, step: int, found: Sequence[Finding]) -> str:
    failing = [
        f'"{one.check.name}" ({one.check.detail})'
        for one in found
        if one.step == step and hostname in one.nodes
    ]
    return f"done before, but its check {failing[0]} fails: applied once more"
