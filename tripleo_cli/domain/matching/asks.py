"""Say in words what roles ask of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tripleo_cli.domain.matching.required import common_requirement
from tripleo_cli.domain.role import DEFAULT_RESOURCE_CLASS, Needs, Role

_MIB_PER_GIB = 1024


def common_asks(roles: Sequence[Role]) -> str:
    """Say what all of these roles ask for, in words that follow "nodes".

    Empty where that is nothing.

    A node that fits any of the roles has it: of sizes, the least counts.
    """
    needs = _common_needs(roles)
    sizes = [
        _sized(needs.cpus, "CPUs"),
        _memory(needs.memory_mb),
        _sized(needs.disk_gb, "GiB of disk"),
    ]
    said = [size for size in sizes if size]
    parts = [
        *([f"with at least {_listed(said)}"] if said else []),
        *([f"with {_listed(sorted(needs.traits))}"] if needs.traits else []),
        *_common_class(roles),
        *_common_requirement(roles),
    ]
    return " ".join(parts)


def easygoing(roles: Sequence[Role]) -> list[Role]:
    """Give these roles, asking only for what all of them ask for."""
    needs = _common_needs(roles)
    requires = common_requirement([role.requires for role in roles])
    return [replace(role, needs=needs, requires=requires) for role in roles]


def _common_needs(roles: Sequence[Role]) -> Needs:
    return Needs(
        cpus=min(role.needs.cpus for role in roles),
        memory_mb=min(role.needs.memory_mb for role in roles),
        disk_gb=min(role.needs.disk_gb for role in roles),
        traits=frozenset.intersection(*(role.needs.traits for role in roles)),
    )


def _common_class(roles: Sequence[Role]) -> list[str]:
    (name, *others) = {role.resource_class for role in roles}
    is_said = not others and name != DEFAULT_RESOURCE_CLASS
    return [f'of resource class "{name}"'] if is_said else []


def _common_requirement(roles: Sequence[Role]) -> list[str]:
    common = common_requirement([role.requires for role in roles])
    return [common.describe("are")] if common else []


def _memory(mib: int) -> str:
    gib, rest = divmod(mib, _MIB_PER_GIB)
    return _sized(mib, "MiB of memory") if rest else _sized(gib, "GiB of memory")


def _sized(number: int, unit: str) -> str:
    return f"{number} {unit}" if number else ""


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"
