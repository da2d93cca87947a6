"""The agent of a node that nobody can log in to: it asks Heat what to do.

It runs all the time (``tripleo-pull.service``). What it is asked to do runs apart from
it, so that neither end of the agent nor silence of Heat stops a step; what came of it
is written to disk before it is told, and told again until it is taken back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.layout import Layout
from tripleo_cli.node.pull_heat import Heat, HeatError, load_account, send
from tripleo_cli.node.pull_orders import Desk, Outcome, carry_out
from tripleo_cli.node.system import Site, run

BUSY_S = 2.0
"""How often Heat is asked while there is, or lately was, something to do."""
IDLE_S = 15.0
LATELY_S = 600.0
MOMENT_S = 1.5
"""How long what was just begun gets before it is told that it runs."""
BEAT_S = 30.0
"""How often the same is told again: Heat may have lost it, and it says we are alive."""
SLOWEST_S = 60.0
"""How long at most until Heat is asked again after it did not answer."""


class Agent:
    """Asks, lets things be done, and tells."""

    def __init__(
        self, site: Site, heat: Heat, desk: Desk, say: Callable[[str], None]
    ) -> None:
        self._site = site
        self._heat = heat
        self._desk = desk
        self._say = say
        self._failures = 0
        self._told: Mapping[str, Outcome] = {}
        self._told_at = 0.0
        self._busy_at = 0.0
        self._beats = 0

    def turn(self) -> float:
        """Ask and tell once; gives the seconds until that should be done again."""
        try:
            listed = self._heat.orders()
            standing = self._desk.see(listed)
            if _running(standing) - _running(self._told):
                # Most orders take a moment only: that saves them a second report.
                self._site.sleep(MOMENT_S)
                standing = self._desk.see(listed)
            if standing:
                self._busy_at = self._site.now()
                self._tell(standing)
        except (HeatError, NodeError) as error:
            return self._fall_back(str(error))
        if self._failures:
            self._say("Heat answers again")
        self._failures = 0
        is_busy = self._site.now() - self._busy_at < LATELY_S
        return BUSY_S if is_busy else IDLE_S

    def _tell(self, standing: Mapping[str, Outcome]) -> None:
        is_new = standing != self._told
        if not is_new and self._site.now() - self._told_at < BEAT_S:
            return
        self._beats += 1
        # The beat makes two reports differ, so that a reader sees that we are alive.
        self._heat.report(json.dumps({"beat": self._beats, "orders": standing}))
        if is_new:
            self._say(
                "; ".join(f"{one}: {how['state']}" for one, how in standing.items())
            )
        self._told, self._told_at = standing, self._site.now()

    def _fall_back(self, why: str) -> float:
        if self._failures == 0:
            self._say(f"{why}; asking again until it answers")
        self._failures += 1
        return float(min(SLOWEST_S, BUSY_S * 2 ** min(self._failures - 1, 5)))


def _running(standing: Mapping[str, Outcome]) -> frozenset[str]:
    return frozenset(name for name, how in standing.items() if how["state"] != "ended")


def main() -> int:
    """Run as root: without arguments for ever, with ``run NAME`` for one order."""
    site = Site(Layout(), run)
    os.umask(0o022)
    words = sys.argv[1:]
    try:
        if words[:1] == ["run"]:
            carry_out(site, words[1])
            return 0
        heat = Heat(load_account(site.layout.root), send)
        agent = Agent(site, heat, Desk(site, Runners(site.program)), _say)
        _say("asking Heat for orders")
        while True:
            site.sleep(agent.turn())
    except NodeError as error:
        _say(f"{error} {error.hint}".strip())
        return 1


class Runners:
    """Begins processes that outlive the agent; ends of earlier ones are noted."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._begun: list[subprocess.Popen[bytes]] = []

    def __call__(self, name: str, lock: int) -> None:
        """Begin to carry an order out; the process keeps the lock until it ends."""
        self._begun = [one for one in self._begun if one.poll() is None]
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(self._program), "run", name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # A failure to write the outcome down is for the agent's journal.
            stderr=None,
            start_new_session=True,
            pass_fds=(lock,),
        )
        self._begun.append(process)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
