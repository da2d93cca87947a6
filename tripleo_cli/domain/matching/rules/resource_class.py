"""The resource class that a role takes its nodes from."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.role import Role


def resource_class_rule(candidate: Candidate, role: Role) -> str | None:
    """Ask for nodes of one resource class; Nova schedules by it."""
    given = candidate.node.resource_class
    if given == role.resource_class:
        return None
    if not given:
        return f'has no resource class, needs "{role.resource_class}"'
    return f'is of resource class "{given}", needs "{role.resource_class}"'
