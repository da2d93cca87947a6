"""Machines that were left out because their hardware is odd."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.node import exclusion


def exclusion_rule(candidate: Candidate) -> str | None:
    """Ask for a node that nobody excluded."""
    reason = exclusion(candidate.node)
    return f"is excluded: {reason}" if reason else None
