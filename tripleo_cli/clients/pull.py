"""Overcloud nodes that nobody can log in to: they ask Heat for orders, and tell.

The same program does the same work there as over SSH; the node's agent starts it
(docs/adr/0020-pulling.md). An order is taken back when it is answered, which is how
the agent knows that it has been heard.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tripleo_cli.clients import node_answers
from tripleo_cli.clients.answer import Answer
from tripleo_cli.clients.asked_nodes import PREPARE_S, AskedNodes, OnAnswer, Words
from tripleo_cli.clients.node_answers import Way
from tripleo_cli.clients.node_program import node_program
from tripleo_cli.domain.overcloud.outcome import Target
from tripleo_cli.errors import NotFoundError, ServiceError

if TYPE_CHECKING:
    from tripleo_cli.workflows.node_ports import Orders
    from tripleo_cli.workflows.ports import Clock

FORMAT = 1
JOURNAL = "journalctl -u tripleo-pull"
POLL_S = 1.0
REACH_S = 25.0
"""How long a node may take to say that it is there; idle ones ask every 15 s."""
SILENT_S = 150.0
"""How long a node may tell nothing while it works; it tells something every 30 s."""
AT_ONCE = 8
"""How many requests Heat gets at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one node is to run, with what files; no words: it is to say it is there."""

    words: Sequence[str]
    timeout_s: float
    files: Mapping[str, bytes]

    def text(self) -> str:
        """Write it as the agent reads it."""
        packed = {name: _packed(content) for name, content in self.files.items()}
        return json.dumps(
            {
                "format": FORMAT,
                "words": list(self.words),
                "program": node_program().name,
                "files": packed,
                "timeout_s": self.timeout_s,
            }
        )


def _nobody(_target: Target, _answer: Answer) -> None:
    """Tell nobody before all have answered."""


class HeatNodes(AskedNodes):
    """Implements the ``Nodes`` port.

    Args:
        orders: Connects to the stack's orders.
        clock: What waiting is measured by.
        wall: Gives the time of day, in seconds of the epoch; nodes compare theirs.
    """

    def __init__(
        self,
        *,
        orders: Callable[[], Orders],
        clock: Clock,
        wall: Callable[[], float] = time.time,
    ) -> None:
        # Connected when the first order is put: most stacks have nobody to ask.
        self._connect = cache(lambda: _swept(orders()))
        self._clock = clock
        self._wall = wall
        self._is_stopped = threading.Event()

    def stop(self) -> None:
        """Let calls that wait in other threads end; nodes go on."""
        self._is_stopped.set()

    def reach(self, targets: Sequence[Target]) -> Mapping[str, str]:
        """Ask each node whether it is there."""
        answers = self._ask_all(targets, (), REACH_S)
        return {one.hostname: _silence(one, answers[one]) for one in targets}

    def _ask(
        self, asked: Mapping[Target, Words], limit_s: float
    ) -> Mapping[Target, Answer]:
        return self._work(asked, limit_s, _nobody)

    def _work(
        self, asked: Mapping[Target, Words], limit_s: float, on_answer: OnAnswer
    ) -> Mapping[Target, Answer]:
        orders = {
            one: Order(words=words, timeout_s=limit_s, files={})
            for one, words in asked.items()
        }
        return self._order(orders, on_answer)

    def _send(
        self, bundles: Mapping[Target, str], place: str
    ) -> Mapping[Target, Answer]:
        program, file = node_program(), PurePosixPath(place).name
        orders = {
            one: Order(
                words=self._prepare_words(place),
                timeout_s=PREPARE_S,
                files={program.name: program.data, file: text.encode()},
            )
            for one, text in bundles.items()
        }
        return self._order(orders)

    def _way(self, target: Target) -> Way:
        return _way(target)

    def _now(self) -> str:
        return f"{self._wall():.0f}"

    def _order(
        self, orders: Mapping[Target, Order], on_answer: OnAnswer = _nobody
    ) -> Mapping[Target, Answer]:
        self._connect()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                errands = list(pool.map(self._errand, orders.items()))
                return self._await(pool, errands, on_answer)
            except BaseException:
                # Who waits for a place in the pool shall not begin any more.
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _await(
        self,
        pool: ThreadPoolExecutor,
        errands: Sequence[_Errand],
        on_answer: OnAnswer,
    ) -> Mapping[Target, Answer]:
        answers: dict[Target, Answer] = {}
        try:
            while True:
                waiting = [one for one in errands if one.target not in answers]
                found = pool.map(lambda one: one.look(self._clock.now()), waiting)
                for errand, answer in zip(waiting, found, strict=True):
                    if answer:
                        answers[errand.target] = answer
                        on_answer(errand.target, answer)
                if len(answers) == len(errands):
                    return answers
                if self._is_stopped.is_set():
                    raise KeyboardInterrupt
                self._clock.sleep(POLL_S)
        finally:
            for errand in errands:
                errand.take_back()

    def _errand(self, asked: tuple[Target, Order]) -> _Errand:
        target, order = asked
        errand = _Errand(self._connect(), target, self._clock.now(), order.timeout_s)
        errand.put(order.text())
        return errand


def _swept(orders: Orders) -> Orders:
    """Clear away what runs that were killed have left, before any order is put."""
    with _left_for_later():
        orders.sweep()
    return orders


class _Errand:
    """An order that is on its way to a node and back."""

    def __init__(
        self, orders: Orders, target: Target, now: float, limit_s: float
    ) -> None:
        self.target = target
        self._orders = orders
        self._server = target.identity
        self._deadline = now + limit_s
        self._heard = ""
        self._heard_at = now
        self._name = ""
        self._refused: Answer | None = None

    def put(self, text: str) -> None:
        """Send it, in place of what a run that was killed has left."""
        try:
            for name in self._orders.left(self._server):
                self._orders.take_back(self._server, name)
            self._heard = self._orders.report(self._server)
            self._name = self._orders.put(self._server, text)
        except ServiceError as error:
            self._refused = _unreached(str(error))

    def look(self, now: float) -> Answer | None:
        """Give the answer; ``None`` while there may still be one."""
        if self._refused:
            return self._refused
        try:
            told = self._orders.report(self._server)
        except NotFoundError as error:
            return _unreached(str(error))
        except ServiceError as error:
            # Heat's silence is not the node's.
            self._heard_at = now
            return _unreached(str(error)) if now >= self._deadline else None
        if told != self._heard:
            self._heard, self._heard_at = told, now
        answer = _answer(told, self._name)
        return answer or self._given_up(now)

    def _given_up(self, now: float) -> Answer | None:
        silence = now - self._heard_at
        if silence >= SILENT_S:
            return _unreached(f"its agent has told nothing for {silence:.0f} s")
        if now >= self._deadline:
            return _unreached("its agent did not answer in the time that it had")
        return None

    def take_back(self) -> None:
        """Let the node know that it was heard, or need not go on telling."""
        if not self._name:
            return
        with _left_for_later():
            self._orders.take_back(self._server, self._name)


@contextmanager
def _left_for_later() -> Iterator[None]:
    """Let an order stay where Heat does not answer: the next call takes it back."""
    try:
        yield
    except ServiceError:
        return


def _answer(told: str, name: str) -> Answer | None:
    """Read how an order stands out of a report; ``None`` while it is not answered."""
    try:
        outcome: Mapping[str, Any] = json.loads(told or "{}")["orders"][name]
        if outcome["state"] != "ended":
            return None
        packed = base64.b64decode(outcome["answer"])
        printed = zlib.decompress(packed).decode() if packed else ""
        code, failure = outcome["code"], str(outcome["failure"])
        return Answer(printed=printed, code=code, failure=failure)
    except (ValueError, KeyError, TypeError, zlib.error):
        # A report of earlier orders, or of none.
        return None


def _unreached(why: str) -> Answer:
    return Answer(failure=why, is_reached=False)


def _silence(target: Target, answer: Answer) -> str:
    if answer.is_reached:
        return ""
    return str(node_answers.why_silent(answer.failure, _way(target)))


def _way(target: Target) -> Way:
    return Way(target=target, user="", key="", known_hosts="", console=JOURNAL)


def _packed(content: bytes) -> Mapping[str, str]:
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "zlib": base64.b64encode(zlib.compress(content, 9)).decode(),
    }
