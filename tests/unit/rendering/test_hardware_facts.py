"""What an operator reads, and what a program gets, of a machine's facts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tripleo_cli.domain.facts import Disk, HardwareFacts, Nic, SwitchPort
from tripleo_cli.rendering.hardware_facts import (
    INTERFACE_COLUMNS,
    as_data,
    as_text,
    interface_data,
    interface_row,
)

NIC = Nic(
    name="eno1",
    mac="52:54:00:0f:00:01",
    has_carrier=True,
    speed_mbps=25000,
    switch=SwitchPort(
        chassis="02:54:00:00:00:07",
        port="Ethernet4",
        system_name="tor-7",
        vlans=(100, 200),
    ),
)
FACTS = HardwareFacts(
    cpus=64,
    cpu_model="Xeon",
    cpu_architecture="x86_64",
    cpu_mhz=2800.0,
    cpu_flags=frozenset({"vmx", "aes"}),
    memory_mib=196608,
    disks=(
        Disk(name="/dev/sda", size_gib=447.13, is_rotational=False, model="M"),
        Disk(name="/dev/sdb"),
    ),
    nics=(NIC, Nic(name="eno2")),
    firmware={"bios_version": "2.4", "bios_date": "2026"},
    benchmarks={
        "cpu.logical.loops_per_sec": 9000.0,
        "cpu.logical_0.loops_per_sec": 600.0,
        "cpu.logical_1.loops_per_sec": 700.0,
    },
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cpus", "64"),
        ("cpu_model", "Xeon, x86_64"),
        ("cpu_mhz", "2800"),
        ("memory_mib", "196608"),
        ("disks", "/dev/sda: 447 GiB, flash, M\n/dev/sdb"),
        (
            "interfaces",
            "eno1: 52:54:00:0f:00:01, link up, 25000 Mbit/s, to tor-7 Ethernet4\n"
            "eno2: link unknown",
        ),
        ("firmware", "bios_date 2026\nbios_version 2.4"),
        ("boot_mode", "unknown"),
        (
            "benchmarks",
            "cpu.logical.loops_per_sec: 9000\n"
            "cpu.logical_*.loops_per_sec: median 650 (600 to 700, 2 values)",
        ),
    ],
)
def test_facts_are_read(name: str, text: str) -> None:
    assert as_text(FACTS)[name] == text


def test_unmeasured_machines_say_how_to_measure() -> None:
    assert as_text(HardwareFacts())["benchmarks"].startswith("none (--benchmark")


def test_programs_get_jsons_own_types() -> None:
    data = as_data(FACTS)

    assert json.loads(json.dumps(data)) == data
    assert data["cpu_flags"] == ["aes", "vmx"]
    assert data["disks"][0]["size_gib"] == 447.13
    assert data["interfaces"][0]["switch_vlans"] == [100, 200]
    assert data["benchmarks"]["cpu.logical_1.loops_per_sec"] == 700.0


def test_an_interface_has_a_cell_for_each_column() -> None:
    assert dict(zip(INTERFACE_COLUMNS, interface_row(NIC), strict=True)) == {
        "Name": "eno1",
        "MAC Address": "52:54:00:0f:00:01",
        "Link": "up",
        "Speed Mbit/s": 25000,
        "IPv4 Address": "",
        "Switch": "tor-7",
        "Switch Port": "Ethernet4",
        "VLANs": "100, 200",
    }


def test_an_interface_without_a_switch_has_the_same_keys() -> None:
    assert interface_data(Nic(name="x")).keys() == interface_data(NIC).keys()


def test_results_of_an_earlier_inspection_are_told_with_their_time() -> None:
    facts = replace(FACTS, measured_at={"disk": "2026-01-01T00:00:00+00:00", "cpu": ""})

    text = as_text(facts)["measured_earlier"]

    assert text == "cpu at an unknown time, disk at 2026-01-01T00:00:00+00:00"
    assert as_data(facts)["measured_at"]["disk"] == "2026-01-01T00:00:00+00:00"
    assert "measured_earlier" not in as_text(FACTS)


def test_what_cpus_do_together_is_compared_with_what_each_does_alone() -> None:
    name = "cpu.logical.loops_per_sec_efficiency"
    few = replace(FACTS, cpus=20)

    assert as_text(few)["efficiencies"] == f"{name}: 0.692"
    assert as_data(few)["efficiencies"] == {name: 9000 / (650 * 20)}
    assert "efficiencies" not in as_text(replace(FACTS, benchmarks={}))
