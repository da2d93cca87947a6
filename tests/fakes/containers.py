"""A host with containers, in memory; refuses what the real one refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tripleo_cli.errors import HostError, PreflightError
from tripleo_cli.simulator.container import Condition, Fabric, Image, Record, Tenant
from tripleo_cli.simulator.ports import RefusedError

FABRIC = Fabric(
    subnet_id="5ab1e7aa-0000-4000-8000-000000000000",
    cidr="203.0.113.0/24",
    gateway="203.0.113.1",
)
ROOTFS = Image(
    id="image-1", name="root", disk_format="raw", algorithm="sha512", digest="ab" * 32
)


def a_tenant(instance_id: str = "server-1", **fields: Any) -> Tenant:
    tenant = Tenant(
        instance_id=instance_id,
        hostname=f"host-{instance_id}",
        image_id=ROOTFS.id,
        address="203.0.113.10",
        fabric=FABRIC,
        keys={"key-1": "ssh-ed25519 AAAA somebody"},
    )
    return replace(tenant, **fields)


def a_record(node_id: str = "id-a", **fields: Any) -> Record:
    record = Record(
        node_id=node_id,
        name="a",
        instance_id="server-1",
        hostname="host-server-1",
        rootfs="/cache/root",
        mac="02:53:01:00:00:00",
        address="203.0.113.10",
        fabric=FABRIC,
    )
    return replace(record, **fields)


@dataclass
class FakeCloud:
    """Servers and images by their ids."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=lambda: {ROOTFS.id: ROOTFS})

    def tenant(self, instance_id: str) -> Tenant:
        if instance_id not in self.tenants:
            raise RefusedError(f"no server {instance_id}")
        return self.tenants[instance_id]

    def image(self, image_id: str) -> Image:
        return self.images[image_id]

    def download(self, image: Image, path: str) -> None:
        raise HostError(f"{image.name} is not written to {path} here")


@dataclass
class FakeRecords:
    """Records that survive whoever keeps them."""

    kept: dict[str, Record] = field(default_factory=dict)

    def all(self) -> Mapping[str, Record]:
        return dict(self.kept)

    def save(self, record: Record) -> None:
        self.kept[record.node_id] = record

    def forget(self, node_id: str) -> None:
        self.kept.pop(node_id, None)


@dataclass
class FakeRuntime:
    """Disks and running containers by node."""

    missing: str = ""
    """What this host lacks."""
    broken_images: set[str] = field(default_factory=set)
    unpacked: list[str] = field(default_factory=list)
    disks: dict[str, Tenant] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    unplugged: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    """Machines with processes that nothing kills."""
    full: bool = False
    """Whether the host has no room: what is made stays half made."""
    stops: list[tuple[str, float]] = field(default_factory=list)
    boots: int = 0

    def check(self) -> None:
        if self.missing:
            raise PreflightError(self.missing)

    def unpack(self, image: Image) -> str:
        if image.disk_format != "raw":
            raise HostError(f"image {image.name} has disk format {image.disk_format}")
        if image.id in self.broken_images:
            raise HostError(f"image {image.name} has no systemd in it")
        self.unpacked.append(image.id)
        return f"/cache/{image.digest[:8]}"

    def make(self, record: Record, tenant: Tenant) -> None:
        if record.node_id in self.running:
            raise HostError(f"{record.name} runs: its disk cannot be replaced")
        self.disks[record.node_id] = tenant
        if self.full:
            raise HostError("cannot prepare a disk: No space left on device")

    def boot(self, record: Record, *, plugged: bool) -> None:
        if record.node_id not in self.disks:
            raise HostError(f"{record.name} has no disk to boot from")
        self.boots += record.node_id not in self.running
        self.running.add(record.node_id)
        self.lost.discard(record.node_id)
        self.plug(record, plugged=plugged)

    def plug(self, record: Record, *, plugged: bool) -> None:
        change = self.unplugged.discard if plugged else self.unplugged.add
        change(record.node_id)

    def condition(self, record: Record) -> Condition:
        if record.node_id in self.running:
            return Condition.RUNNING
        is_lost = record.node_id in self.lost
        return Condition.LOST if is_lost else Condition.HALTED

    def stop(self, record: Record, *, within_s: float) -> None:
        self.stops.append((record.node_id, within_s))
        self.running.discard(record.node_id)

    def wipe(self, record: Record) -> None:
        if record.node_id in self.stuck:
            raise HostError("its processes survive being killed")
        self.running.discard(record.node_id)
        self.disks.pop(record.node_id, None)

    def lose_power(self) -> None:
        """The host goes down, and comes up again."""
        self.lost |= self.running
        self.running.clear()
