"""A role's processors."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.role import Role


def cpu_rule(candidate: Candidate, role: Role) -> str | None:
    """Ask for enough logical CPUs."""
    needed = role.needs.cpus
    if candidate.cpus is None:
        return f"has no known CPU count, needs {needed} CPUs" if needed else None
    if candidate.cpus >= needed:
        return None
    return f"has {candidate.cpus} CPUs, needs {needed}"
