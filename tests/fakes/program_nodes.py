"""Nodes that run the real program, on machines in memory, with no network between.

What :class:`~tests.fakes.nodes.FakeNodes` claims is held against this: the same JSON
goes both ways as over SSH.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.fakes.node_machine import FakeMachine
from tripleo_cli.clients.answer import Answer
from tripleo_cli.clients.asked_nodes import (
    PREPARE_S,
    AskedNodes,
    OnAnswer,
    Words,
)
from tripleo_cli.clients.node_answers import Way
from tripleo_cli.domain.overcloud.outcome import Target
from tripleo_cli.node.main import serve

REFUSED = "ssh: connect to host {} port 22: Connection refused"


class ProgramNodes(AskedNodes):
    """Implements the ``Nodes`` port; machines appear when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.machines: dict[str, FakeMachine] = {}
        self.unreachable: set[str] = set()
        self.limits: list[float] = []
        """How long each call gave a node."""

    def machine(self, hostname: str) -> FakeMachine:
        if hostname not in self.machines:
            root = self._folder / hostname
            root.mkdir(parents=True)
            self.machines[hostname] = FakeMachine(root=root)
        return self.machines[hostname]

    def reach(self, targets: Sequence[Target]) -> Mapping[str, str]:
        return {one.hostname: self._silence(one) for one in targets}

    def _silence(self, target: Target) -> str:
        is_off = target.hostname in self.unreachable
        return REFUSED.format(target.address) if is_off else ""

    def _ask(
        self, asked: Mapping[Target, Words], limit_s: float
    ) -> Mapping[Target, Answer]:
        self.limits.append(limit_s)
        return {one: self._answer(one, words) for one, words in asked.items()}

    def _work(
        self, asked: Mapping[Target, Words], limit_s: float, on_answer: OnAnswer
    ) -> Mapping[Target, Answer]:
        answers = self._ask(asked, limit_s)
        for one, answer in answers.items():
            on_answer(one, answer)
        return answers

    def _send(
        self, bundles: Mapping[Target, str], place: str
    ) -> Mapping[Target, Answer]:
        for one, text in bundles.items():
            path = Path(self._here(one, place))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return self._ask(dict.fromkeys(bundles, self._prepare_words(place)), PREPARE_S)

    def _way(self, target: Target) -> Way:
        return Way(target=target, user="tripleo-admin", key="key", known_hosts="hosts")

    def _now(self) -> str:
        now = max((one.time for one in self.machines.values()), default=0.0)
        return f"{now:.0f}"

    def _answer(self, target: Target, words: Words) -> Answer:
        silence = self._silence(target)
        if silence:
            return Answer(failure=silence, is_reached=False)
        out = io.StringIO()
        here = [self._here(target, word) for word in words]
        code = serve(self.machine(target.hostname).site, out, here)
        return Answer(printed=out.getvalue(), code=code)

    def _here(self, target: Target, word: str) -> str:
        """Say where on its machine a path of a node is."""
        root = self.machine(target.hostname).root
        return f"{root}{word}" if word.startswith("/var/lib/") else word
