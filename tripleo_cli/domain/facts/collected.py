"""What the ``hardware`` collector of the ramdisk found, whatever form it has.

It sends quadruples of area, item, key and value. Ironic's ``extra-hardware`` hook
turns them into nested mappings and moves them from ``data`` to ``extra``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tripleo_cli.domain.facts.metrics import metric_name
from tripleo_cli.domain.facts.plain import mapping, number, text

_FIRMWARE_KEYS: Final = {
    "disk": ("rev", "revision"),
    "network": ("firmware", "version"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Facts by area, item and key, and beside them what was measured, by metric."""

    areas: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    benchmarks: Mapping[str, float] = field(default_factory=dict)

    def get(self, area: str, item: str, key: str) -> Any:
        """Look one fact up, ``None`` where there is none."""
        return self.items(area).get(item, {}).get(key)

    def items(self, area: str) -> Mapping[str, Mapping[str, Any]]:
        """List an area's items with what is known of each."""
        return self.areas.get(area, {})


def collected_from(plugin_data: Mapping[str, Any]) -> Collected:
    """Find the collector's facts in Ironic's plugin data; odd ones are left out."""
    for key in ("data", "extra"):
        given = plugin_data.get(key)
        if isinstance(given, list | tuple):
            return _sorted(given)
        if isinstance(given, Mapping) and given:
            return _sorted(_flat(given))
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


def _flat(given: Mapping[Any, Any]) -> Iterator[tuple[Any, Any, Any, Any]]:
    for area, items in given.items():
        for item, keys in mapping(items).items():
            for key, value in mapping(keys).items():
                yield area, item, key, value


def _sorted(facts: Iterable[Any]) -> Collected:
    """Part measurements from facts. There are hundreds of them in every machine."""
    areas: dict[str, dict[str, dict[str, Any]]] = {}
    benchmarks: dict[str, float] = {}
    for fact in facts:
        try:
            area, item, key, value = fact
            metric = metric_name(area, item, key)
        except (TypeError, ValueError):  # not four things, or lists in it
            continue
        if metric:
            measured = number(value)
            if measured is not None:
                benchmarks[metric] = measured
        elif isinstance(area, str) and isinstance(item, str) and isinstance(key, str):
            areas.setdefault(area, {}).setdefault(item, {})[key] = value
    return Collected(areas=areas, benchmarks=benchmarks)
