"""What an operator, or a rule of inspection, has tagged the node for."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.profile import current_profiles
from tripleo_cli.domain.role import Role


def profile_rule(candidate: Candidate, role: Role) -> str | None:
    """Keep tagged nodes for their role, and roles for the nodes found fit for them.

    A node with no tag of either sort serves any role for which nobody has sorted out
    the nodes.
    """
    if candidate.tagged:
        return _judge_tags(candidate, role)
    if candidate.possible & role.accepted_traits:
        return None
    return _judge_marks(candidate, role)


def _judge_marks(candidate: Candidate, role: Role) -> str | None:
    if candidate.possible:
        possible = ", ".join(candidate.possible_names)
        return f'may serve {possible} only, needs profile "{role.profile}"'
    if candidate.sorted_for & role.accepted_traits:
        return f'is not marked "{role.profile}_profile:1", as others are'
    return None


def _judge_tags(candidate: Candidate, role: Role) -> str | None:
    if candidate.tagged <= role.accepted_traits:
        return None
    tags = " and ".join(f'"{tag}"' for tag in current_profiles(candidate.node))
    return f'is tagged for {tags}, needs profile "{role.profile}"'
