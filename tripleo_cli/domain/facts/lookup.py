"""Find a fact by the path that an operator wrote, and read it from a machine.

A path is a fact's name ("memory_mib"), a fact of a part ("disks.*.size_gib",
"nics.eno1.switch.chassis"), a firmware's name ("firmware.bios_version") or a
measurement ("benchmarks.cpu.logical.loops_per_sec").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from tripleo_cli.domain.facts.table import MACHINE_FACTS, PARTS, Fact, Kind
from tripleo_cli.domain.facts.units import convert
from tripleo_cli.domain.facts.values import HardwareFacts

FIRMWARE_PREFIX: Final = "firmware."
BENCHMARK_PREFIX: Final = "benchmarks."
_FIRMWARE: Final = re.compile(r"[\w.-]+_(?:version|revision|vendor|date)")
_MACHINE: Final = {fact.name: fact for fact in MACHINE_FACTS}
_PART_FACTS: Final = {
    part: {fact.name: fact for fact in facts} for part, facts in PARTS.items()
}


def machine_fact(path: str) -> Fact | None:
    """Find a fact that a machine has once, ``None`` if there is no such fact."""
    name = path.removeprefix(FIRMWARE_PREFIX)
    if name != path and _FIRMWARE.fullmatch(name):
        return Fact(
            name=path,
            kind=Kind.TEXT,
            noun=name.replace("_", " "),
            meaning="Version, vendor or date of a firmware.",
            attribute=path,
        )
    return _MACHINE.get(path)


def part_fact(path: str) -> tuple[str, str, Fact] | None:
    """Take a path to a part's fact apart: the list, the part's name or ``*``, fact."""
    part, _, rest = path.partition(".")
    for name, fact in _PART_FACTS.get(part, {}).items():
        which = rest.removesuffix(f".{name}")
        if which != rest and which and not which.endswith((".", ".switch")):
            return part, which, fact
    return None


def known_paths() -> Iterator[str]:
    """List all paths that are not open-ended, for suggestions."""
    yield from _MACHINE
    for part, facts in _PART_FACTS.items():
        yield from (f"{part}.*.{name}" for name in facts)
    yield from (f"{FIRMWARE_PREFIX}bios_{key}" for key in ("version", "vendor", "date"))


def is_named(part: Any, name: str) -> bool:
    """Whether a disk or network card has a name, with or without "/dev/"."""
    given = str(part.name)
    return name in ("*", given, given.removeprefix("/dev/"))


def fact_values(facts: HardwareFacts, path: str) -> tuple[Any, ...]:
    """Give the known values at a path, in the unit of its name.

    None, one, or with ``*`` one for each part; none for a path that means nothing.
    """
    if path.startswith(BENCHMARK_PREFIX):
        value = facts.benchmarks.get(path.removeprefix(BENCHMARK_PREFIX))
        return () if value is None else (value,)
    if found := part_fact(path):
        part, name, fact = found
        owners = [one for one in getattr(facts, part) if is_named(one, name)]
        values = [_value(fact, owner) for owner in owners]
    else:
        machine = machine_fact(path)
        values = [_value(machine, facts)] if machine else []
    return tuple(value for value in values if value is not None)


def _value(fact: Fact, owner: Any) -> Any:
    value = fact.read(owner)
    if value is None or fact.kind is not Kind.NUMBER:
        return value
    return convert(value, fact.stored_unit, fact.unit)
