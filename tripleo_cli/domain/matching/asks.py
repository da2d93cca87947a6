"""Say in words what roles ask of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
        *_if_all_same(roles),
    ]
    return " ".join(parts)


def easygoing(roles: Sequence[Role]) -> list[Role]:
    """Give these roles, asking only for what all of them ask for."""
    needs = _common_needs(roles)
    requires = roles[0].requires
    is_shared = all(role.requires == requires for role in roles)
    return [
        replace(role, needs=needs, requires=requires if is_shared else None)
        for role in roles
    ]


def _common_needs(roles: Sequence[Role]) -> Needs:
    return Needs(
        cpus=min(role.needs.cpus for role in roles),
        memory_mb=min(role.needs.memory_mb for role in roles),
        disk_gb=min(role.needs.disk_gb for role in roles),
        traits=frozenset.intersection(*(role.needs.traits for role in roles)),
    )


def _if_all_same(roles: Sequence[Role]) -> list[str]:
    first, *others = roles
    parts = []
    is_same_class = all(one.resource_class == first.resource_class for one in others)
    if is_same_class and first.resource_class != DEFAULT_RESOURCE_CLASS:
        parts.append(f'of resource class "{first.resource_class}"')
    if first.requires and all(one.requires == first.requires for one in others):
        parts.append(first.requires.describe("are"))
    return parts


def _memory(mib: int) -> str:
    gib, rest = divmod(mib, _MIB_PER_GIB)
    return _sized(mib, "MiB of memory") if rest else _sized(gib, "GiB of memory")


def _sized(number: int, unit: str) -> str:
    return f"{number} {unit}" if number else ""


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"
