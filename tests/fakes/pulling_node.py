"""A node in memory that pulls: the real agent, on a machine of fakes.

What it begins runs at once, or, with ``holds``, when :meth:`PullingNode.go_on` lets it;
``dies`` lets it be cut off instead.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tests.fakes.clock import FakeClock
from tests.fakes.heat_orders import FakeHeatOrders
from tests.fakes.node_machine import FakeMachine
from tripleo_cli.clients.pull import HeatNodes
from tripleo_cli.domain.overcloud.outcome import Target
from tripleo_cli.node.main import serve
from tripleo_cli.node.pull import Agent
from tripleo_cli.node.pull_heat import Heat
from tripleo_cli.node.pull_orders import PYTHON, Desk, carry_out
from tripleo_cli.node.system import Ran


class PullingNode:
    """A machine with the agent; ``said`` is its journal, ``ran`` what it ran."""

    def __init__(self, machine: FakeMachine, heat: FakeHeatOrders, server: str) -> None:
        self.machine = machine
        self.said: list[str] = []
        self.ran: list[tuple[str, ...]] = []
        self.is_silent = False
        self.holds = False
        self.dies = 0
        """How many of the next runs are cut off."""
        self._held: list[tuple[str, int]] = []
        self._site = replace(machine.site, run=self._run)
        self._account = heat.serve(server)
        self._heat = heat
        self.restart()

    def restart(self) -> None:
        """Let the agent have been stopped and started."""
        heat = Heat(self._account, self._heat.send)
        self._agent = Agent(
            self._site, heat, Desk(self._site, self._spawn), self.said.append
        )

    def turn(self) -> float:
        """Let the agent look once, unless it is silent."""
        return 3.0 if self.is_silent else self._agent.turn()

    def go_on(self) -> None:
        """Let what was begun come to its end."""
        for name, lock in self._held:
            carry_out(self._site, name)
            os.close(lock)
        self._held.clear()

    def _spawn(self, name: str, lock: int) -> None:
        if self.dies:
            self.dies -= 1
            return
        # As a process has a descriptor of its own to the same lock.
        self._held.append((name, os.dup(lock)))
        if not self.holds:
            self.go_on()

    def _here(self, word: str) -> str:
        """Say where on this machine a path of a node is."""
        return f"{self.machine.root}{word}" if word.startswith("/var/lib/") else word

    def _run(
        self, argv: Sequence[str], *, timeout_s: float, holding: int | None = None
    ) -> Ran:
        assert holding is None, "orders do not hold the node, what they run does"
        if argv[0] != PYTHON:
            return self.machine(argv, timeout_s=timeout_s)
        if not Path(argv[1]).exists():
            return Ran(2, "", f"python3: can't open file '{argv[1]}': [Errno 2]")
        self.ran.append(tuple(argv[2:]))
        out = io.StringIO()
        site = replace(self.machine.site, program=Path(argv[1]))
        code = serve(site, out, [self._here(word) for word in argv[2:]])
        return Ran(code, out.getvalue())


class PullingNodes:
    """Nodes that pull, and what orders things of them; waiting lets them look."""

    def __init__(self, folder: Path, targets: Iterable[Target]) -> None:
        self.heat = FakeHeatOrders()
        self.nodes = {
            one.hostname: PullingNode(
                FakeMachine(root=folder / one.hostname), self.heat, one.identity
            )
            for one in targets
        }
        self.clock = _Waiting(self.nodes)
        self.client = HeatNodes(
            orders=lambda: self.heat, clock=self.clock, wall=self._wall
        )

    def _wall(self) -> float:
        return max(node.machine.time for node in self.nodes.values())


class _Waiting(FakeClock):
    """Time that passes on nodes, too."""

    def __init__(self, nodes: Mapping[str, PullingNode]) -> None:
        super().__init__()
        self._nodes = nodes
        self.on_sleep: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        for node in self._nodes.values():
            node.machine.time += seconds
            node.turn()
        self.on_sleep()
