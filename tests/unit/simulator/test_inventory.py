"""What is posted is what Ironic and its inspection hooks read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tripleo_cli.simulator import lldp
from tripleo_cli.simulator.benchmarks import KINDS
from tripleo_cli.simulator.inventory import failed_inspection_data, inspection_data
from tripleo_cli.simulator.machine import Machine, draw_machine, macs_for
from tripleo_cli.simulator.models import load_models

MODELS = load_models()
NAMES = list(MODELS)
# Keys of an inventory that ironic-python-agent 13 sent from a virtual machine.
AGENT_KEYS = {
    "": {
        "interfaces", "cpu", "disks", "memory", "bmc_address", "bmc_v6address",
        "system_vendor", "boot", "hostname",
    },
    "cpu": {
        "model_name", "frequency", "count", "architecture", "flags", "socket_count"
    },
    "memory": {"total", "physical_mb"},
    "system_vendor": {"product_name", "serial_number", "manufacturer", "firmware"},
    "boot": {"current_boot_mode", "pxe_interface"},
}  # fmt: skip
DISK_KEYS = {
    "name", "model", "size", "rotational", "wwn", "serial", "vendor",
    "wwn_with_extension", "wwn_vendor_extension", "hctl", "by_path",
    "logical_sectors", "physical_sectors", "tran",
}  # fmt: skip
INTERFACE_KEYS = {
    "name", "mac_address", "ipv4_address", "ipv6_address", "has_carrier", "lldp",
    "vendor", "product", "client_id", "biosdevname", "speed_mbps", "pci_address",
    "driver",
}  # fmt: skip


def a_machine(model: str = "compute", name: str = "a") -> Machine:
    return draw_machine(MODELS[model], name, 1)


def data_of(model: str = "compute", name: str = "a") -> dict[str, Any]:
    machine = a_machine(model, name)
    return inspection_data(machine, macs_for(1, 0, machine.nic_count), 1)


@pytest.mark.parametrize("model", NAMES)
def test_the_inventory_has_the_agents_keys(model: str) -> None:
    inventory = data_of(model)["inventory"]

    for part, keys in AGENT_KEYS.items():
        assert keys <= (inventory[part] if part else inventory).keys()
    assert all(disk.keys() == DISK_KEYS for disk in inventory["disks"])
    assert all(nic.keys() == INTERFACE_KEYS for nic in inventory["interfaces"])


@pytest.mark.parametrize("model", NAMES)
def test_the_message_survives_json(model: str) -> None:
    text = json.dumps(data_of(model))

    assert json.loads(text)["inventory"]["memory"]["physical_mb"] > 1024


@pytest.mark.parametrize("model", NAMES)
def test_the_hooks_find_what_they_look_for(model: str) -> None:
    """Architecture, memory, cpus, boot mode, root disk and ports hooks."""
    machine, data = a_machine(model), data_of(model)
    inventory = data["inventory"]

    assert inventory["cpu"]["architecture"] == "x86_64"
    assert inventory["cpu"]["count"] == machine.cpu.logical
    assert {"vmx", "aes"} <= set(inventory["cpu"]["flags"])
    assert inventory["memory"]["physical_mb"] == machine.memory.mb
    assert inventory["memory"]["total"] < machine.memory.mb * 1024**2
    assert inventory["boot"]["pxe_interface"] == data["boot_interface"]
    assert data["root_disk"] in inventory["disks"]
    assert data["root_disk"]["size"] == min(d["size"] for d in inventory["disks"])
    assert inventory["interfaces"][0]["ipv4_address"]


def test_it_says_that_it_is_simulated() -> None:
    data = data_of()

    assert "SIMULATED" in data["inventory"]["system_vendor"]["manufacturer"]
    assert "SIMULATED" in data["simulated"]


def test_same_machine_same_message() -> None:
    assert data_of() == data_of()


def test_a_failed_inspection_says_why() -> None:
    machine = a_machine()

    data = failed_inspection_data(machine, macs_for(1, 0, 1), 1, "no fans")

    assert data["error"] == "no fans"


def test_extra_hardware_is_in_quadruples() -> None:
    facts = data_of()["data"]

    assert all(len(fact) == 4 for fact in facts)
    assert all(isinstance(word, str) for fact in facts for word in fact[:3])
    assert len({tuple(fact[:3]) for fact in facts}) == len(facts)


def test_benchmarks_agree_with_the_machine() -> None:
    machine = a_machine("storage")
    facts = {tuple(f[:3]): f[3] for f in data_of("storage")["data"]}

    assert facts["cpu", "logical", "number"] == str(machine.cpu.logical)
    assert facts["cpu", "physical", "number"] == str(machine.cpu.sockets)
    assert facts["disk", "logical", "count"] == str(len(machine.disks))
    banks = [value for key, value in facts.items() if key[1:] == ("total", "size")]
    assert banks == [str(machine.memory.mb * 1024**2)]
    fast, slow = machine.disks[0].name[5:], machine.disks[-1].name[5:]
    key = "standalone_randread_4k_IOps"
    assert int(facts["disk", fast, key]) > 50 * int(facts["disk", slow, key])


def measurements(**how: Any) -> dict[tuple[str, ...], float]:
    """Give what a machine measures, by area, item and key."""
    machine = a_machine()
    data = inspection_data(machine, macs_for(1, 0, 2), 1, **how)["data"]
    words = ("bandwidth", "loops_per_sec", "standalone_", "simultaneous_")
    return {
        tuple(fact[:3]): float(fact[3])
        for fact in data
        if any(word in fact[2] for word in words)
    }


def test_a_machine_measures_nothing_unasked() -> None:
    assert measurements(measured=()) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_machine_measures_what_it_is_asked_to(kind: str) -> None:
    everything, some = measurements(), measurements(measured=[kind])

    assert 0 < len(some) < len(everything)
    assert some.items() <= everything.items()
    keys = {"disk": "_KBps", "cpu": "loops_per_sec", "mem": "bandwidth"}
    assert all(
        keys[kind] in key or (kind == "disk" and "_IOps" in key) for _, _, key in some
    )


@pytest.mark.parametrize(
    ("part", "is_of_it"),
    [
        ("cpu", lambda fact: fact[2] == "loops_per_sec"),
        ("mem", lambda fact: "bandwidth" in fact[2]),
        ("disk", lambda fact: fact[0] == "disk"),
        ("sda", lambda fact: fact[1] == "sda"),
    ],
)
def test_a_part_can_be_slow_and_no_other(part: str, is_of_it: Any) -> None:
    whole, slowed = measurements(), measurements(slow={part: 0.5})

    for fact, value in whole.items():
        share = 0.5 if is_of_it(fact) else 1.0
        assert slowed[fact] == pytest.approx(share * value, abs=2, rel=0.001)


def test_a_few_of_many_machines_were_forgotten_when_firmware_was_updated() -> None:
    firmware = [
        data_of(name=f"n{n}")["inventory"]["system_vendor"]["firmware"]["version"]
        for n in range(200)
    ]

    assert set(firmware) == {"SIM 2.3", "SIM 2.4"}
    assert firmware.count("SIM 2.3") < 20


def test_lldp_is_what_the_standard_says() -> None:
    tlvs = dict(lldp.tlvs(rack=3, port=7, vlan=100))

    assert bytes.fromhex(tlvs[lldp.PORT_ID]) == b"\x05Ethernet7"
    assert bytes.fromhex(tlvs[lldp.SYSTEM_NAME]) == b"sim-switch-03"
    assert bytes.fromhex(tlvs[lldp.CHASSIS_ID]).startswith(b"\x04\x02\x54")
    assert int(tlvs[lldp.TTL], 16) == 120
    assert lldp.tlvs(rack=1, port=1, vlan=1)[-1] == (0, "")


def test_switch_ports_of_a_machine_differ() -> None:
    ports = [
        dict(nic["lldp"])[lldp.PORT_ID] for nic in data_of()["inventory"]["interfaces"]
    ]

    assert len(set(ports)) == len(ports)
