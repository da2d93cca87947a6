"""The contract that every rule of matching meets."""

from __future__ import annotations

from typing import Protocol

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.role import Role


class Rule(Protocol):
    """Decides whether a node serves a role.

    Returns ``None`` where it does, otherwise the reason in words that follow the
    node's name: "has 8 CPUs, needs 16".
    """

    def __call__(self, candidate: Candidate, role: Role, /) -> str | None:
        """Judge one node for one role."""
