"""A role's root disk."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.role import Role


def disk_rule(candidate: Candidate, role: Role) -> str | None:
    """Ask for a large enough root disk."""
    needed = role.needs.disk_gb
    if candidate.disk_gb is None:
        return f"has no known disk size, needs {needed} GiB" if needed else None
    if candidate.disk_gb >= needed:
        return None
    return f"has {candidate.disk_gb} GiB of disk, needs {needed}"
