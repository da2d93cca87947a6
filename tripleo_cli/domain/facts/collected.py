"""What the ``hardware`` collector of the ramdisk found, whatever form it has.

It sends quadruples of area, item, key and value. Ironic's ``extra-hardware`` hook
turns them into nested mappings and moves them from ``data`` to ``extra``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tripleo_cli.domain.facts.plain import mapping, text

_FIRMWARE_KEYS: Final = {
    "disk": ("rev", "revision"),
    "network": ("firmware", "version"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Facts by area, item and key; ``get`` for one of them."""

    areas: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)

    def get(self, area: str, item: str, key: str) -> Any:
        """Look one value up, ``None`` where there is none."""
        return self.items(area).get(item, {}).get(key)

    def items(self, area: str) -> Mapping[str, Mapping[str, Any]]:
        """List an area's items with what is known of each."""
        return self.areas.get(area, {})


def collected_from(plugin_data: Mapping[str, Any]) -> Collected:
    """Find the collector's facts in Ironic's plugin data; odd ones are left out."""
    for key in ("data", "extra"):
        given = plugin_data.get(key)
        if isinstance(given, list | tuple):
            return Collected(areas=_nested(given))
        if isinstance(given, Mapping) and given:
            return Collected(areas=_checked(given))
    return Collected()


def firmware_of(collected: Collected) -> dict[str, str]:
    """Give all versions that the collector knows: BIOS, disks, network cards."""
    found = {
        f"{item}_{key}": text(value)
        for item, keys in collected.items("firmware").items()
        for key, value in keys.items()
    }
    for area, (key, name) in _FIRMWARE_KEYS.items():
        for item, keys in collected.items(area).items():
            found[f"{item}_{name}"] = text(keys.get(key))
    return {name: value for name, value in found.items() if value}


def _nested(facts: Iterable[Any]) -> dict[str, dict[str, dict[str, Any]]]:
    areas: dict[str, dict[str, dict[str, Any]]] = {}
    last: tuple[Any, Any] = (None, None)
    keys: dict[str, Any] = {}
    for fact in facts:
        try:
            area, item, key, value = fact
        except (TypeError, ValueError):  # not four things
            continue
        # Facts of one item follow each other, hundreds of them.
        if last != (area, item):
            if not (isinstance(area, str) and isinstance(item, str)):
                continue
            last = (area, item)
            keys = areas.setdefault(area, {}).setdefault(item, {})
        if isinstance(key, str):
            keys[key] = value
    return areas


def _checked(given: Mapping[Any, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    return {
        str(area): {
            str(item): {str(key): value for key, value in mapping(keys).items()}
            for item, keys in mapping(items).items()
        }
        for area, items in given.items()
    }
