"""The contract of everything that can be required of a machine's facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Protocol

from tripleo_cli.domain.facts import HardwareFacts
from tripleo_cli.domain.facts.metrics import expression_of

Judge = Callable[[Any, Mapping[str, float]], bool]
"""Takes the facts of a machine (or of one of its parts) and medians."""


class Requirement(Protocol):
    """Decides whether a machine has what a role requires.

    Requirements are frozen values: equal where they were written alike.
    """

    def reject(self, facts: HardwareFacts, medians: Mapping[str, float]) -> str | None:
        """Judge one machine.

        Args:
            facts: What an inspection found in it.
            medians: By dotted metric, the median of the machines like it; empty
                where nobody measured them.

        Returns:
            ``None`` where it has all that is required, otherwise the reason in words
            that follow its name: "has 8 CPUs, needs at least 16".
        """

    def judge(self) -> Judge:
        """Give a function that says only whether it is satisfied: for many machines."""

    def describe(self, verb: str) -> str:
        """Say it after a noun: "(machines) with at least 4 disks"."""

    def compared(self) -> frozenset[str]:
        """Name the metrics (or patterns of them) whose medians it needs."""


def is_compared(requirements: Iterable[Requirement]) -> Callable[[str], bool] | None:
    """Tell which metrics' medians requirements need; ``None`` if they need none."""
    patterns = frozenset[str]().union(*(one.compared() for one in requirements))
    if not patterns:
        return None
    expression = "|".join(map(expression_of, sorted(patterns)))
    matches = re.compile(expression).fullmatch
    return cache(lambda metric: matches(metric) is not None)
