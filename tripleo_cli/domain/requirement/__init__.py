"""What a role requires of a machine's facts, beyond the sizes of its flavor."""

from __future__ import annotations

from tripleo_cli.domain.requirement.requirement import Judge, Requirement, is_compared

__all__ = ["Judge", "Requirement", "is_compared"]
