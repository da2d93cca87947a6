"""Facts and benchmark results as the agent's ``extra-hardware`` collector sends them.

It sends what the ``hardware`` library found: quadruples of area, item, key and
value, nearly all values strings. It measures only what it is asked to. The numbers
follow from the machine, with a spread of a few percent; a part can be made slow.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from tripleo_cli.simulator.machine import Disk, Machine, dice

Fact = tuple[str, str, str, str | int]

SPREAD: Final = 0.03
CPU, MEMORY, DISK = "cpu", "mem", "disk"
KINDS: Final = (CPU, MEMORY, DISK)
"""What can be measured, by the words of ``ipa-inspection-benchmarks``."""
NO_SLOW_PARTS: Final[Mapping[str, float]] = {}
# MB/s of one core per block size: caches make the middle sizes the fastest.
BANDWIDTH: Final = {
    "1K": 2450,
    "4K": 5700,
    "1M": 8900,
    "16M": 8500,
    "128M": 4900,
    "1G": 4870,
    "2G": 4860,
}
ALL_CORES: Final = ("1K", "4K", "1M", "16M", "128M")
# Jobs of fio, with KB/s on a rotating disk and on a flash disk, and KB per operation.
DISK_JOBS: Final = (
    ("randwrite_4k", 2_400, 210_000, 4),
    ("write_1M", 150_000, 480_000, 1024),
    ("randread_4k", 1_700, 280_000, 4),
    ("read_1M", 190_000, 540_000, 1024),
)


def facts(
    machine: Machine,
    macs: Sequence[str],
    seed: int,
    measured: Collection[str] = KINDS,
    slow: Mapping[str, float] = NO_SLOW_PARTS,
) -> list[Fact]:
    """List everything the collector would find and measure on the machine.

    Args:
        machine: The machine.
        macs: The addresses of its network cards.
        seed: Same seed, same numbers.
        measured: Which of ``KINDS`` it is asked to measure.
        slow: How fast a part is (0.6 for 60 %), by ``KINDS`` or a disk's name.
    """
    rng = dice(seed, machine.name, "benchmarks")
    everything = [
        *_system(machine),
        *_memory(machine, rng),
        *_network(machine, macs),
        *_cpu(machine),
        *_cpu_benchmarks(machine, rng, slow),
        *_disks(machine, rng, slow),
    ]
    # Left out only now, so that each number is the same whatever else is measured.
    return [fact for fact in everything if _kind(fact) in (None, *measured)]


def _kind(fact: Fact) -> str | None:
    """Say which benchmark a fact comes from; ``None`` for what is always found."""
    area, _, key, _ = fact
    if area == "cpu" and "bandwidth_" in key:
        return MEMORY
    if area == "cpu" and key in ("bogomips", "loops_per_sec", "cache_size"):
        return CPU
    is_disk = area == "disk" and key.startswith(("standalone_", "simultaneous_"))
    return DISK if is_disk else None


def _about(value: float, rng: random.Random) -> str:
    return str(round(value * rng.uniform(1 - SPREAD, 1 + SPREAD)))


def _system(machine: Machine) -> Iterator[Fact]:
    yield "system", "product", "serial", machine.serial
    yield "system", "product", "name", machine.product
    yield "system", "product", "vendor", "SIMULATED by tripleo-fleet"
    yield "system", "ipmi", "channel", "1"
    yield "firmware", "bios", "version", machine.firmware
    yield "firmware", "bios", "date", "01/01/2026"
    yield "firmware", "bios", "vendor", "SIMULATED by tripleo-fleet"


def _memory(machine: Machine, rng: random.Random) -> Iterator[Fact]:
    memory = machine.memory
    for slot in range(memory.modules):
        bank = f"bank:{slot % machine.cpu.sockets}:{slot // machine.cpu.sockets}"
        yield "memory", bank, "size", str(memory.module_gb * 1024**3)
        yield "memory", bank, "clock", str(memory.clock_mhz * 1_000_000)
        yield "memory", bank, "description", f"SIM DIMM {memory.clock_mhz} MHz"
        yield "memory", bank, "vendor", "SIMULATED"
        yield "memory", bank, "serial", f"SIM{rng.randrange(16**6):06X}"
        yield "memory", bank, "slot", f"DIMM {slot + 1}"
    yield "memory", "banks", "count", memory.modules
    yield "memory", "total", "size", str(memory.mb * 1024**2)


def _network(machine: Machine, macs: Sequence[str]) -> Iterator[Fact]:
    for index, mac in enumerate(macs):
        item = f"eth{index}"
        yield "network", item, "serial", mac
        yield "network", item, "businfo", f"pci@0000:{0x40 + index:02x}:00.0"
        yield "network", item, "link", "yes"
        yield "network", item, "driver", machine.nic_driver
        yield "network", item, "duplex", "full"
        yield "network", item, "latency", "0"
        yield "network", item, "autonegotiation", "on"
        yield "network", item, "speed", f"{machine.nic_speed_mbps}Mbit/s"


def _cpu(machine: Machine) -> Iterator[Fact]:
    cpu = machine.cpu
    for socket in range(cpu.sockets):
        item = f"physical_{socket}"
        yield "cpu", item, "physid", str(400 + socket)
        yield "cpu", item, "product", cpu.model
        yield "cpu", item, "vendor", "SIMULATED"
        yield "cpu", item, "frequency", str(cpu.mhz * 1_000_000)
        yield "cpu", item, "clock", "100000000"
        yield "cpu", item, "cores", str(cpu.cores)
        yield "cpu", item, "enabled_cores", str(cpu.cores)
        yield "cpu", item, "threads", str(cpu.cores * cpu.threads)
    yield "cpu", "physical", "number", str(cpu.sockets)
    yield "cpu", "logical", "number", str(cpu.logical)


def _cpu_benchmarks(
    machine: Machine, rng: random.Random, slow: Mapping[str, float]
) -> Iterator[Fact]:
    cpu = machine.cpu
    loops = cpu.mhz * 0.226 * slow.get(CPU, 1.0)
    speed = slow.get(MEMORY, 1.0)
    for number in range(cpu.logical):
        item = f"logical_{number}"
        yield "cpu", item, "bogomips", f"{cpu.mhz * 2 * rng.uniform(0.999, 1.001):.2f}"
        yield "cpu", item, "cache_size", f"{cpu.cores * 1280}KB"
        yield "cpu", item, "loops_per_sec", _about(loops, rng)
        for size, rate in BANDWIDTH.items():
            yield "cpu", item, f"bandwidth_{size}", _about(rate * speed, rng)
    total = loops * cpu.logical * 0.75
    yield "cpu", "logical", "loops_per_sec", _about(total, rng)
    for size in ALL_CORES:
        whole = BANDWIDTH[size] * speed * cpu.sockets * cpu.cores
        yield (
            "cpu",
            "logical",
            f"threaded_bandwidth_{size}",
            _about(whole * 0.5, rng),
        )
        yield (
            "cpu",
            "logical",
            f"forked_bandwidth_{size}",
            _about(whole * 0.8, rng),
        )


def _disks(
    machine: Machine, rng: random.Random, slow: Mapping[str, float]
) -> Iterator[Fact]:
    for disk in machine.disks:
        item = disk.name.removeprefix("/dev/")
        yield "disk", item, "size", str(disk.size // 10**9)
        yield "disk", item, "vendor", "SIM"
        yield "disk", item, "model", disk.model
        yield "disk", item, "rev", "1.0"
        yield "disk", item, "rotational", str(int(disk.rotational))
        speed = slow.get(item, slow.get(DISK, 1.0))
        yield from _disk_benchmarks(item, disk, rng, speed)
    yield "disk", "logical", "count", str(len(machine.disks))


def _disk_benchmarks(
    item: str, disk: Disk, rng: random.Random, speed: float
) -> Iterator[Fact]:
    for together, factor in (("standalone", 1.0), ("simultaneous", 0.9)):
        for job, rotating, flash, block_kb in DISK_JOBS:
            rate = (rotating if disk.rotational else flash) * speed * factor
            kbps = int(_about(rate, rng))
            yield "disk", item, f"{together}_{job}_KBps", str(kbps)
            yield "disk", item, f"{together}_{job}_IOps", str(kbps // block_kb)
