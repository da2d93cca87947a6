"""Setting nodes up on a live undercloud (OS_CLOUD), through the shell.

Nodes are fake-hardware, named ``e-...``, of a resource class of their own, and are
deleted afterwards.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from openstack import config

from tests.fakes.redfish_server import serving
from tests.functional.test_nodes import Rows, Shell, column

pytestmark = pytest.mark.functional

FLEET = Path(sys.executable).with_name("tripleo-fleet")
GIB = 1024**3
PATIENCE = 120.0
"""Seconds for a node to reach a state."""


class Site:
    """Registered nodes, and files to set them up with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._id = uuid4().hex[:6]
        self.shell = Shell(folder)

    def nodes(self, count: int, **others: Any) -> list[str]:
        """Register manageable nodes and give their names."""
        entries = [self._entry(number) | others for number in range(count)]
        self.shell.run("import", self.file("nodes.json", entries))
        return [entry["name"] for entry in entries]

    def _entry(self, number: int) -> dict[str, Any]:
        return {
            "name": f"e-{self._id}-{number}",
            "pm_type": "fake-hardware",
            "mac": [self.mac(number)],
            "resource_class": "etest",
            "inspect_interface": "fake",
            "bios_interface": "fake",
            "raid_interface": "fake",
        }

    def mac(self, number: int) -> str:
        return f"52:54:00:0e:{self._id[:2]}:{number:02x}"

    def file(self, name: str, content: Any) -> str:
        path = self._folder / name
        path.write_text(json.dumps(content))
        return str(path)

    def listed(self) -> Rows:
        rows, _ = self.shell.run("list")
        return [row for row in rows if row["Name"].startswith(f"e-{self._id}-")]

    def reach(self, name: str, state: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if state in column([r for r in self.listed() if r["Name"] == name], STATE):
                return
            time.sleep(1)
        pytest.fail(f"{name} does not get {state}: {self.listed()}")

    def remove(self) -> None:
        if names := [row["Name"] for row in self.listed()]:
            self.shell.run("abort", *names)
            self.shell.run("maintenance", "unset", *names)
            self.shell.run("delete", *names)


STATE = "Provision State"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    try:
        yield made
    finally:
        made.remove()


def send_inventory(mac: str) -> None:
    """Do as the ramdisk of a machine with two disks does."""
    region = config.OpenStackConfig().get_one()
    endpoint = str(region.get_session_endpoint("baremetal")).rstrip("/")
    inventory = {
        "interfaces": [{"name": "eth0", "mac_address": mac, "has_carrier": True}],
        "disks": [
            {"name": "/dev/sda", "size": 500 * GIB, "rotational": True, "wwn": "w1"},
            {"name": "/dev/sdb", "size": 100 * GIB, "rotational": False, "wwn": "w2"},
        ],
        "cpu": {"count": 4, "architecture": "x86_64", "flags": []},
        "memory": {"physical_mb": 8192, "total": 8 * GIB},
        "boot": {"current_boot_mode": "uefi", "pxe_interface": mac},
        "bmc_address": "",
        "system_vendor": {},
        "hostname": "e",
    }
    answer = requests.post(
        f"{endpoint}/v1/continue_inspection",
        json={"inventory": inventory},
        headers={"X-OpenStack-Ironic-API-Version": "1.84"},
        timeout=60,
    )
    answer.raise_for_status()


def test_nodes_are_configured_once(site: Site) -> None:
    names = site.nodes(2)
    options = ("--boot-mode", "uefi", "--root-device-hint", "serial=1")
    first, _ = site.shell.run("configure", *names, *options)
    again, _ = site.shell.run("configure", *names, *options)

    assert (
        column(first, "Result")
        == [
            "configured (capabilities.boot_mode: nothing -> uefi, "
            "properties.root_device: nothing -> {'serial': '1'})"
        ]
        * 2
    )
    assert column(again, "Result") == ["unchanged"] * 2


def test_a_root_device_is_one_of_the_disks_that_inspection_found(site: Site) -> None:
    names = site.nodes(2, inspect_interface="agent")
    process = site.shell.begin("introspect", names[0], "-f", "json")
    site.reach(names[0], "inspect wait")
    send_inventory(site.mac(0))
    out, said = process.communicate(timeout=120)
    rows, said_of_disks = site.shell.run(
        "configure", *names, "--root-device", "fastest", code=1
    )

    assert process.returncode == 0, said + out
    assert "root_device: nothing -> {'wwn': 'w2'}" in rows[0]["Result"]
    assert rows[1]["Error"].startswith("it was never inspected")
    assert f"openstack overcloud node introspect {names[1]}" in said_of_disks


def test_nodes_are_cleaned_and_provided(site: Site) -> None:
    names = site.nodes(2)
    step = ("--step", "vendor.log_passthrough")
    rows, _ = site.shell.run("clean", *names, *step, "--provide")

    assert column(rows, "Result") == ["done", "done"]
    assert column(site.listed(), STATE) == ["available"] * 2

    wrong, said = site.shell.run("clean", names[0], "--step", "bios.fly", code=1)

    assert column(wrong, STATE) == ["clean failed"]
    assert "does not support this clean step" in said
    # What failed is cleaned again by the same command, put right.
    site.shell.run("clean", names[0], *step)
    assert column(site.shell.run("provide", *names)[0], STATE) == ["available"] * 2


def test_bios_settings_are_applied_once_and_reset(site: Site) -> None:
    names = site.nodes(2)
    settings = site.file("bios.json", {"ProcVirtualization": "Enabled"})
    apply = ("bios", "apply", *names, "--configuration", settings)

    assert column(site.shell.run(*apply)[0], "Result") == ["done", "done"]
    assert column(site.shell.run(*apply)[0], "Result") == ["unchanged"] * 2
    site.shell.run("bios", "reset", names[0])
    assert column(site.shell.run(*apply)[0], "Result") == ["done", "unchanged"]


def test_volumes_that_the_hardware_cannot_have_fail_side_by_side(site: Site) -> None:
    names = site.nodes(2)
    volumes = {"logical_disks": [{"size_gb": "MAX", "raid_level": "1"}]}
    wanted = site.file("raid.json", volumes)
    rows, said = site.shell.run(
        "raid", "create", *names, "--configuration", wanted, code=1
    )

    # Ironic's fake RAID interface takes a configuration, but has no steps.
    assert column(rows, STATE) == ["clean failed"] * 2
    assert "could not create volumes on 2 of 2 nodes" in said
    assert "raid" in said


def test_maintenance_is_set_once_and_respected(site: Site) -> None:
    names = site.nodes(2)
    set_ = ("maintenance", "set", *names, "--reason", "fan broken")

    assert (
        column(site.shell.run(*set_)[0], "Result")
        == ["under maintenance (fan broken)"] * 2
    )
    assert column(site.shell.run(*set_)[0], "Result") == ["unchanged"] * 2
    _, said = site.shell.run("provide", names[0], code=1)
    assert "is under maintenance: fan broken" in said
    rows, _ = site.shell.run("maintenance", "unset", *names)
    assert column(rows, "Result") == ["out of maintenance (fan broken)"] * 2


def test_an_inspection_that_never_ends_is_aborted(site: Site) -> None:
    names = site.nodes(2, inspect_interface="agent")
    process = site.shell.begin("introspect", names[0], "--max-retries", "0")
    site.reach(names[0], "inspect wait")
    rows, _ = site.shell.run("abort", *names)
    _, said = process.communicate(timeout=120)

    assert column(rows, "Result") == ["done", "unchanged"]
    assert column(rows, STATE) == ["inspect failed", "manageable"]
    assert process.returncode == 1
    # Its reason may be gone by then: Ironic's power synchronisation clears it.
    assert "inspection failed" in said


def test_a_new_driver_brings_its_own_interfaces(site: Site) -> None:
    [name] = site.nodes(1)
    with serving({"one": []}, "joe", "sesame") as port:
        entry = {
            "name": name,
            "pm_type": "redfish",
            "pm_addr": f"http://127.0.0.1:{port}",
            "pm_user": "joe",
            "pm_password": "sesame",
            "power_interface": "redfish",
        }
        rows, said = site.shell.run("import", site.file("moved.json", [entry]))

    assert "driver: fake-hardware -> redfish" in rows[0]["Result"]
    assert f"{name} changes: driver" in said
    assert not {"sesame", "joe"} & set((said + rows[0]["Result"]).split())


@pytest.fixture
def fleet(site: Site, tmp_path: Path) -> Iterator[str]:
    """Register a machine whose agent is simulated, and play it; gives its name."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    extra = {
        "simulated": "by a test",
        "simulated_model": "compute",
        # What else gives it an agent; nothing is deployed here.
        "simulated_fault": "deploy-fails",
    }
    wired = {"deploy_interface": "custom-agent", "raid_interface": "agent"}
    [name] = site.nodes(1, extra=extra, **wired)
    path = site.file("fleet.json", {"nodes": [{"name": name, "extra": extra}]})
    log = ("--log-file", str(tmp_path / "fleet.log"))
    process = subprocess.Popen(  # noqa: S603 - our own words
        (
            *(str(FLEET), "run", "--nodes-file", path),
            *("--listen", f"127.0.0.1:{port}", "--poll", "1", *log),
        ),
    )
    try:
        yield name
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_an_agent_erases_disks_and_builds_volumes(site: Site, fleet: str) -> None:
    volumes = {
        "logical_disks": [
            {"size_gb": 200, "raid_level": "1", "is_root_volume": True},
            {"size_gb": "MAX", "raid_level": "5"},
        ]
    }
    wanted = site.file("raid.json", volumes)
    soon = ("--node-timeout", "180")
    create = ("raid", "create", fleet, "--configuration", wanted)
    built, _ = site.shell.run(*create, *soon)
    erased, _ = site.shell.run("clean", fleet, *soon)
    [node] = site.listed()

    assert column([*built, *erased], "Result") == ["done", "done"]
    assert node[STATE] == "manageable"
    # Ironic sets it to the size of the root volume.
    assert node["Disk GiB"] == 200
