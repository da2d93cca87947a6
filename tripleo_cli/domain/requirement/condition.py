"""The contract of everything a requirement is built of.

There is no "not": whoever builds a requirement turns it inside (``negated``), so that
every part can say what it needs. A fact that is unknown satisfies no condition, and
neither its contrary.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tripleo_cli.domain.requirement.requirement import Judge

Medians = Mapping[str, float]


class Condition(Protocol):
    """A frozen condition on a machine, or on one of its parts ("owner")."""

    def judge(self) -> Judge:
        """Give a function that tells whether an owner satisfies it for certain."""

    def reject(self, owner: Any, medians: Medians) -> str | None:
        """Give ``None`` or the reason, as a requirement does."""

    def describe(self, verb: str) -> str:
        """Say it after a noun: "that {verb} not rotational"."""

    def compared(self) -> frozenset[str]:
        """Name the metrics (or patterns of them) whose medians it needs."""

    def negated(self) -> Condition:
        """Give the condition that is certain where this one is certainly not."""
