"""A simulated machine: drawn from a model, a seed and a name, always the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final

from tripleo_cli.simulator.models import Model

MAC_PREFIX: Final = (0x02, 0x53)
"""Locally administered: 02:53:00:00:00:00 to 02:53:ff:ff:ff:ff."""
NICS_PER_MACHINE: Final = 16
MACHINES_PER_SEED: Final = 1 << 20
OLD_FIRMWARE_CHANCE: Final = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """Processors of a machine."""

    model: str
    mhz: int
    sockets: int
    cores: int
    """Cores per socket."""
    threads: int
    """Threads per core."""

    @property
    def logical(self) -> int:
        """Processors that the operating system sees."""
        return self.sockets * self.cores * self.threads


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Memory modules of a machine."""

    module_gb: int
    modules: int
    clock_mhz: int

    @property
    def mb(self) -> int:
        """MiB altogether."""
        return self.module_gb * self.modules * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A disk; ``size`` is in bytes."""

    name: str
    size: int
    rotational: bool
    model: str
    serial: str
    wwn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Everything that does not change from one inspection to the next."""

    name: str
    model: str
    product: str
    serial: str
    boot_mode: str
    cpu: Cpu
    memory: Memory
    disks: tuple[Disk, ...]
    nic_count: int
    nic_speed_mbps: int
    nic_driver: str
    rack: int
    switch_port: int
    firmware: str = "SIM 2.4"


def dice(seed: int, *words: str) -> random.Random:
    """Give a generator that depends on nothing but its arguments."""
    # Strings seed through SHA-512, so neither hash randomisation nor the Python
    # version matters.
    return random.Random("/".join((str(seed), *words)))  # noqa: S311 - for no secret


def draw_machine(model: Model, name: str, seed: int) -> Machine:
    """Draw the machine of that name."""
    rng = dice(seed, model.name, name)
    cpu = _draw_cpu(model, rng)
    memory = Memory(
        module_gb=rng.choice(model.memory.module_gb),
        modules=rng.choice(model.memory.modules),
        clock_mhz=model.memory.clock_mhz,
    )
    return Machine(
        name=name,
        model=model.name,
        product=model.product,
        serial=f"SIM{rng.randrange(16**8):08X}",
        boot_mode=rng.choice(model.boot_modes),
        cpu=cpu,
        memory=memory,
        disks=_draw_disks(model, rng),
        nic_count=min(rng.choice(model.nics.count), NICS_PER_MACHINE),
        nic_speed_mbps=rng.choice(model.nics.speed_mbps),
        nic_driver=model.nics.driver,
        rack=rng.randrange(1, 33),
        switch_port=rng.randrange(1, 49),
        # Somebody always forgets a machine when the others are updated.
        firmware="SIM 2.3" if rng.random() < OLD_FIRMWARE_CHANCE else "SIM 2.4",
    )


def _draw_cpu(model: Model, rng: random.Random) -> Cpu:
    return Cpu(
        model=model.cpu.model,
        mhz=model.cpu.mhz,
        sockets=rng.choice(model.cpu.sockets),
        cores=rng.choice(model.cpu.cores),
        threads=model.cpu.threads,
    )


def _draw_disks(model: Model, rng: random.Random) -> tuple[Disk, ...]:
    disks: list[Disk] = []
    for group in model.disks:
        gb = rng.choice(group.gb)
        for _ in range(rng.choice(group.count)):
            disks.append(
                Disk(
                    name=f"/dev/{disk_letters(len(disks))}",
                    size=gb * 10**9,
                    rotational=group.rotational,
                    model=group.model,
                    serial=f"SIM{rng.randrange(16**10):010X}",
                    wwn=f"0x5000c5{rng.randrange(16**10):010x}",
                )
            )
    return tuple(disks)


def disk_letters(index: int) -> str:
    """Name the disk the kernel finds at that place: sda ... sdz, sdaa ..."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return f"sd{letters}"


def macs_for(seed: int, index: int, count: int) -> tuple[str, ...]:
    """Give the MAC addresses of a fleet's machine number ``index``.

    Unique within a fleet; fleets of different seeds (modulo 256) never collide.
    """
    tail = (seed % 256) << 24 | (index % MACHINES_PER_SEED) << 4
    return tuple(_mac(tail | nic) for nic in range(count))


def _mac(tail: int) -> str:
    octets: Sequence[int] = (*MAC_PREFIX, *tail.to_bytes(4, "big"))
    return ":".join(f"{octet:02x}" for octet in octets)


def bmc_address_for(mac: str) -> str:
    """Give the address of the management controller beside that network card.

    From 198.18.0.0/15, set aside for tests of network devices (RFC 2544).
    """
    return _address("198.18.0.0/15", mac)


def boot_address_for(mac: str) -> str:
    """Give the address the ramdisk got when it booted from that network card.

    From 100.64.0.0/10, set aside for carriers (RFC 6598): no machine here has it.
    """
    return _address("100.64.0.0/10", mac)


def _address(network: str, mac: str) -> str:
    """Pick an address by a machine's number, different for machines of a fleet."""
    range_ = ip_network(network)
    number = int(mac.replace(":", ""), 16) // NICS_PER_MACHINE
    # Neither the network's own address nor its broadcast address.
    return str(range_[1 + number % (range_.num_addresses - 2)])
