"""How long the tasks of an installation took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One task: when it began after the run's start, how long it took, in seconds.

    ``outcome`` says what it changed; empty where it changed nothing.
    """

    task: str
    outcome: str
    start: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Tasks of one kind: from the first one's start to the last one's end."""

    name: str
    start: float
    end: float
    tasks: int


PHASES = (
    ("distribution packages", ("packages",)),
    ("Python environment", ("environment", "libraries", "bytecode")),
    ("database server", ("database files", "start mariadb")),
    ("databases", ("sync ", "bootstrap", "cells")),
    ("services", ("start ", "supervisor")),
    ("cloud", ("identity", "network", "hosts", "clouds", "check")),
)
"""Each phase with how the names of its tasks begin; the first that fits counts."""


def phases(timings: Sequence[Timing]) -> Sequence[Phase]:
    """Sum up the tasks that did something; phases overlap."""
    by_phase: dict[str, list[Timing]] = {name: [] for name, _ in PHASES}
    for timing in timings:
        for name, prefixes in PHASES:
            if timing.outcome and timing.task.startswith(prefixes):
                by_phase[name].append(timing)
                break
    return tuple(
        Phase(
            name=name,
            start=min(each.start for each in members),
            end=max(each.start + each.seconds for each in members),
            tasks=len(members),
        )
        for name, members in by_phase.items()
        if members
    )


def phase_lines(timings: Sequence[Timing]) -> Sequence[str]:
    """Write the phases as a table of text."""
    lines = [f"{'phase':<24}{'from':>8}{'to':>8}{'tasks':>7}"]
    lines += [
        f"{each.name:<24}{each.start:>7.1f}s{each.end:>7.1f}s{each.tasks:>7}"
        for each in phases(timings)
    ]
    return lines
