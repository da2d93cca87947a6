"""Which node serves which role: maximum, frugal, and able to explain itself."""

from __future__ import annotations

import shlex

from tripleo_cli.domain.matching.explain import shortage
from tripleo_cli.domain.matching.outcome import Assignment, Conflict, Outcome
from tripleo_cli.domain.matching.reject import reject
from tripleo_cli.domain.matching.request import (
    MatchRequest,
    Mode,
    Pin,
    choose_mode,
    settle_mode,
)
from tripleo_cli.domain.matching.solve import solve
from tripleo_cli.errors import NotEnoughNodesError

__all__ = [
    "Assignment",
    "Conflict",
    "MatchRequest",
    "Mode",
    "Outcome",
    "Pin",
    "choose_mode",
    "match",
    "reject",
    "settle_mode",
    "shortage_error",
    "solve",
]


def match(request: MatchRequest) -> Assignment:
    """Find nodes for all roles; see :func:`~tripleo_cli.domain.matching.solve.solve`.

    Raises:
        NotEnoughNodesError: There is no way to satisfy all roles at once. The
            message names the roles in conflict and, for each node, why it does not
            fit.
    """
    outcome = solve(request)
    if outcome.is_feasible:
        return outcome.assignment
    raise shortage_error(outcome, request)


def shortage_error(outcome: Outcome, request: MatchRequest) -> NotEnoughNodesError:
    """Make the error of an outcome that is not feasible."""
    counts = [
        word
        for name, count in outcome.wanted.items()
        if count
        for word in ("--role-count", f"{name}={count}")
    ]
    words = shlex.join([*request.words, *counts])
    explain = f"openstack overcloud profiles match --explain {words}"
    return NotEnoughNodesError(
        shortage(outcome, request),
        hint=explain if request.nodes else "openstack overcloud node import FILE",
    )
