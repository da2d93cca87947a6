"""What an inspection found in a machine, with units in the names.

Numbers that nobody reported are ``None`` and texts are empty: unknown is not zero.
Sizes are in binary units (1 GiB = 1024³ bytes), as operating systems count them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A block device that the ramdisk saw; ``name`` is its path ("/dev/sda")."""

    name: str
    size_gib: float | None = None
    is_rotational: bool | None = None
    model: str = ""
    vendor: str = ""
    serial: str = ""
    wwn: str = ""
    by_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchPort:
    """The other end of a network card's cable, as the switch told it by LLDP.

    ``chassis`` and ``port`` are the ids that the switch gives itself: MAC addresses
    in lower case with colons, anything else as it was sent. ``vlans`` are in
    ascending order.
    """

    chassis: str = ""
    port: str = ""
    system_name: str = ""
    vlans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """A network card; ``mac`` is in lower case with colons.

    ``vendor`` and ``product`` are the PCI ids that the kernel gives ("0x8086").
    ``switch`` is ``None`` where no switch made itself known.
    """

    name: str
    mac: str = ""
    has_carrier: bool | None = None
    speed_mbps: int | None = None
    ipv4: str = ""
    ipv6: str = ""
    vendor: str = ""
    product: str = ""
    driver: str = ""
    switch: SwitchPort | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareFacts:
    """A machine's hardware, its cabling, and how fast it is.

    ``cpus`` counts logical CPUs (threads). ``memory_mib`` is what is installed,
    where that is known, else what the kernel could use. ``firmware`` is by name
    ("bios_version") and ``benchmarks`` by dotted metric
    ("cpu.logical_0.loops_per_sec") in the units of their names.
    """

    cpus: int | None = None
    cpu_architecture: str = ""
    cpu_model: str = ""
    cpu_mhz: float | None = None
    cpu_flags: frozenset[str] = frozenset()
    memory_mib: int | None = None
    disks: tuple[Disk, ...] = ()
    nics: tuple[Nic, ...] = ()
    manufacturer: str = ""
    product: str = ""
    serial: str = ""
    hostname: str = ""
    firmware: Mapping[str, str] = field(default_factory=dict)
    boot_mode: str = ""
    bmc_address: str = ""
    benchmarks: Mapping[str, float] = field(default_factory=dict)
    measured_at: Mapping[str, str] = field(default_factory=dict)
    """When areas ("cpu", "disk") were measured whose results an earlier inspection
    gave, ISO 8601; empty where all results are of the last one."""

    @property
    def memory_mib_per_cpu(self) -> float | None:
        """Memory for each logical CPU, where both are known."""
        if self.memory_mib is None or not self.cpus:
            return None
        return self.memory_mib / self.cpus
