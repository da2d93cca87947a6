"""Read facts out of what Ironic keeps of an inspection.

The ramdisk's inventory comes first; where it is silent (an out-of-band inspection, a
file of older tools), what the ``hardware`` collector found fills the gap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tripleo_cli.domain.facts.collected import (
    Collected,
    collected_from,
    firmware_of,
)
from tripleo_cli.domain.facts.disks import disks_from
from tripleo_cli.domain.facts.nics import nics_from
from tripleo_cli.domain.facts.plain import mapping, positive, sequence, text, whole
from tripleo_cli.domain.facts.values import HardwareFacts

_MIB: Final = 1024**2
_HERTZ_PER_MHZ: Final = 1_000_000
_BANK: Final = re.compile(r"bank:")


def facts_from(
    inventory: Mapping[str, Any], plugin_data: Mapping[str, Any]
) -> HardwareFacts:
    """Read a machine's facts; what is missing or odd stays unknown.

    Args:
        inventory: The ``inventory`` of Ironic's answer to
            ``GET /v1/nodes/{id}/inventory``.
        plugin_data: Its ``plugin_data``: what inspection hooks added.
    """
    inventory, plugin_data = mapping(inventory), mapping(plugin_data)
    collected = collected_from(plugin_data)
    vendor = mapping(inventory.get("system_vendor"))
    boot = mapping(inventory.get("boot"))
    return HardwareFacts(
        **_cpu(mapping(inventory.get("cpu")), collected),
        memory_mib=_memory_mib(mapping(inventory.get("memory")), collected),
        disks=disks_from(inventory.get("disks"), collected),
        nics=nics_from(inventory.get("interfaces"), plugin_data, collected),
        manufacturer=_product(vendor, "manufacturer", collected, "vendor"),
        product=_product(vendor, "product_name", collected, "name"),
        serial=_product(vendor, "serial_number", collected, "serial"),
        hostname=text(inventory.get("hostname")),
        firmware=_firmware(mapping(vendor.get("firmware")), collected),
        boot_mode=text(boot.get("current_boot_mode")).lower(),
        bmc_address=_bmc_address(inventory),
        benchmarks=collected.benchmarks,
    )


def _cpu(cpu: Mapping[str, Any], collected: Collected) -> dict[str, Any]:
    hertz = positive(collected.get("cpu", "physical_0", "frequency"))
    return {
        "cpus": whole(cpu.get("count"))
        or whole(collected.get("cpu", "logical", "number")),
        "cpu_architecture": text(cpu.get("architecture")),
        "cpu_model": text(cpu.get("model_name"))
        or text(collected.get("cpu", "physical_0", "product")),
        "cpu_mhz": positive(cpu.get("frequency"))
        or (hertz / _HERTZ_PER_MHZ if hertz else None),
        "cpu_flags": frozenset(filter(None, map(text, sequence(cpu.get("flags"))))),
    }


def _memory_mib(memory: Mapping[str, Any], collected: Collected) -> int | None:
    if installed := whole(memory.get("physical_mb")):
        return installed
    usable = whole(memory.get("total")) or whole(
        collected.get("memory", "total", "size")
    )
    banks = [
        whole(keys.get("size")) or 0
        for item, keys in collected.items("memory").items()
        if _BANK.match(item)
    ]
    return (usable or sum(banks)) // _MIB or None


def _product(
    vendor: Mapping[str, Any], key: str, collected: Collected, other: str
) -> str:
    return text(vendor.get(key)) or text(collected.get("system", "product", other))


def _firmware(bios: Mapping[str, Any], collected: Collected) -> dict[str, str]:
    given = {
        "bios_vendor": text(bios.get("vendor")),
        "bios_version": text(bios.get("version")),
        "bios_date": text(bios.get("build_date")),
    }
    return firmware_of(collected) | {
        key: value for key, value in given.items() if value
    }


def _bmc_address(inventory: Mapping[str, Any]) -> str:
    # The ramdisk says 0.0.0.0 and ::/0 for a BMC that has no address.
    for key in ("bmc_address", "bmc_v6address"):
        address = text(inventory.get(key))
        if address and address not in {"0.0.0.0", "::/0", "::"}:  # noqa: S104 - read
            return address
    return ""
