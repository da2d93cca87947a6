"""A node as the rules of matching see it: its values read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tripleo_cli.domain.matching.order import natural_key
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.profile import possible_profiles, profile_trait, profile_traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What matching asks of a node.

    The three sizes are ``None`` where Ironic has none yet; memory is in MiB, disk in
    GiB. ``tagged`` and ``possible`` are profiles, written as traits.
    """

    node: Node
    cpus: int | None
    memory_mb: int | None
    disk_gb: int | None
    tagged: frozenset[str]
    possible: frozenset[str]


def preference(candidate: Candidate) -> tuple[Any, ...]:
    """Sort candidates in the order in which to use them up.

    Nodes that an operator has tagged come first, then the smallest; a node of
    unknown size is taken for a small one. Names and ids make the order total, so
    that it does not depend on the order in which nodes were listed.
    """
    return (
        not candidate.tagged,
        candidate.memory_mb or 0,
        candidate.cpus or 0,
        candidate.disk_gb or 0,
        natural_key(candidate.node),
    )


def candidate_from_node(node: Node) -> Candidate:
    """Read a node's values out of Ironic's properties and tags."""
    return Candidate(
        node=node,
        cpus=_size(node.properties.get("cpus")),
        memory_mb=_size(node.properties.get("memory_mb")),
        disk_gb=_size(node.properties.get("local_gb")),
        tagged=profile_traits(node),
        possible=frozenset(map(profile_trait, possible_profiles(node))),
    )


def _size(value: Any) -> int | None:
    """Read a size; Ironic stores what it was given, numbers as texts included."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
