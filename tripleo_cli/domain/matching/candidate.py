"""A node as the rules of matching see it: its values read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tripleo_cli.domain.facts import Disk
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.profile import possible_profiles, profile_trait, profile_traits

ROOT_DISK_LEAST_GIB = 4
"""Without a hint, Ironic's ramdisk takes the smallest disk from this size for the root
device.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What matching asks of a node.

    The sizes are ``None`` where nobody knows them; memory is in MiB, disks in GiB.
    ``disk_gb`` is the root disk and ``storage_gb`` all disks together. What an
    inspection measured comes before what somebody wrote; but the root disk that
    Ironic has was chosen by Ironic. ``tagged`` and ``possible`` are profiles, written
    as traits; ``possible_names`` are the latter as people write them.

    Two values are of its surroundings: ``medians`` are those of the benchmarks of
    machines like it, ``sorted_for`` the profiles that any node is possible for.
    """

    node: Node
    cpus: int | None
    memory_mb: int | None
    disk_gb: int | None
    storage_gb: int | None
    tagged: frozenset[str]
    possible: frozenset[str]
    possible_names: tuple[str, ...]
    medians: Mapping[str, float] = field(default_factory=dict)
    sorted_for: frozenset[str] = frozenset()

    @property
    def looks(self) -> tuple[Any, ...]:
        """All that the simple rules look at."""
        node = self.node
        sizes = (self.cpus, self.memory_mb, self.disk_gb)
        tags = (self.tagged, self.possible, self.sorted_for)
        return (node.resource_class, node.traits, tags, sizes)

    @property
    def size(self) -> tuple[int, int, int]:
        """Memory, CPUs and storage; unknown sizes count as 0."""
        return self.memory_mb or 0, self.cpus or 0, self.storage_gb or 0


def candidate_from_node(
    node: Node,
    *,
    medians: Mapping[str, float] | None = None,
    sorted_for: frozenset[str] = frozenset(),
) -> Candidate:
    """Read a node's values out of its facts, Ironic's properties, and its tags."""
    facts, properties = node.facts, node.properties
    possible = possible_profiles(node)
    cpus = facts.cpus if facts else None
    memory = facts.memory_mib if facts else None
    disk_gb = _size(properties.get("local_gb"))
    disks = facts.disks if facts else ()
    return Candidate(
        node=node,
        cpus=_size(properties.get("cpus")) if cpus is None else cpus,
        memory_mb=_size(properties.get("memory_mb")) if memory is None else memory,
        disk_gb=_root_disk(disks) if disk_gb is None else disk_gb,
        storage_gb=_storage(disks) or disk_gb,
        tagged=profile_traits(node),
        possible=frozenset(map(profile_trait, possible)),
        possible_names=possible,
        medians=medians or {},
        sorted_for=sorted_for,
    )


def possible_traits(node: Node) -> frozenset[str]:
    """Give the profiles that a node was found fit for, as traits."""
    return frozenset(map(profile_trait, possible_profiles(node)))


def _root_disk(disks: tuple[Disk, ...]) -> int | None:
    sizes = [disk.size_gib for disk in disks if disk.size_gib is not None]
    return int(min((s for s in sizes if s >= ROOT_DISK_LEAST_GIB), default=0)) or None


def _storage(disks: tuple[Disk, ...]) -> int:
    return int(sum(disk.size_gib or 0 for disk in disks))


def _size(value: Any) -> int | None:
    """Read a size; Ironic stores what it was given, numbers as texts included."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None
