"""Benchmark results stay known when a machine is inspected again without any."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.domain.facts.samples import simulated_facts
from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.domain.facts.earlier import (
    KEY,
    MOST_BYTES,
    Earlier,
    earlier_in,
    packed,
    remaining,
    to_keep,
    with_earlier,
)

THEN = "2026-01-01T00:00:00+00:00"
LATER = "2026-02-02T00:00:00+00:00"
CPU = "cpu.logical.loops_per_sec"
MEMORY = "cpu.logical_0.bandwidth_1M"
SDA = "disk.sda.standalone_read_1M_KBps"
SDB = "disk.sdb.standalone_read_1M_KBps"


def machine(*metrics: str, **fields: Any) -> HardwareFacts:
    disks = (Disk(name="/dev/sda", serial="A"), Disk(name="/dev/sdb", serial="B"))
    given: dict[str, Any] = {
        "serial": "S1",
        "cpu_model": "fast",
        "cpus": 8,
        "memory_mib": 1024,
        "disks": disks,
    }
    measured = {metric: float(index + 1) for index, metric in enumerate(metrics)}
    return HardwareFacts(**(given | {"benchmarks": measured} | fields))


def kept(facts: HardwareFacts) -> dict[str, Any]:
    """What a node keeps of a machine that was measured."""
    earlier = to_keep({}, facts, THEN)
    assert earlier is not None
    return {KEY: packed(earlier)}


def test_results_are_known_after_an_inspection_without_benchmarks() -> None:
    before = machine(CPU, MEMORY, SDA)

    facts = with_earlier(machine(), kept(before))

    assert facts.benchmarks == before.benchmarks
    assert facts.measured_at == {"cpu": THEN, "disk": THEN, "memory": THEN}


def test_a_real_size_machine_comes_back_as_it_was() -> None:
    before = simulated_facts("storage")
    extra = kept(before)

    facts = with_earlier(replace(before, benchmarks={}), extra)

    assert facts.benchmarks == before.benchmarks
    assert len(extra[KEY]["packed"]) < MOST_BYTES // 4


def test_new_results_replace_those_of_their_area() -> None:
    now = machine(SDA)

    facts = with_earlier(now, kept(machine(CPU, SDA, SDB)))

    assert facts.benchmarks == {CPU: 1.0, SDA: 1.0}
    assert facts.measured_at == {"cpu": THEN}


@pytest.mark.parametrize(
    ("now", "lost"),
    [
        (machine(cpu_model="other"), {CPU, MEMORY}),
        (machine(cpus=4), {CPU, MEMORY}),
        (machine(memory_mib=2048), {MEMORY}),
        (machine(serial="S2"), {CPU, MEMORY}),
        (machine(disks=(Disk(name="/dev/sda", serial="A"),)), {SDB}),
        (
            machine(
                disks=(
                    Disk(name="/dev/sda", serial="A"),
                    Disk(name="/dev/sdb", serial="new"),
                )
            ),
            {SDB},
        ),
        (machine(cpu_model="", serial="", memory_mib=None, disks=()), set()),
    ],
    ids=["cpu", "cpus", "memory", "board", "disk gone", "other disk", "unknown"],
)
def test_results_of_other_hardware_do_not_count(
    now: HardwareFacts, lost: set[str]
) -> None:
    facts = with_earlier(now, kept(machine(CPU, MEMORY, SDA, SDB)))

    assert set(facts.benchmarks) == {CPU, MEMORY, SDA, SDB} - lost


def test_results_are_carried_over_several_inspections() -> None:
    extra = kept(machine(CPU, SDA))

    earlier = to_keep(extra, machine(SDA), LATER)

    assert earlier is not None
    assert earlier.measured_at == {"cpu": THEN, "disk": LATER}
    assert to_keep(extra, machine(), LATER) == earlier_in(extra)


def test_what_was_measured_again_is_not_kept() -> None:
    extra = kept(machine(CPU, SDA))

    left = remaining(extra, machine(SDA, SDB))

    assert left is not None
    assert dict(left.results) == {CPU: 1.0}
    assert set(left.hardware) == {"cpu"}
    assert remaining(extra, machine(CPU, SDA)) is None
    assert remaining({}, machine(CPU)) is None


def test_a_machine_that_was_never_measured_has_nothing_to_keep() -> None:
    assert to_keep({}, machine(), THEN) is None
    assert with_earlier(machine(), {}) == machine()


@pytest.mark.parametrize(
    "spoilt",
    ["text", {}, {"packed": "!"}, {"packed": "c-n<k"}, {"packed": 3}],
)
def test_what_somebody_spoilt_counts_as_nothing(spoilt: Any) -> None:
    assert earlier_in({KEY: spoilt}) is None
    assert with_earlier(machine(CPU), {KEY: spoilt}) == machine(CPU)


def test_more_than_a_node_can_hold_is_refused() -> None:
    # Digits without any order can hardly be compressed.
    values = {f"cpu.logical_{n}.loops_per_sec": (n * 7919.7) ** 3 for n in range(9000)}
    earlier = Earlier(results=values, measured_at={}, hardware={})

    assert packed(earlier) is None
