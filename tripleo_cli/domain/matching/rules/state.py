"""Whether the node is free."""

from __future__ import annotations

from tripleo_cli.domain.matching.candidate import Candidate
from tripleo_cli.domain.node import ProvisionState


def state_rule(candidate: Candidate) -> str | None:
    """Ask for a node that is available, not in maintenance and not in use."""
    node = candidate.node
    if node.state.maintenance:
        reason = node.state.maintenance_reason
        return f"is in maintenance: {reason}" if reason else "is in maintenance"
    if node.provision is not ProvisionState.AVAILABLE:
        return f"is in state {node.provision.value}"
    if node.instance_id:
        return f"is in use by server {node.instance_id}"
    return None
