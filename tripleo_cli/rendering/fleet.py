"""What a fleet is made of, counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tripleo_cli.domain.facts import HardwareFacts
from tripleo_cli.domain.node import Node, label
from tripleo_cli.domain.outliers.group import disk_kind, group_of

UNKNOWN: Final = "unknown"
_MOST_BARS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How many machines have something; ``share`` is of the longest bar."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One fact's values in the fleet."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a firmware and the nodes that have it."""

    version: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmware:
    """One firmware of one product; the most common version first."""

    product: str
    component: str
    versions: tuple[Version, ...]


def charts(nodes: Iterable[Node]) -> tuple[Chart, ...]:
    """Count the values of the main facts."""
    known = [node.facts for node in nodes if node.facts is not None]
    return tuple(
        Chart(title=title, bars=tuple(_bars(map(value, known))))
        for title, value in _VALUES.items()
    )


def firmware(nodes: Iterable[Node]) -> tuple[Firmware, ...]:
    """List the firmware that differs within a product, and every BIOS."""
    found: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for node in nodes:
        if node.facts is not None:
            product = group_of(node.facts).machine
            for component, version in node.facts.firmware.items():
                found[product, component][version].append(label(node))
    return tuple(
        Firmware(product=product, component=component, versions=_versions(versions))
        for (product, component), versions in sorted(found.items())
        if len(versions) > 1 or component == "bios_version"
    )


def _versions(versions: Mapping[str, list[str]]) -> tuple[Version, ...]:
    ordered = sorted(versions.items(), key=lambda one: (-len(one[1]), one[0]))
    return tuple(
        Version(version=version, nodes=tuple(nodes)) for version, nodes in ordered
    )


def _bars(labels: Iterable[str]) -> Iterator[Bar]:
    counts = Counter(labels).most_common()
    shown, rest = counts[:_MOST_BARS], counts[_MOST_BARS:]
    if rest:
        total = sum(count for _, count in rest)
        shown.append((f"{len(rest)} others", total))
    longest = max((count for _, count in shown), default=1)
    for text, count in shown:
        yield Bar(label=text or UNKNOWN, count=count, share=count / longest)


def _memory(facts: HardwareFacts) -> str:
    gib = group_of(facts).memory_gib
    return f"{gib} GiB" if gib >= 0 else UNKNOWN


def _disks(facts: HardwareFacts) -> str:
    kinds = sorted(Counter(str(disk_kind(disk)) for disk in facts.disks).items())
    return ", ".join(f"{count} x {kind}" for kind, count in kinds) or "none"


def _speeds(facts: HardwareFacts) -> str:
    speeds = sorted(Counter(nic.speed_mbps or 0 for nic in facts.nics).items())
    return ", ".join(f"{count} x {_gigabits(speed)}" for speed, count in speeds)


def _gigabits(mbps: int) -> str:
    return f"{mbps / 1000:g} Gbit/s" if mbps else UNKNOWN


_VALUES: Final[Mapping[str, Callable[[HardwareFacts], str]]] = {
    "Product": lambda facts: facts.product,
    "CPU": lambda facts: facts.cpu_model,
    "CPUs": lambda facts: str(facts.cpus or UNKNOWN),
    "Memory": _memory,
    "Disks": _disks,
    "Network cards": _speeds,
    "Boot mode": lambda facts: facts.boot_mode,
}
