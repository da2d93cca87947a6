"""What a simulated management controller tells of its machine's parts, by Redfish.

As much as Ironic's out-of-band inspection reads: memory, processors, disks, network
cards, maker and boot mode. Documents are found by their path below the machine's own.
Source: the Redfish schemas, https://redfish.dmtf.org/schemas/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tripleo_cli.simulator.machine import Machine

Json = dict[str, Any]
Parts = Sequence[str]

STATUS: Final = {"State": "Enabled", "Health": "OK"}
VENDOR: Final = "SIMULATED by tripleo-fleet"


def about(machine: Machine, path: str) -> Json:
    """Give what a machine's own document says of its parts.

    Args:
        machine: The machine.
        path: Where that document is.
    """
    mode = "UEFI" if machine.boot_mode == "uefi" else "Legacy"
    return {
        "Manufacturer": VENDOR,
        "Model": machine.product,
        "SerialNumber": machine.serial,
        "BiosVersion": machine.firmware,
        "Status": STATUS,
        "MemorySummary": {
            "TotalSystemMemoryGiB": machine.memory.mb // 1024,
            "Status": STATUS,
        },
        "Boot": {
            "BootSourceOverrideEnabled": "Disabled",
            "BootSourceOverrideMode": mode,
            "BootSourceOverrideTarget": "None",
        },
        **{
            name: {"@odata.id": f"{path}/{name}"}
            for name in ("Processors", "EthernetInterfaces", "Storage")
        },
    }


def document(
    machine: Machine, macs: Sequence[str], path: str, parts: Parts
) -> Json | None:
    """Give the document at ``path`` and ``parts`` below; ``None`` if there is none.

    Args:
        machine: The machine.
        macs: The addresses of its network cards.
        path: Where the machine's own document is.
        parts: The rest of the path, as in ``("Processors", "CPU0")``.
    """
    everything: Mapping[str, Callable[[], Mapping[str, Json]]] = {
        "Processors": lambda: _processors(machine),
        "EthernetInterfaces": lambda: _interfaces(machine, macs),
        "Storage": lambda: _storage(machine, f"{path}/Storage"),
    }
    if not parts or parts[0] not in everything:
        return None
    members = everything[parts[0]]()
    here = "/".join((path, *parts))
    if len(parts) == 1:
        return _collection(here, [name for name in members if "/" not in name])
    found = members.get("/".join(parts[1:]))
    return {"@odata.id": here, **found} if found else None


def _collection(path: str, names: Sequence[str]) -> Json:
    return {
        "@odata.id": path,
        "Name": f"SIMULATED {path.rpartition('/')[2]}",
        "Members@odata.count": len(names),
        "Members": [{"@odata.id": f"{path}/{name}"} for name in names],
    }


def _processors(machine: Machine) -> dict[str, Json]:
    cpu = machine.cpu
    return {
        f"CPU{number}": {
            "Id": f"CPU{number}",
            "Socket": f"CPU {number}",
            "ProcessorType": "CPU",
            "ProcessorArchitecture": "x86",
            "InstructionSet": "x86-64",
            "Manufacturer": "SIMULATED",
            "Model": cpu.model,
            "MaxSpeedMHz": cpu.mhz,
            "TotalCores": cpu.cores,
            "TotalThreads": cpu.cores * cpu.threads,
            "Status": STATUS,
        }
        for number in range(cpu.sockets)
    }


def _interfaces(machine: Machine, macs: Sequence[str]) -> dict[str, Json]:
    return {
        f"NIC{number}": {
            "Id": f"NIC{number}",
            "Name": f"SIMULATED network card {number}",
            "MACAddress": mac,
            "PermanentMACAddress": mac,
            "SpeedMbps": machine.nic_speed_mbps,
            "Status": STATUS,
        }
        for number, mac in enumerate(macs)
    }


def _storage(machine: Machine, path: str) -> dict[str, Json]:
    names = [disk.name.removeprefix("/dev/") for disk in machine.disks]
    controller = {
        "Id": "1",
        "Name": "SIMULATED controller",
        "Status": STATUS,
        "Drives": [{"@odata.id": f"{path}/1/Drives/{name}"} for name in names],
    }
    drives = {
        f"1/Drives/{name}": {
            "Id": name,
            "Name": name,
            "CapacityBytes": disk.size,
            "MediaType": "HDD" if disk.rotational else "SSD",
            "Manufacturer": "SIM",
            "Model": disk.model,
            "SerialNumber": disk.serial,
            "Status": STATUS,
        }
        for name, disk in zip(names, machine.disks, strict=True)
    }
    return {"1": controller, **drives}
