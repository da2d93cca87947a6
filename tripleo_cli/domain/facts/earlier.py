"""Benchmark results of earlier inspections, kept on a node that is inspected again.

Ironic keeps one result of inspection for each node. A look at a node's cables would
cost what was measured in minutes, so results move to the node's ``extra`` first. They
count until the same is measured again, and as long as the facts do not show other
hardware.
"""

from __future__ import annotations

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tripleo_cli.domain.facts.plain import mapping, number, text
from tripleo_cli.domain.facts.values import HardwareFacts

KEY: Final = "benchmarks_kept"
"""The key of a node's ``extra`` that holds them."""
MOST_BYTES: Final = 48 * 1024
"""Ironic's database holds 64 KiB of ``extra``, operators' own notes included. The 907
results of a machine with 96 CPUs and two disks take 6 KiB."""

Identity = Mapping[str, str]
"""What must not have changed: words by what they tell of, empty where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Results by metric, when each area was measured, and in which hardware.

    ``measured_at`` is by area ("cpu", "disk"), ISO 8601; ``hardware`` is by part
    ("cpu", "disk.sda").
    """

    results: Mapping[str, float]
    measured_at: Mapping[str, str]
    hardware: Mapping[str, Identity]


def with_earlier(facts: HardwareFacts, extra: Mapping[str, Any]) -> HardwareFacts:
    """Complete a machine's facts by the results that its node keeps."""
    earlier = earlier_in(extra)
    if earlier is None:
        return facts
    now = _hardware(facts)
    fresh = {_area(metric) for metric in facts.benchmarks}
    usable = {
        metric: value
        for metric, value in earlier.results.items()
        if _area(metric) not in fresh
        and _is_same(earlier.hardware.get(_part(metric), {}), now, _part(metric))
    }
    return replace(
        facts,
        benchmarks={**usable, **facts.benchmarks},
        measured_at={
            area: earlier.measured_at.get(area, "")
            for area in sorted(set(map(_area, usable)))
        },
    )


def to_keep(
    extra: Mapping[str, Any], facts: HardwareFacts, measured_at: str
) -> Earlier | None:
    """Join what a node keeps with what its last inspection measured.

    Args:
        extra: The node's.
        facts: What its last inspection alone found.
        measured_at: When that was, ISO 8601; empty if another began since and failed,
            of which what the node keeps tells the time.
    """
    kept = remaining(extra, facts)
    if not facts.benchmarks:
        return kept
    before = earlier_in(extra)
    times = before.measured_at if before else {}
    fresh = Earlier(
        results=facts.benchmarks,
        measured_at={
            area: measured_at or times.get(area, "")
            for area in map(_area, facts.benchmarks)
        },
        hardware={
            part: identity
            for part, identity in _hardware(facts).items()
            if part in set(map(_part, facts.benchmarks))
        },
    )
    if kept is None:
        return fresh
    return Earlier(
        results={**kept.results, **fresh.results},
        measured_at={**kept.measured_at, **fresh.measured_at},
        hardware={**kept.hardware, **fresh.hardware},
    )


def remaining(extra: Mapping[str, Any], facts: HardwareFacts) -> Earlier | None:
    """Give what a node keeps that its last inspection did not measure again."""
    earlier = earlier_in(extra)
    if earlier is None:
        return None
    fresh = {_area(metric) for metric in facts.benchmarks}
    results = {m: v for m, v in earlier.results.items() if _area(m) not in fresh}
    if not results:
        return None
    parts = set(map(_part, results))
    return Earlier(
        results=results,
        measured_at={a: t for a, t in earlier.measured_at.items() if a not in fresh},
        hardware={p: i for p, i in earlier.hardware.items() if p in parts},
    )


def earlier_in(extra: Mapping[str, Any]) -> Earlier | None:
    """Read what a node keeps; ``None`` where that is nothing, or spoilt."""
    kept = mapping(extra.get(KEY))
    try:
        packed = zlib.decompress(b85decode(text(kept.get("packed"))))
        inner = mapping(json.loads(packed))
    except (ValueError, zlib.error):
        return None
    known = ((m, number(v)) for m, v in mapping(inner.get("results")).items())
    results = {metric: value for metric, value in known if value is not None}
    if not results:
        return None
    return Earlier(
        results=results,
        measured_at={a: text(t) for a, t in mapping(kept.get("measured_at")).items()},
        hardware={
            part: {word: text(value) for word, value in mapping(identity).items()}
            for part, identity in mapping(inner.get("hardware")).items()
        },
    )


def packed(earlier: Earlier) -> dict[str, Any] | None:
    """Write results for a node's ``extra``; ``None`` where they are too large for it.

    Ironic gives ``extra`` with every list of nodes: results are compressed.
    """
    inner = {"results": dict(earlier.results), "hardware": dict(earlier.hardware)}
    small = zlib.compress(json.dumps(inner, separators=(",", ":")).encode(), 9)
    found = b85encode(small).decode()
    if len(found) > MOST_BYTES:
        return None
    return {"measured_at": dict(earlier.measured_at), "packed": found}


def _area(metric: str) -> str:
    """Say what was measured; memory is filed under the CPU that used it."""
    area = metric.partition(".")[0]
    return "memory" if "bandwidth" in metric and area != "network" else area


def _part(metric: str) -> str:
    """Say in which part: ``disk.sda``; CPUs and memory are one part each."""
    area = _area(metric)
    if area not in ("disk", "network"):
        return area
    return metric.rpartition(".")[0]


def _is_same(then: Identity, now: Mapping[str, Identity], part: str) -> bool:
    """Whether nothing speaks against it: what is unknown may be as it was."""
    if part not in now:
        # A list that names other disks says that this one is gone; no list, nothing.
        area = part.partition(".")[0]
        return not any(one.startswith(f"{area}.") for one in now)
    current = now[part]
    return all(
        current[word] == value
        for word, value in then.items()
        if value and current.get(word)
    )


def _hardware(facts: HardwareFacts) -> dict[str, Identity]:
    return dict(_identities(facts))


def _identities(facts: HardwareFacts) -> Iterator[tuple[str, Identity]]:
    cpu = {
        "machine": facts.serial,
        "model": facts.cpu_model,
        "cpus": str(facts.cpus or ""),
    }
    yield "cpu", cpu
    yield "memory", {**cpu, "mib": str(facts.memory_mib or "")}
    for disk in facts.disks:
        name = disk.name.removeprefix("/dev/")
        size = "" if disk.size_gib is None else f"{disk.size_gib:.0f}"
        told = {"serial": disk.serial, "model": disk.model, "gib": size}
        yield f"disk.{name}", told
    for nic in facts.nics:
        yield f"network.{nic.name}", {"mac": nic.mac}
