"""The traits that a role requires."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.role import Role


def traits_rule(candidate: Candidate, role: Role) -> str | None:
    """Ask for every trait."""
    missing = role.needs.traits - candidate.node.traits
    if not missing:
        return None
    noun = "trait" if len(missing) == 1 else "traits"
    return f"lacks the {noun} {', '.join(sorted(missing))}"
