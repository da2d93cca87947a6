"""Show the hardware facts of one machine: as text to read, and as data to use."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from statistics import median
from typing import Any

from tripleo_cli.domain.facts import Disk, HardwareFacts, Nic, SwitchPort
from tripleo_cli.domain.facts.efficiency import efficiencies

_NUMBERED = re.compile(r"(?<=[._])\d+(?=\.)")
_DISKS = {True: "rotating", False: "flash", None: ""}
_LINKS = {True: "up", False: "down", None: "unknown"}

Interface = tuple[Any, ...]
INTERFACE_COLUMNS = (
    "Name",
    "MAC Address",
    "Link",
    "Speed Mbit/s",
    "IPv4 Address",
    "Switch",
    "Switch Port",
    "VLANs",
)


def as_text(facts: HardwareFacts) -> dict[str, str]:
    """Give the facts for reading, by name, each with its unit."""
    rows = {
        "cpus": _number(facts.cpus),
        "cpu_model": _joined(facts.cpu_model, facts.cpu_architecture),
        "cpu_mhz": _number(facts.cpu_mhz),
        "memory_mib": _number(facts.memory_mib),
        "disks": "\n".join(_disk(disk) for disk in facts.disks),
        "interfaces": "\n".join(_nic(nic) for nic in facts.nics),
        "machine": _joined(facts.manufacturer, facts.product),
        "serial": facts.serial,
        "firmware": "\n".join(
            f"{name} {facts.firmware[name]}" for name in sorted(facts.firmware)
        ),
        "boot_mode": facts.boot_mode,
        "bmc_address": facts.bmc_address,
        "benchmarks": "\n".join(_benchmarks(facts.benchmarks)),
    }
    ratios = efficiencies(facts).items()
    shares = {
        "efficiencies": "\n".join(f"{name}: {ratio:.3g}" for name, ratio in ratios)
    }
    earlier = {"measured_earlier": ", ".join(_earlier(facts))}
    return {name: text or "unknown" for name, text in rows.items()} | {
        "benchmarks": rows["benchmarks"] or "none (--benchmark cpu,memory,disk)",
        **(shares if ratios else {}),
        **(earlier if facts.measured_at else {}),
    }


def as_data(facts: HardwareFacts) -> dict[str, Any]:
    """Give the facts for programs: JSON's own types, under the facts' own names."""
    data = asdict(facts)
    data["cpu_flags"] = sorted(facts.cpu_flags)
    data["firmware"] = dict(sorted(facts.firmware.items()))
    data["benchmarks"] = dict(sorted(facts.benchmarks.items()))
    data["efficiencies"] = efficiencies(facts)
    data["measured_at"] = dict(facts.measured_at)
    data["disks"] = list(data["disks"])
    data["interfaces"] = [interface_data(nic) for nic in facts.nics]
    del data["nics"]
    return data


def interface_row(nic: Nic) -> Interface:
    """Give a network card's cells of ``INTERFACE_COLUMNS``."""
    switch = nic.switch or SwitchPort()
    return (
        nic.name,
        nic.mac,
        _LINKS[nic.has_carrier],
        nic.speed_mbps,
        nic.ipv4,
        switch.system_name or switch.chassis,
        switch.port,
        ", ".join(str(vlan) for vlan in switch.vlans),
    )


def interface_data(nic: Nic) -> dict[str, Any]:
    """Give everything that is known of a network card and its cable."""
    data = asdict(nic)
    switch = asdict(nic.switch or SwitchPort())
    del data["switch"]
    data |= {f"switch_{name}": value for name, value in switch.items()}
    data["switch_vlans"] = list(switch["vlans"])
    return data


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if value < 1e6 else f"{value:.0f}"  # noqa: PLR2004 - longer numbers unreadable


def _joined(*words: str) -> str:
    return ", ".join(word for word in words if word)


def _disk(disk: Disk) -> str:
    size = f"{disk.size_gib:.0f} GiB" if disk.size_gib is not None else ""
    product = " ".join(word for word in (disk.vendor, disk.model) if word)
    serial = f"serial {disk.serial}" if disk.serial else ""
    rest = _joined(size, _DISKS[disk.is_rotational], product, serial)
    return f"{disk.name}: {rest}" if rest else disk.name


def _nic(nic: Nic) -> str:
    speed = f"{nic.speed_mbps} Mbit/s" if nic.speed_mbps else ""
    switch = nic.switch or SwitchPort()
    name = switch.system_name or switch.chassis
    cable = f"{name} {switch.port}".strip()
    link = f"link {_LINKS[nic.has_carrier]}"
    to = f"to {cable}" if cable else ""
    return f"{nic.name}: {_joined(nic.mac, link, speed, nic.ipv4, to)}"


def _earlier(facts: HardwareFacts) -> Iterator[str]:
    for area, when in sorted(facts.measured_at.items()):
        yield f"{area} at {when or 'an unknown time'}"


def _benchmarks(metrics: Mapping[str, float]) -> Iterator[str]:
    """Give each metric a line; numbered parts of a machine share one."""
    together: dict[str, list[float]] = defaultdict(list)
    for metric in sorted(metrics):
        together[_NUMBERED.sub("*", metric)].append(metrics[metric])
    for name, values in together.items():
        if len(values) == 1:
            yield f"{name}: {values[0]:g}"
        else:
            yield (
                f"{name}: median {median(values):g}"
                f" ({min(values):g} to {max(values):g}, {len(values)} values)"
            )
