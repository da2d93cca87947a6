"""What all CPUs do together, compared with what each does alone."""

from __future__ import annotations

import pytest

from tests.unit.domain.facts.samples import real_facts, simulated_facts
from tripleo_cli.domain.facts import HardwareFacts
from tripleo_cli.domain.facts.efficiency import efficiencies

LOOPS = "cpu.logical.loops_per_sec_efficiency"


def ratios(
    measured: dict[str, float], together: dict[str, float], cpus: int | None = 2
) -> dict[str, float]:
    """Compare results of single CPUs (``0.loops_per_sec``) with those of all."""
    alone = {f"cpu.logical_{name}": value for name, value in measured.items()}
    benchmarks = alone | {f"cpu.logical.{k}": value for k, value in together.items()}
    return efficiencies(HardwareFacts(cpus=cpus, benchmarks=benchmarks))


def test_together_is_compared_with_the_sum_of_each_alone() -> None:
    alone = {"0.loops_per_sec": 100.0, "1.loops_per_sec": 60.0}

    assert ratios(alone, {"loops_per_sec": 120.0}) == {LOOPS: 0.75}


def test_cpus_that_were_not_measured_alone_are_like_the_others() -> None:
    alone = {"0.loops_per_sec": 100.0}

    assert ratios(alone, {"loops_per_sec": 200.0}, cpus=4) == {LOOPS: 0.5}
    assert ratios(alone, {"loops_per_sec": 50.0}, cpus=None) == {LOOPS: 0.5}


def test_memory_is_compared_by_threads_and_by_processes() -> None:
    alone = {"0.bandwidth_1M": 100.0, "1.bandwidth_1M": 100.0}
    together = {
        "threaded_bandwidth_1M": 60.0,
        "forked_bandwidth_1M": 50.0,
        "threaded_bandwidth_4K": 60.0,
    }

    assert ratios(alone, together) == {
        "cpu.logical.threaded_bandwidth_1M_efficiency": 0.3,
        "cpu.logical.forked_bandwidth_1M_efficiency": 0.25,
    }


@pytest.mark.parametrize("alone", [{}, {"0.loops_per_sec": 0.0}])
def test_what_was_not_measured_both_ways_is_not_compared(
    alone: dict[str, float],
) -> None:
    assert ratios(alone, {"loops_per_sec": 120.0}) == {}


def test_real_machines_and_simulated_ones_have_them() -> None:
    real = [efficiencies(real_facts(index)) for index in range(6)]

    # Sixteen cores with two threads each: together they do three quarters.
    assert [round(each[LOOPS], 2) for each in real] == [0.75, 0.76, 0.76, 0.76] + [
        pytest.approx(0.755, abs=0.01)
    ] * 2
    assert efficiencies(simulated_facts("compute"))[LOOPS] == pytest.approx(
        0.7, abs=0.1
    )
