"""A role's memory."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.role import Role


def memory_rule(candidate: Candidate, role: Role) -> str | None:
    """Ask for enough memory."""
    needed = role.needs.memory_mb
    if candidate.memory_mb is None:
        return f"has no known memory size, needs {needed} MiB" if needed else None
    if candidate.memory_mb >= needed:
        return None
    return f"has {candidate.memory_mb} MiB of memory, needs {needed}"
