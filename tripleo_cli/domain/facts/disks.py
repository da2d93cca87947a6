"""Read disks out of an inventory, or out of what the collector found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tripleo_cli.domain.facts.collected import Collected
from tripleo_cli.domain.facts.plain import claim, mapping, number, sequence, text
from tripleo_cli.domain.facts.values import Disk

_GIB: Final = 1024**3
_GB: Final = 1000**3
# Items of the collector's area "disk" that are not block devices.
_NOT_DEVICES: Final = frozenset({"logical", "hpa", "megaraid", "ahci"})


def disks_from(listed: object, collected: Collected) -> tuple[Disk, ...]:
    """Read an inventory's ``disks``; without any, the collector's block devices."""
    disks = [_disk(mapping(raw)) for raw in sequence(listed)]
    known = tuple(disk for disk in disks if disk.name or disk.size_gib is not None)
    return known or _collected_disks(collected)


def _disk(raw: Mapping[str, Any]) -> Disk:
    return Disk(
        name=text(raw.get("name")),
        size_gib=_size_gib(raw.get("size"), _GIB),
        is_rotational=claim(raw.get("rotational")),
        model=text(raw.get("model")),
        vendor=text(raw.get("vendor")),
        serial=text(raw.get("serial")),
        wwn=text(raw.get("wwn")),
        by_path=text(raw.get("by_path")),
    )


def _collected_disks(collected: Collected) -> tuple[Disk, ...]:
    # A disk behind a controller ("1I:1:1") is a part of a logical one that is listed
    # by its device name.
    return tuple(
        Disk(
            name=f"/dev/{item}",
            size_gib=_size_gib(keys.get("size"), _GIB / _GB),
            is_rotational=claim(keys.get("rotational")),
            model=text(keys.get("model")),
            vendor=text(keys.get("vendor")),
            serial=text(keys.get("serial_number")),
            wwn=text(keys.get("wwn-id")),
        )
        for item, keys in collected.items("disk").items()
        if item not in _NOT_DEVICES and ":" not in item and "size" in keys
    )


def _size_gib(size: object, per_gib: float) -> float | None:
    value = number(size)
    return value / per_gib if value is not None and value >= 0 else None
