"""Flavors that let Nova place a server on a node of its role.

A flavor for bare metal asks Placement for one whole node of a resource class, and
for none of the virtual sizes, see Ironic's "Create flavors for use with the Bare
Metal service". Traits narrow that down to the nodes tagged for the role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from tripleo_cli.domain.compute import Flavor
from tripleo_cli.domain.profile import custom_name
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import InvalidInputError, Problem

_NO_VIRTUAL_SIZES = {
    "resources:DISK_GB": "0",
    "resources:MEMORY_MB": "0",
    "resources:VCPU": "0",
}
_STANDARD = Flavor(name="")


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

    def differences(self) -> list[str]:
        """Say what is to be changed of the flavor that there is, in words."""
        old = self.found.extra_specs if self.found else {}
        new = self.corrected.extra_specs
        changed = [
            f"{key} is {old[key]}, not {value}" if key in old else f"{key} is missing"
            for key, value in sorted(new.items())
            if old.get(key) != value
        ]
        return [*changed, *(f"{key} is too much" for key in sorted({*old} - {*new}))]


def flavor_for(role: Role) -> Flavor:
    """Make the flavor of one role.

    Its sizes are what the role needs, or Nova's usual ones; they tell people what
    to expect, and Nova which images fit, but do not select nodes.
    """
    traits = {role.trait, *role.needs.traits}
    return Flavor(
        name=role.flavor or role.profile,
        memory_mb=role.needs.memory_mb or _STANDARD.memory_mb,
        vcpus=role.needs.cpus or _STANDARD.vcpus,
        disk_gb=role.needs.disk_gb or _STANDARD.disk_gb,
        extra_specs={
            _resource(role): "1",
            **_NO_VIRTUAL_SIZES,
            **{f"trait:{trait}": "required" for trait in sorted(traits)},
        },
    )


def flavors_for(roles: Iterable[Role]) -> tuple[Flavor, ...]:
    """Make the flavors of several roles, by name.

    Roles may name one flavor together (TripleO's ``baremetal`` for everything): it
    then asks for what all of them ask for.

    Raises:
        InvalidInputError: Such roles take nodes of different resource classes.
    """
    shared: dict[str, list[Role]] = {}
    for role in roles:
        shared.setdefault(flavor_for(role).name, []).append(role)
    _check_classes(shared)
    return tuple(
        reduce(_common, map(flavor_for, members))
        for _, members in sorted(shared.items())
    )


def states_of(roles: Iterable[Role], existing: Iterable[Flavor]) -> list[FlavorState]:
    """Compare the flavors that roles need with those of Nova.

    Raises:
        InvalidInputError: Roles of different resource classes share a flavor.
    """
    found = {flavor.name: flavor for flavor in existing}
    return [
        FlavorState(needed=flavor, found=found.get(flavor.name))
        for flavor in flavors_for(roles)
    ]


def _common(one: Flavor, other: Flavor) -> Flavor:
    return Flavor(
        name=one.name,
        memory_mb=min(one.memory_mb, other.memory_mb),
        vcpus=min(one.vcpus, other.vcpus),
        disk_gb=min(one.disk_gb, other.disk_gb),
        extra_specs=dict(
            item for item in one.extra_specs.items() if item[0] in other.extra_specs
        ),
    )


def _check_classes(shared: Mapping[str, Iterable[Role]]) -> None:
    problems = []
    for name, members in shared.items():
        classes = {role.name: role.resource_class for role in members}
        if len(set(classes.values())) > 1:
            listed = ", ".join(f"{role} {given}" for role, given in classes.items())
            what = f"roles of different resource classes share it: {listed}"
            problems.append(Problem(f"flavor {name}", what))
    if problems:
        raise InvalidInputError("roles", problems)


def _resource(role: Role) -> str:
    return f"resources:CUSTOM_{custom_name(role.resource_class)}"
