"""Overcloud nodes whose program is asked in words and answers in JSON, by some way."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence

from tripleo_cli.clients import node_answers
from tripleo_cli.clients.answer import Answer
from tripleo_cli.clients.node_answers import Way
from tripleo_cli.clients.node_words import (
    PUPPET_S,
    apply_words,
    check_words,
    explain_words,
)
from tripleo_cli.domain.overcloud.outcome import (
    CHECKS_S,
    Account,
    CheckOutcome,
    NodeRecord,
    OnOutcome,
    PrepareOutcome,
    StepOutcome,
    Target,
    unwatched,
)

INCOMING = "/var/lib/tripleo/incoming"
"""Where nodes get the program and their bundle; 0700."""
BUNDLE = f"{INCOMING}/bundle.json"
PREVIEW = f"{INCOMING}/preview.json"
"""A bundle that is only looked at: nobody shall take it for one to apply."""
SHORT_S = 300
"""How long asking for states may take in all."""
PREPARE_S = PUPPET_S + 2 * SHORT_S
"""How long preparing may take; a run that was left behind is waited for."""

Words = Sequence[str]
OnAnswer = Callable[[Target, Answer], None]


class AskedNodes(ABC):
    """Implements the ``Nodes`` port but for ``reach``, on the way that is left open."""

    def host_keys(self, targets: Sequence[Target]) -> Mapping[str, Sequence[str]]:
        """Know no keys; who logs in does."""
        return {one.hostname: () for one in targets}

    def prepare(
        self, bundles: Mapping[Target, str], *, check: bool = False
    ) -> Mapping[str, PrepareOutcome]:
        """Let each node see whether it fits; what it has already is not sent."""
        place = PREVIEW if check else BUNDLE
        expecting = {
            one: [*self._prepare_words(place), "--expect", _digest(text)]
            for one, text in bundles.items()
        }
        answers = dict(self._ask(expecting, PREPARE_S)) if expecting else {}
        lacking = {one: bundles[one] for one in bundles if _lacks(answers[one])}
        answers.update(self._send(lacking, place) if lacking else {})
        return {
            one.hostname: node_answers.prepare_outcome(answers[one], self._way(one))
            for one in bundles
        }

    def states(self, targets: Sequence[Target]) -> Mapping[str, NodeRecord]:
        """Ask the program on each node, if it is there."""
        answers = self._ask_all(targets, ("state",), SHORT_S)
        return {
            one.hostname: node_answers.node_record(answers[one], self._way(one))
            for one in targets
        }

    def apply(
        self,
        targets: Sequence[Target],
        step: int,
        *,
        check: bool = False,
        force: bool = False,
        on_outcome: OnOutcome = unwatched,
    ) -> Mapping[str, StepOutcome]:
        """Run a step on all nodes at once; each is told of as it ends."""
        outcomes: dict[str, StepOutcome] = {}

        def take(target: Target, answer: Answer) -> None:
            outcome = node_answers.step_outcome(step, answer, self._way(target))
            outcomes[target.hostname] = outcome
            on_outcome(target.hostname, outcome)

        words = apply_words(step, force=force, preview=PREVIEW if check else "")
        # A run that was left behind may take its whole time before ours begins.
        asked = dict.fromkeys(targets, words)
        limit_s = 2 * PUPPET_S + SHORT_S
        answers = self._work(asked, limit_s, take) if asked else {}
        for one in targets:
            if one.hostname not in outcomes:
                take(one, answers[one])
        return {one.hostname: outcomes[one.hostname] for one in targets}

    def check(
        self,
        targets: Sequence[Target],
        *steps: int,
        within_s: float | None = None,
        limit_s: float = CHECKS_S,
    ) -> Mapping[str, Sequence[CheckOutcome]]:
        """Let nodes make their checks; each has its own time limit there."""
        words = check_words(steps, within_s)
        answers = self._ask_all(targets, words, limit_s + SHORT_S)
        return {
            one.hostname: node_answers.check_outcomes(answers[one], self._way(one))
            for one in targets
        }

    def explain(
        self, asked: Mapping[Target, Collection[str]]
    ) -> Mapping[str, Mapping[str, Account]]:
        """Ask the program on each node; who does not answer tells nothing."""
        words = {one: explain_words(services) for one, services in asked.items()}
        answers = self._ask(words, SHORT_S) if words else {}
        return {one.hostname: node_answers.accounts(answers[one]) for one in asked}

    @abstractmethod
    def _ask(
        self, asked: Mapping[Target, Words], limit_s: float
    ) -> Mapping[Target, Answer]:
        """Let the program answer on some nodes at once, with words for each.

        Args:
            asked: Not empty.
            limit_s: How long a node may take.

        Returns:
            An answer for each; that there is none is one, too.
        """

    @abstractmethod
    def _work(
        self, asked: Mapping[Target, Words], limit_s: float, on_answer: OnAnswer
    ) -> Mapping[Target, Answer]:
        """Let the program work on some nodes, which takes long.

        Args:
            asked: Not empty.
            limit_s: How long a node may take, from when it is its turn.
            on_answer: May be told of nodes as they answer, from any thread.

        Returns:
            An answer for each; that there is none is one, too.
        """

    @abstractmethod
    def _send(
        self, bundles: Mapping[Target, str], place: str
    ) -> Mapping[Target, Answer]:
        """Send some nodes the program and their bundles, and let them prepare.

        Args:
            bundles: Their texts; not empty.
            place: The file there that a bundle becomes.
        """

    @abstractmethod
    def _way(self, target: Target) -> Way:
        """Say by what way a node is reached, for messages."""

    @abstractmethod
    def _now(self) -> str:
        """The time of day, in seconds of the epoch; nodes compare theirs."""

    def _prepare_words(self, place: str) -> list[str]:
        words = ["prepare", place, "--now", self._now()]
        return [*words, *["--check"] * (place == PREVIEW)]

    def _ask_all(
        self, targets: Sequence[Target], words: Words, limit_s: float
    ) -> Mapping[Target, Answer]:
        asked = dict.fromkeys(targets, words)
        return self._ask(asked, limit_s) if asked else {}


def _digest(bundle: str) -> str:
    """Name a bundle by its content, as the program does."""
    return hashlib.sha256(bundle.encode()).hexdigest()


def _lacks(answer: Answer) -> bool:
    """Whether a node has neither this program nor this bundle."""
    return answer.is_reached and not node_answers.is_prepared(answer)
