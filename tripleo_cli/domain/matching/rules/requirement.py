"""What a role requires of the machine that an inspection saw."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.node import label
from tripleo_cli.domain.role import Role


def requirement_rule(candidate: Candidate, role: Role) -> str | None:
    """Ask for facts that satisfy the role's requirements."""
    if role.requires is None:
        return None
    node = candidate.node
    if node.facts is None:
        name = label(node)
        remedy = f"openstack overcloud node introspect {name}"
        return f"has no inspection data; get it with `{remedy}`"
    return role.requires.reject(node.facts, candidate.medians)
