"""Facts by the paths that operators write."""

from __future__ import annotations

import pytest

from tests.unit.domain.facts.samples import real_facts, simulated_facts
from tripleo_cli.domain.facts import HardwareFacts, is_lower_better
from tripleo_cli.domain.facts.lookup import fact_values, known_paths
from tripleo_cli.domain.facts.metrics import is_metric_pattern


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("cpus", (32,)),
        ("memory_gib", (256,)),
        ("disks.*.name", ("/dev/sda", "/dev/sdb")),
        ("disks.sdb.name", ("/dev/sdb",)),
        ("disks./dev/sdb.is_rotational", (False,)),
        ("nics.eno1.switch.system_name", ("sim-switch-01",)),
        ("nics.eno9.switch.system_name", ()),
        ("nics.*.switch.vlans", ((100,), (101,), (102,), (103,))),
        ("firmware.bios_date", ("01/01/2026",)),
        ("firmware.bmc_version", ()),
        ("benchmarks.cpu.logical.no_such", ()),
        ("no_such", ()),
        ("nics.*", ()),
        ("nics..name", ()),
    ],
)
def test_values_at_a_path(path: str, expected: tuple[object, ...]) -> None:
    assert fact_values(simulated_facts("controller"), path) == expected


def test_a_measurement_at_a_path() -> None:
    path = "benchmarks.disk.sda.standalone_randread_4k_IOps"

    assert fact_values(real_facts(1), path) == (313,)


@pytest.mark.parametrize("path", list(known_paths()))
def test_every_path_can_be_read_of_anything(path: str) -> None:
    assert fact_values(HardwareFacts(), path) == ()
    assert fact_values(simulated_facts("storage"), path) or "ipv6" in path


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("cpu.logical.loops_per_sec", True),
        ("cpu.logical_*.bandwidth_1M", True),
        ("disk.*.simultaneous_randwrite_4k_IOps", True),
        ("network.eth0.bandwidth", True),
        ("disk.*.standalone_*", True),
        ("cpu.logical.loops_per_second", False),
        ("gpu.0.loops_per_sec", False),
        ("cpu.loops_per_sec", False),
        ("cpu", False),
    ],
)
def test_patterns_that_could_name_measurements(pattern: str, *, expected: bool) -> None:
    assert is_metric_pattern(pattern) is expected


def test_all_measurements_have_names_that_can_be_asked_for() -> None:
    for facts in (real_facts(0), real_facts(1), simulated_facts("storage")):
        assert all(map(is_metric_pattern, facts.benchmarks))


def test_more_is_better_but_for_waiting() -> None:
    assert not is_lower_better("cpu.logical.loops_per_sec")
    assert is_lower_better("network.eth0.latency")
