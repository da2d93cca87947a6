"""Make Nova's flavors fit the roles."""

from __future__ import annotations

from collections.abc import Iterable

from tripleo_cli.domain.events import Began, Finished, Reporter, Skipped
from tripleo_cli.domain.flavor import FlavorState, states_of
from tripleo_cli.domain.role import Role
from tripleo_cli.workflows.ports import Compute

__all__ = ["FlavorState", "ensure_flavors", "flavor_states"]

TASK = "Flavors"


def flavor_states(compute: Compute, roles: Iterable[Role]) -> list[FlavorState]:
    """Compare the flavors that roles need with those of Nova."""
    return states_of(roles, compute.flavors())


def ensure_flavors(
    compute: Compute, roles: Iterable[Role], report: Reporter
) -> list[FlavorState]:
    """Create the flavors that are missing, correct those that differ.

    Returns:
        What was found before.
    """
    states = flavor_states(compute, roles)
    report(Began(TASK, len(states)))
    done = {"missing": "created", "differs": "corrected"}
    for state in states:
        if state.verdict == "ready":
            report(Skipped(TASK, state.name, "unchanged"))
            continue
        compute.save_flavor(state.corrected)
        report(Finished(TASK, state.name, done[state.verdict]))
    return states
