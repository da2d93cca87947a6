"""The contracts that the rules of matching meet.

A rule returns ``None`` where a node serves, otherwise the reason in words that follow
the node's name: "has 8 CPUs, needs 16".
"""

from __future__ import annotations

from typing import Protocol

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.role import Role


class Rule(Protocol):
    """Decides whether a node serves a role."""

    def __call__(self, candidate: Candidate, role: Role, /) -> str | None:
        """Judge one node for one role."""


class FreeRule(Protocol):
    """Decides whether a node serves any role."""

    def __call__(self, candidate: Candidate, /) -> str | None:
        """Judge one node."""
