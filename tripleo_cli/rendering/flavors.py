"""Show the flavors that roles need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tripleo_cli.domain.flavor import FlavorState, flavor_for
from tripleo_cli.domain.role import Role

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]


def flavor_table(states: Iterable[FlavorState], roles: Mapping[str, Role]) -> Table:
    """Give a row for each flavor, with the roles that use it."""
    users = {
        state.name: ", ".join(
            name for name in sorted(roles) if flavor_for(roles[name]).name == state.name
        )
        for state in states
    }
    columns = ("Name", "Roles", "Requires", "State")
    rows = [
        (state.name, users[state.name], _requirements(state), state.verdict)
        for state in states
    ]
    return columns, rows


def _requirements(state: FlavorState) -> str:
    specs = state.needed.extra_specs
    return ", ".join(
        key.partition(":")[2] for key, value in specs.items() if value != "0"
    )
