"""Flavors, images and servers of the undercloud.

Sources: the Compute API, https://docs.openstack.org/api-ref/compute/, and the Image
API, https://docs.openstack.org/api-ref/image/v2/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tripleo_cli.domain.node import NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavor:
    """A Nova flavor; memory in MiB, disk in GiB."""

    name: str
    memory_mb: int = 4096
    vcpus: int = 1
    disk_gb: int = 40
    extra_specs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A Nova server on a bare metal node.

    ``node`` is ``None`` until Nova has placed it; ``addresses`` are all its fixed
    ones; ``fault`` is Nova's own message where it is in ERROR.
    """

    id: str
    name: str
    status: str
    node: NodeId | None = None
    task: str | None = None
    addresses: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A Glance image; ``checksum`` is its SHA-512, empty where Glance has none.

    ``properties`` are the additional ones (``kernel_id``, ...). The minima, in GiB
    and MiB, are what Glance was told that a machine must have for it.
    """

    id: str
    name: str
    status: str
    size_bytes: int = 0
    checksum: str = ""
    disk_format: str = ""
    min_disk_gb: int = 0
    min_memory_mb: int = 0
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How much of something a project may have, and has.

    ``resource`` is the service's own name ("instances", "cores", "ram" in MiB,
    "port"); ``limit`` is ``None`` where there is none: then nobody may have counted,
    and ``used`` is 0.
    """

    resource: str
    limit: int | None
    used: int

    @property
    def free(self) -> int | None:
        """How much more there may be, ``None`` for any amount; never below 0."""
        return None if self.limit is None else max(self.limit - self.used, 0)
