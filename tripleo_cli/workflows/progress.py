"""How far a run over the steps is: nodes, the table, what failed, where time went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from tripleo_cli.domain.events import Failed, Finished, Noted
from tripleo_cli.domain.overcloud.ledger import changed_keys, digests
from tripleo_cli.domain.overcloud.outcome import NodeRecord, StepOutcome, Target
from tripleo_cli.domain.overcloud.step_report import (
    StepTime,
    outcome_text,
    silence,
    step_failure,
)
from tripleo_cli.domain.overcloud.steps import Choice, Member, chosen, stops
from tripleo_cli.errors import PartialFailureError, StepFailedError
from tripleo_cli.workflows.ledger import read_ledger, save_ledger
from tripleo_cli.workflows.overcloud import Configuring
from tripleo_cli.workflows.run import Run


class Progress:
    """What one run knows by now; nodes that failed are left behind in it."""

    def __init__(self, run: Run, wish: Configuring) -> None:
        self.run = run
        self.wish = wish
        self.choice: Choice = wish.choice
        self.members = chosen(_members(wish), wish.choice)
        self.ledger = read_ledger(run.workdir).for_nodes(_places(wish))
        self.failed: dict[str, str] = {}
        self.changed: dict[str, tuple[str, ...]] = {}
        """What of each node's data is another than it was sent last time."""
        self.applied: set[tuple[str, int]] = set()
        """The nodes and steps that this run has applied."""
        self.times: list[StepTime] = []

    @property
    def alive(self) -> tuple[Member, ...]:
        """The nodes that have not failed."""
        return tuple(m for m in self.members if m.hostname not in self.failed)

    def learn(self, records: Mapping[str, NodeRecord]) -> None:
        """Take over what nodes remember; those that are silent have failed.

        Raises:
            StepFailedError: The others may not go on without them.
        """
        silent = {
            name: silence(name, record)
            for name, record in records.items()
            if record.reason
        }
        self.drop(0, silent)
        self.members = tuple(
            replace(m, record=records.get(m.hostname, m.record)) for m in self.members
        )
        for member in self.alive:
            self.ledger = self.ledger.with_record(
                member.hostname, member.record, member.hashes
            )
            told = digests(self.wish.overcloud.bundles[member.hostname])
            before = self.ledger.seen.get(member.hostname, {})
            self.changed[member.hostname] = changed_keys(before, told)

    def apply(
        self, step: int, members: Sequence[Member], *, force: bool
    ) -> Mapping[str, StepOutcome]:
        """Apply a step on nodes; those that fail are left behind.

        Raises:
            StepFailedError: The others may not go on without them.
        """
        outcomes = self.wish.tools.nodes.apply(
            targets_of(members),
            step,
            force=force,
            on_outcome=partial(self._note, step),
        )
        for name, outcome in outcomes.items():
            self.applied.add((name, step))
            self.ledger = self.ledger.with_outcome(name, outcome)
        self.save()
        failures = {
            name: step_failure(name, outcome)
            for name, outcome in outcomes.items()
            if not outcome.is_done
        }
        self.drop(step, failures)
        return outcomes

    def drop(self, step: int, failures: Mapping[str, str]) -> None:
        """Leave failed nodes behind, or stop.

        Raises:
            StepFailedError: The others may not go on without them.
        """
        if not failures:
            return
        self.failed |= failures
        strangers = failures.keys() - {member.hostname for member in self.members}
        stop = stops(self.members, self.failed, self.choice.tolerance)
        if strangers or stop:
            place = f"step {step}" if step else "before step 1"
            reason = stop or f"{', '.join(sorted(strangers))} failed"
            listed = "\n".join(self.failed.values())
            raise StepFailedError(
                f"{place} stopped: {reason}\n{listed}", hint=self.hint(step)
            )
        for text in failures.values():
            self.run.report(Noted(f"{text}\nthe other nodes go on"))

    def end(self, task: str) -> None:
        """Say what is done, and what is not.

        Raises:
            PartialFailureError: Nodes were left behind.
        """
        self._remember()
        if self.failed:
            listed = "\n".join(self.failed.values())
            others = "were looked at" if self.choice.is_check else "are configured"
            raise PartialFailureError(
                f"{len(self.failed)} of {len(self.members)} nodes failed, the others "
                f"{others}:\n{listed}",
                hint=self.hint(0),
            )
        outcomes = [one for time in self.times for one in time.outcomes.values()]
        number = sum(outcome.changed for outcome in outcomes)
        text = f"{number} changes" if outcomes else "nothing to do on its nodes"
        if self.choice.is_check:
            text = "looked only, nothing was applied"
        self.run.report(Finished(task, "", f"{len(self.members)} nodes, {text}"))

    def save(self) -> None:
        """Keep the table."""
        save_ledger(self.run.workdir, self.ledger)

    def hint(self, step: int) -> str:
        """Say how to go on after a failure."""
        name = self.wish.overcloud.name
        place = f"step {step}" if step else "the first unfinished step"
        return (
            f"run the same `openstack overcloud deploy` again: it goes on from "
            f"{place}; openstack overcloud steps --stack {name}"
        )

    def _note(self, step: int, hostname: str, outcome: StepOutcome) -> None:
        """Pass on how a step has ended on a node; it comes from several threads."""
        text = outcome_text(outcome)
        if outcome.is_done:
            self.run.report(Finished(f"step {step}", hostname, text))
        else:
            self.run.report(Failed(f"step {step}", hostname, outcome.reason or text))

    def _remember(self) -> None:
        """Keep what nodes were told, to say next time what is another thing.

        Not before all is done: a run that goes on after a failure has to do what
        changed since the last one that did it all.
        """
        if self.choice.is_whole and not self.failed:
            bundles = self.wish.overcloud.bundles
            seen = {name: digests(bundle) for name, bundle in bundles.items()}
            self.ledger = replace(self.ledger, seen=seen)
            self.save()


def targets_of(members: Sequence[Member]) -> list[Target]:
    """Say where nodes are."""
    return [member.target for member in members]


def _members(wish: Configuring) -> tuple[Member, ...]:
    """Give all nodes with what they shall do."""
    overcloud = wish.overcloud
    return tuple(
        Member(
            target=target,
            role=bundle.role,
            hashes={step: work.hash for step, work in bundle.steps.items()},
            tolerated=bundle.role in overcloud.tolerated,
        )
        for target in overcloud.targets
        for bundle in [overcloud.bundles[target.hostname]]
    )


def _places(wish: Configuring) -> list[tuple[str, str, int]]:
    """Give the rows of the table: each node with each step that it has."""
    return [
        (member.hostname, member.role, step)
        for member in _members(wish)
        for step in sorted(member.hashes)
    ]
