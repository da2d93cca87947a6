"""Facts of real, virtual and simulated machines, and of those that say odd things."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.facts.samples import (
    MODELS,
    real_facts,
    real_hosts,
    simulated,
    simulated_facts,
    virtual_machine,
)
from tripleo_cli.domain.facts import Disk, HardwareFacts, Nic, SwitchPort, facts_from
from tripleo_cli.simulator.machine import draw_machine


def test_what_a_real_host_s_collector_found() -> None:
    facts = real_facts(1)

    assert facts.cpus == 32
    assert facts.cpu_model == "Intel(R) Xeon(R) CPU E5-2650 0 @ 2.00GHz"
    assert facts.cpu_mhz == 2000
    assert facts.memory_mib == 131072  # its 16 banks: nobody said the total
    assert facts.manufacturer == "HP"
    assert facts.product == "ProLiant BL460c Gen8 (641016-B21)"
    assert facts.serial == "CZ3404YWP2"
    assert facts.firmware["bios_version"] == "I31"
    assert facts.firmware["sda_revision"] == "4.68"
    assert facts.nics[0] == Nic(
        name="eth0",
        mac="9c:b6:54:88:9c:40",
        has_carrier=True,
        ipv4="10.29.99.27",
        driver="be2net",
    )
    # 299 GB of the logical volumes; the disks behind the controller are their parts.
    assert [disk.name for disk in facts.disks] == ["/dev/sda", "/dev/sdb"]
    assert facts.disks[0].size_gib == pytest.approx(278.465, abs=0.001)
    assert facts.disks[0].is_rotational is None


def test_measurements_of_a_real_host() -> None:
    benchmarks = real_facts(1).benchmarks

    assert benchmarks["cpu.logical_0.bandwidth_1M"] > 8000
    assert benchmarks["disk.sda.standalone_randread_4k_IOps"] == 313
    assert benchmarks["cpu.logical.forked_bandwidth_16M"] > 0
    assert len(benchmarks) == 335
    # A setting of network cards that only has the name of a measurement.
    assert not [name for name in benchmarks if "latency" in name]


def test_all_real_hosts_can_be_read() -> None:
    known = [facts_from({}, {"data": host}) for host in real_hosts()]

    assert len({facts.serial for facts in known}) == 6
    assert {facts.cpus for facts in known} == {32}
    assert [facts.memory_mib for facts in known] == [32768] + [131072] * 5


def test_the_hook_s_nested_form_says_the_same() -> None:
    host = real_hosts()[0]
    nested: dict[str, Any] = {}
    for area, item, key, value in host:
        whole = int(value) if str(value).isdigit() else value
        nested.setdefault(area, {}).setdefault(item, {})[key] = whole

    assert facts_from({}, {"extra": nested}) == real_facts(0)


def test_a_virtual_machine_inspected_by_the_agent() -> None:
    data = virtual_machine()

    facts = facts_from(data["inventory"], data["plugin_data"])

    assert facts == HardwareFacts(
        cpus=2,
        cpu_architecture="x86_64",
        cpu_model="QEMU Virtual CPU version 2.5+",
        cpu_flags=frozenset({"fpu", "de", "pse", "tsc", "msr", "pae", "sse2"}),
        memory_mib=2048,
        disks=(
            Disk(
                name="/dev/vda",
                size_gib=8.0,
                is_rotational=True,
                vendor="0x1af4",
                serial="DISK0001",
                by_path="/dev/disk/by-path/virtio-pci-0000:00:04.0",
            ),
        ),
        nics=tuple(
            Nic(
                name=name,
                mac=mac,
                has_carrier=True,
                ipv4=address,
                vendor="0x1af4",
                product="0x0001",
                driver="virtio_net",
            )
            for name, mac, address in (
                ("ens2", "52:54:00:00:01:01", "192.168.24.113"),
                ("ens3", "52:54:00:00:01:02", "192.168.24.114"),
            )
        ),
        manufacturer="vbmlab",
        product="virtual-baremetal",
        serial="VB0001",
        hostname="ipa-lab",
        firmware={
            "bios_vendor": "SeaBIOS",
            "bios_version": "1.16.2-debian-1.16.2-1",
            "bios_date": "04/01/2014",
        },
        boot_mode="bios",
    )


@pytest.mark.parametrize("model", MODELS)
def test_simulated_machines_are_what_they_were_drawn_as(model: str) -> None:
    machine = draw_machine(MODELS[model], "a", 1)

    facts = simulated_facts(model)

    assert facts.cpus == machine.cpu.logical
    assert facts.memory_mib == machine.memory.mb
    assert [disk.size_gib for disk in facts.disks] == [
        disk.size / 1024**3 for disk in machine.disks
    ]
    assert [disk.is_rotational for disk in facts.disks] == [
        disk.rotational for disk in machine.disks
    ]
    assert {nic.speed_mbps for nic in facts.nics} == {machine.nic_speed_mbps}
    assert facts.nics[1].switch == SwitchPort(
        chassis=f"02:54:00:00:00:{machine.rack:02x}",
        port=f"Ethernet{machine.switch_port + 48}",
        system_name=f"sim-switch-{machine.rack:02d}",
        vlans=(101,),
    )
    assert facts.boot_mode == machine.boot_mode
    assert facts.bmc_address
    assert {"cpu", "disk"} == {name.partition(".")[0] for name in facts.benchmarks}


def test_the_inventory_comes_before_the_collector() -> None:
    inventory = {
        "cpu": {"count": 4, "model_name": "Other"},
        "memory": {"physical_mb": 1024},
        "system_vendor": {"serial_number": "S1"},
    }

    facts = facts_from(inventory, {"data": real_hosts()[0]})

    assert (facts.cpus, facts.cpu_model, facts.memory_mib) == (4, "Other", 1024)
    assert (facts.serial, facts.manufacturer) == ("S1", "HP")


def test_an_out_of_band_inspection_knows_less() -> None:
    """Forms of Ironic's redfish inspect interface."""
    inventory = {
        "memory": {"physical_mb": 65536},
        "cpu": {"count": 0, "architecture": "", "frequency": 3600},
        "disks": [{"name": "Drive 1", "size": 480 * 1000**3, "vendor": "ACME"}],
        "interfaces": [{"mac_address": "52:54:00:AA:BB:CC", "name": "NIC.1"}],
        "boot": {"current_boot_mode": "UEFI"},
    }
    lldp = {"NIC.1": {"switch_chassis_id": "leaf-1", "switch_port_id": "xe-0/0/1"}}

    facts = facts_from(inventory, {"parsed_lldp": lldp})

    assert facts.cpus is None
    assert facts.cpu_mhz == 3600
    assert facts.disks[0].is_rotational is None
    assert facts.nics[0].mac == "52:54:00:aa:bb:cc"
    assert facts.nics[0].switch == SwitchPort(chassis="leaf-1", port="xe-0/0/1")
    assert facts.boot_mode == "uefi"


def test_interfaces_that_only_a_hook_noted_are_there_too() -> None:
    noted = {"eth9": {"mac_address": "aa-bb-cc-00-00-01"}}
    inventory = {"interfaces": [{"name": "eth0", "ipv6_address": "fe80::1%eth0"}]}

    nics = facts_from(inventory, {"all_interfaces": noted}).nics

    assert nics == (
        Nic(name="eth0", ipv6="fe80::1"),
        Nic(name="eth9", mac="aa:bb:cc:00:00:01"),
    )


@pytest.mark.parametrize(
    ("inventory", "field", "expected"),
    [
        ({"memory": {"total": 2075688960}}, "memory_mib", 1979),
        ({"memory": {"total": "much"}}, "memory_mib", None),
        ({"memory": {"physical_mb": -1}}, "memory_mib", None),
        ({"cpu": {"count": "8"}}, "cpus", 8),
        ({"cpu": {"count": True}}, "cpus", None),
        ({"cpu": {"frequency": ""}}, "cpu_mhz", None),
        ({"cpu": {"frequency": "2400.0000"}}, "cpu_mhz", 2400),
        ({"cpu": {"frequency": float("nan")}}, "cpu_mhz", None),
        ({"cpu": {"flags": "fpu"}}, "cpu_flags", frozenset()),
        ({"cpu": {"flags": ["fpu", None, 3]}}, "cpu_flags", frozenset({"fpu", "3"})),
        ({"disks": [None, {}, "sda"]}, "disks", ()),
        ({"interfaces": {"eth0": 1}}, "nics", ()),
        ({"bmc_address": "0.0.0.0"}, "bmc_address", ""),  # noqa: S104 - read
        ({"bmc_address": None, "bmc_v6address": "fd00::1"}, "bmc_address", "fd00::1"),
        ({"system_vendor": {"manufacturer": None}}, "manufacturer", ""),
        ({"system_vendor": "HP"}, "manufacturer", ""),
        ({"hostname": ["x"]}, "hostname", ""),
    ],
)
def test_odd_values_are_unknown(
    inventory: dict[str, Any], field: str, expected: object
) -> None:
    assert getattr(facts_from(inventory, {}), field) == expected


@pytest.mark.parametrize(
    "data",
    [
        [["disk", "sda"], None, "x", ["a", 1, "b", 2], ["cpu", "l", "bogomips", None]],
        {"disk": None, "cpu": {"logical": 3}},
        [["cpu", "logical_0", "loops_per_sec", "inf"]],
        7,
    ],
)
def test_odd_facts_of_the_collector_are_left_out(data: object) -> None:
    assert facts_from({}, {"data": data}) == HardwareFacts()


@pytest.mark.parametrize("nothing", [None, [], "x"])
def test_no_inventory_at_all_tells_nothing(nothing: Any) -> None:
    assert facts_from(nothing, nothing) == HardwareFacts()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
def test_nothing_that_is_json_stops_the_reading(data: st.DataObject) -> None:
    """Any value of a real message may be anything."""
    inventory, plugin_data = simulated("controller")
    target = data.draw(st.sampled_from([inventory, plugin_data]))
    for _ in range(data.draw(st.integers(min_value=0, max_value=4))):
        keys = list(target) if isinstance(target, dict) else list(range(len(target)))
        inner = target[data.draw(st.sampled_from(keys))]
        if not isinstance(inner, dict | list) or not inner:
            break
        target = inner
    keys = list(target) if isinstance(target, dict) else list(range(len(target)))
    target[data.draw(st.sampled_from(keys))] = data.draw(JSON)

    facts = facts_from(inventory, plugin_data)

    assert isinstance(facts, HardwareFacts)
