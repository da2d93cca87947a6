"""Inspections, their results and rules on a live undercloud, through the shell.

The machines are simulated, by a fleet of our own; everything else is real.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.functional.shell import FLEET, answer, node, playing, run

pytestmark = pytest.mark.functional

RUN = uuid4().hex[:6]
PREFIX = f"f-{RUN}"
HEALTHY, SLOW, BROKEN = (
    f"{PREFIX}-controller-0",
    f"{PREFIX}-compute-0",
    f"{PREFIX}-storage-0",
)
WITH_BMC = f"{PREFIX}-bmc-controller-0"
TRAIT = f"CUSTOM_F_{RUN.upper()}"
MEMORY = "{inventory[memory][physical_mb]}"


def generated(*words: str) -> Any:
    """Draw machines; gives the entries of their nodes file."""
    command = [FLEET, "generate", "--resource-class", "ftest"]
    done = subprocess.run([*command, *words], capture_output=True, check=True)  # noqa: S603 - our own words
    return json.loads(done.stdout)["nodes"]


@pytest.fixture(scope="module", autouse=True)
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Import simulated machines and play them; one is slow, one broken."""
    folder = tmp_path_factory.mktemp("fleet")
    file = folder / "nodes.json"
    faults = ["--fault", f"{SLOW}=slow-part:sda=50"]
    faults += ["--fault", f"{BROKEN}=inspection-error:SIMULATED: no fans"]
    plain = generated("--nodes", "3", "--seed", "206", "--prefix", PREFIX, *faults)
    told = ("--nodes", "1", "--seed", "207", "--prefix", f"{PREFIX}-bmc", "--bmc")
    file.write_text(json.dumps({"nodes": [*plain, *generated(*told)]}))
    with playing(file):
        try:
            run("node", "import", str(file))
            yield file
        finally:
            run("node", "delete", HEALTHY, SLOW, BROKEN, WITH_BMC)


def test_machines_measure_what_they_are_asked_to() -> None:
    rows = answer("node", "introspect", HEALTHY, SLOW, "--benchmark", "cpu,disk")

    assert [row["Result"] for row in rows] == ["done", "done"]
    shown = {name: answer("introspection", "show", name) for name in (HEALTHY, SLOW)}
    healthy = shown[HEALTHY]["benchmarks"]
    assert healthy["cpu.logical.loops_per_sec"] > 0
    assert not [metric for metric in healthy if "bandwidth" in metric]
    read = "disk.sda.standalone_read_1M_KBps"
    # Both are flash disks of the same kind.
    assert shown[SLOW]["benchmarks"][read] < 0.7 * healthy[read]


def test_a_node_gets_its_own_settings_back() -> None:
    before = node(HEALTHY)

    run("node", "introspect", HEALTHY, "--benchmark", "all")

    after = node(HEALTHY)
    for field in ("driver_info", "inspect_interface", "extra"):
        assert after[field] == before[field]


def test_a_machine_that_is_not_asked_measures_nothing_and_keeps_its_results() -> None:
    before = answer("introspection", "show", HEALTHY)

    said = run("node", "introspect", HEALTHY).stderr

    raw = run("introspection", "data", "save", HEALTHY).stdout
    after = answer("introspection", "show", HEALTHY)
    assert "loops_per_sec" not in raw
    assert "kept benchmark results of an earlier inspection" in said
    assert after["benchmarks"] == before["benchmarks"] != {}
    assert set(after["measured_at"]) == {"cpu", "disk", "memory"}


def test_results_that_were_measured_again_are_not_kept_twice() -> None:
    run("node", "introspect", HEALTHY, "--benchmark", "all")

    assert answer("introspection", "show", HEALTHY)["measured_at"] == {}
    assert "benchmarks_kept" not in node(HEALTHY)["extra"]


def test_a_failure_names_node_phase_cause_and_remedy() -> None:
    done = run("node", "introspect", BROKEN, "--max-retries", "1", code=1)

    assert (
        f"{BROKEN}: inspection failed while the ramdisk collected facts: "
        "Ramdisk reported error: SIMULATED: no fans" in done.stderr
    )
    assert "openstack undercloud logs ironic" in done.stderr
    assert "inspection failed, trying again: Ramdisk reported error" in done.stderr


def test_a_bmc_is_asked_for_this_time_only() -> None:
    end = time.monotonic() + 60
    while "redfish_address" not in node(WITH_BMC)["driver_info"]:
        assert time.monotonic() < end, "the fleet did not say where the BMC is"
        time.sleep(1)

    run("node", "introspect", WITH_BMC, "--method", "redfish")

    facts = answer("introspection", "show", WITH_BMC)
    assert [disk["name"] for disk in facts["disks"]][:1] == ["sda"]
    assert facts["interfaces"][0]["name"] == "NIC0"
    assert facts["cpus"] == node(WITH_BMC)["properties"]["cpus"]
    assert node(WITH_BMC)["inspect_interface"] == "agent"


def test_out_of_band_needs_a_bmc_and_leaves_the_node_as_it_was() -> None:
    done = run("node", "introspect", HEALTHY, "--method", "redfish", code=1)

    assert "redfish_address" in done.stderr
    assert f"openstack baremetal node validate {HEALTHY}" in done.stderr
    assert node(HEALTHY)["inspect_interface"] == "agent"


def test_results_are_saved_and_shown(tmp_path: Path) -> None:
    run("node", "introspect", HEALTHY)
    path = tmp_path / "data.json"

    run("introspection", "data", "save", HEALTHY, "--file", str(path))

    saved = json.loads(path.read_text())
    facts = answer("introspection", "show", HEALTHY)
    assert facts["memory_mib"] == saved["inventory"]["memory"]["physical_mb"]
    assert facts["firmware"]["bios_version"].startswith("SIM ")
    interfaces = answer("introspection", "interface", "list", HEALTHY)
    assert interfaces[0]["Switch"].startswith("sim-switch-")
    one = answer("introspection", "interface", "show", HEALTHY, interfaces[0]["Name"])
    assert one["switch_port"] == interfaces[0]["Switch Port"]
    assert one["mac"] == interfaces[0]["MAC Address"]


def test_a_machine_without_results_says_what_to_do() -> None:
    done = run("introspection", "show", BROKEN, code=1)

    assert "has not been inspected" in done.stderr
    assert f"Try: openstack overcloud node introspect {BROKEN}" in done.stderr


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[str]:
    """A rule on memory in Ironic's form, and one in ironic-inspector's."""
    run("node", "introspect", HEALTHY)
    limit = answer("introspection", "show", HEALTHY)["memory_mib"]
    big = {
        "description": f"{PREFIX} enough memory",
        "conditions": [{"op": "!lt", "args": {"values": [MEMORY, limit]}}],
        "actions": [{"op": "add-trait", "args": {"name": TRAIT}}],
    }
    small = {
        "description": f"{PREFIX} too little",
        "conditions": [{"op": "lt", "field": "memory_mb", "value": limit}],
        "actions": [{"action": "add-trait", "name": f"{TRAIT}_SMALL"}],
    }
    path = tmp_path / "rules.json"
    path.write_text(json.dumps([big, small]))
    yield str(path)
    for row in answer("rule", "list"):
        if row["Description"].startswith(PREFIX):
            run("rule", "delete", row["UUID"])


# Rules are for all machines that are inspected, others' too.
@pytest.mark.disruptive
def test_machines_are_tagged_by_rules_as_they_are_inspected(rules: str) -> None:
    created = answer("rule", "import", rules)
    again = answer("rule", "import", rules)
    assert [row["Result"] for row in created] == ["created", "created"]
    assert [row["Result"] for row in again] == ["unchanged", "unchanged"]

    run("node", "introspect", HEALTHY)
    tagged = node(HEALTHY)["traits"]
    run("rule", "delete", *(row["Description"] for row in created))
    run("node", "introspect", SLOW)

    assert tagged == [TRAIT]
    assert node(SLOW)["traits"] == []
    descriptions = [row["Description"] for row in answer("rule", "list")]
    assert not [text for text in descriptions if text.startswith(PREFIX)]
