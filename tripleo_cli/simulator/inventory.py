"""What the inspection ramdisk would send of a machine.

The form is ironic-python-agent's: an ``inventory``, and beside it the plugin data
(root disk, boot interface, LLDP, extra hardware). It is what Ironic's
``POST /v1/continue_inspection`` takes and its inspection hooks read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from tripleo_cli.simulator import benchmarks, lldp
from tripleo_cli.simulator.machine import (
    Disk,
    Machine,
    bmc_address_for,
    boot_address_for,
)

CPU_FLAGS: Final = (
    "fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx "
    "fxsr sse sse2 ht syscall nx pdpe1gb rdtscp lm constant_tsc rep_good nopl cpuid "
    "pni pclmulqdq vmx ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c "
    "rdrand lahf_lm abm avx2 bmi1 bmi2 rdseed adx smap"
)
RESERVED_MB: Final = 180
"""What the kernel keeps of the memory, so that ``total`` is a little less."""
MANAGER: Final = "simulated_hardware_manager"
VENDOR: Final = "SIMULATED by tripleo-fleet"

Json = dict[str, Any]


def inspection_data(
    machine: Machine,
    macs: Sequence[str],
    seed: int,
    measured: Collection[str] = benchmarks.KINDS,
    slow: Mapping[str, float] = benchmarks.NO_SLOW_PARTS,
) -> Json:
    """Give the whole message of a good inspection; the first MAC booted."""
    facts = benchmarks.facts(machine, macs, seed, measured, slow)
    disks = [_disk(disk) for disk in machine.disks]
    interfaces = [_interface(machine, macs, index) for index in range(len(macs))]
    root_disk = min(disks, key=lambda disk: disk["size"], default=None)
    return {
        "inventory": {
            "interfaces": interfaces,
            "cpu": _cpu(machine),
            "disks": disks,
            "memory": {
                "total": (machine.memory.mb - RESERVED_MB) * 1024**2,
                "physical_mb": machine.memory.mb,
            },
            "bmc_address": bmc_address_for(macs[0]),
            "bmc_v6address": None,
            "bmc_mac": None,
            "system_vendor": _system_vendor(machine),
            "boot": {
                "current_boot_mode": machine.boot_mode,
                "pxe_interface": macs[0],
            },
            "hostname": machine.name,
        },
        "root_disk": root_disk,
        "boot_interface": macs[0],
        "configuration": {
            "collectors": ["default", "extra-hardware", "logs"],
            "managers": [{"name": MANAGER, "version": "1"}],
        },
        "data": [list(fact) for fact in facts],
        "error": None,
        "simulated": VENDOR,
    }


def failed_inspection_data(
    machine: Machine, macs: Sequence[str], seed: int, error: str
) -> Json:
    """Give the message of an agent whose collectors failed with ``error``."""
    data = inspection_data(machine, macs, seed)
    return {**data, "data": [], "error": error}


def _cpu(machine: Machine) -> Json:
    return {
        "model_name": machine.cpu.model,
        "frequency": f"{machine.cpu.mhz}.0000",
        "count": machine.cpu.logical,
        "architecture": "x86_64",
        "flags": CPU_FLAGS.split(),
        "socket_count": machine.cpu.sockets,
    }


def _disk(disk: Disk) -> Json:
    return {
        "name": disk.name,
        "model": disk.model,
        "size": disk.size,
        "rotational": disk.rotational,
        "wwn": disk.wwn,
        "serial": disk.serial,
        "vendor": "SIM",
        "wwn_with_extension": disk.wwn,
        "wwn_vendor_extension": None,
        "hctl": "0:0:0:0",
        "by_path": f"/dev/disk/by-path/pci-0000:3b:00.0-{disk.serial}",
        "logical_sectors": 512,
        "physical_sectors": 4096,
        "tran": "sas" if disk.rotational else "sata",
    }


def _interface(machine: Machine, macs: Sequence[str], index: int) -> Json:
    # Only the card that booted from the network has an address; the rest wait for
    # the deployed system's configuration.
    address = boot_address_for(macs[0]) if index == 0 else None
    tlvs = lldp.tlvs(
        rack=machine.rack, port=machine.switch_port + 48 * index, vlan=100 + index
    )
    return {
        "name": f"eno{index + 1}",
        "mac_address": macs[index],
        "ipv4_address": address,
        "ipv6_address": None,
        "has_carrier": True,
        "lldp": tlvs,
        "vendor": "0x5349",
        "product": "0x4d01",
        "client_id": None,
        "biosdevname": None,
        "speed_mbps": machine.nic_speed_mbps,
        "pci_address": f"0000:{0x40 + index:02x}:00.0",
        "driver": machine.nic_driver,
    }


def _system_vendor(machine: Machine) -> Json:
    return {
        "product_name": machine.product,
        "serial_number": machine.serial,
        "manufacturer": VENDOR,
        "firmware": {
            "vendor": VENDOR,
            "version": machine.firmware,
            "build_date": "01/01/2026",
        },
    }
