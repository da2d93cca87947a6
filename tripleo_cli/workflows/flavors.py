"""Make Nova's flavors fit the roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tripleo_cli.domain.compute import Flavor
from tripleo_cli.domain.events import Began, Finished, Reporter, Skipped
from tripleo_cli.domain.flavor import flavors_for
from tripleo_cli.domain.role import Role
from tripleo_cli.workflows.ports import Compute

TASK = "Flavors"
OURS = ("resources:", "trait:")
"""The extra specs that select nodes; all others are the operator's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlavorState:
    """A flavor as roles need it, beside the one that there is."""

    needed: Flavor
    found: Flavor | None

    @property
    def name(self) -> str:
        """The name of both."""
        return self.needed.name

    @property
    def corrected(self) -> Flavor:
        """What Nova is to have.

        An operator's sizes and other extra specs stay: they select no nodes.
        """
        if self.found is None:
            return self.needed
        others = {
            key: value
            for key, value in self.found.extra_specs.items()
            if not key.startswith(OURS)
        }
        return replace(self.found, extra_specs={**others, **self.needed.extra_specs})

    @property
    def verdict(self) -> str:
        """How it stands: missing, differs or ready."""
        if self.found is None:
            return "missing"
        return "ready" if self.corrected == self.found else "differs"


def flavor_states(compute: Compute, roles: Iterable[Role]) -> list[FlavorState]:
    """Compare the flavors that roles need with those of Nova."""
    existing: Mapping[str, Flavor] = {f.name: f for f in compute.flavors()}
    return [
        FlavorState(needed=flavor, found=existing.get(flavor.name))
        for flavor in flavors_for(roles)
    ]


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
