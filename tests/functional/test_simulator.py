"""Simulated machines go through the real inspection, and fail for real."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openstack
import pytest

from tripleo_cli.simulator.faults import Fault, parse_fault
from tripleo_cli.simulator.models import load_models
from tripleo_cli.simulator.nodes_file import FleetPlan, fleet_document

pytestmark = [
    pytest.mark.functional,
    # The SDK warns of its own insides.
    pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning"),
]

SEED = 215
PREFIX = "functional-sim"
MOST = 10
WITHIN_S = 180


@pytest.fixture(scope="module")
def baremetal() -> Any:
    connection = openstack.connect(cloud=os.environ["OS_CLOUD"])
    return connection.baremetal


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fleet of our own on a port of its own; gives its log.

    It plays no machines of others: it would take their agents' tokens with it.
    """
    folder = tmp_path_factory.mktemp("fleet")
    log, nodes = folder / "fleet.log", folder / "nodes.json"
    nodes.write_text(json.dumps(fleet_document(plan_of(MOST))))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["run", "--listen", f"127.0.0.1:{port}", "--log-file", str(log)]
    words += ["--nodes-file", str(nodes)]
    module = [sys.executable, "-m", "tripleo_cli.simulator.cli"]
    process = subprocess.Popen([*module, *words])  # noqa: S603 - our own module
    while not (log.exists() and "SIMULATED" in log.read_text()):
        assert process.poll() is None, "the fleet did not start"
        time.sleep(0.1)
    yield log
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    assert "stopped:" in log.read_text()


def plan_of(count: int, **faults: str) -> FleetPlan:
    wanted = {f"{PREFIX}-{n.replace('_', '-')}": t for n, t in faults.items()}
    return FleetPlan(
        count=count,
        seed=SEED,
        models=list(load_models().values()),
        prefix=PREFIX,
        resource_class="functional-sim",
        faults={name: _fault(text) for name, text in wanted.items()},
    )


Register = Callable[..., list[str]]


@pytest.fixture
def register(
    baremetal: Any,
    fleet: Path,  # noqa: ARG001 - the machines need somebody who plays them
) -> Iterator[Register]:
    """Registers simulated nodes, and removes them again."""
    ids: list[str] = []

    def add(count: int, **faults: str) -> list[str]:
        for entry in fleet_document(plan_of(count, **faults))["nodes"]:
            node_id = _create(baremetal, entry)
            ids.append(node_id)
            wait(baremetal, node_id, "manageable")
        return ids

    yield add
    for node_id in ids:
        _remove(baremetal, node_id)


def _fault(text: str) -> Fault:
    fault = parse_fault(text)
    assert fault
    return fault


def _create(baremetal: Any, entry: dict[str, Any]) -> str:
    node = baremetal.create_node(
        name=entry["name"],
        driver=entry["pm_type"],
        inspect_interface=entry["inspect_interface"],
        resource_class=entry["resource_class"],
        properties={"cpu_arch": entry["arch"]},
        extra=entry["extra"],
    )
    for port in entry["ports"]:
        baremetal.create_port(node_id=node.id, address=port["address"])
    baremetal.set_node_provision_state(node.id, "manage")
    return str(node.id)


def _remove(baremetal: Any, node_id: str) -> None:
    state = baremetal.get_node(node_id).provision_state
    if state in ("inspect wait", "clean wait"):
        baremetal.set_node_provision_state(node_id, "abort")
    elif state in ("deploy failed", "active"):
        baremetal.set_node_provision_state(node_id, "deleted")
        wait(baremetal, node_id, "available", "clean failed")
    baremetal.set_node_maintenance(node_id, reason="removed by its test")
    baremetal.delete_node(node_id)


def wait(baremetal: Any, node_id: str, *states: str) -> Any:
    end = time.monotonic() + WITHIN_S
    while (node := baremetal.get_node(node_id)).provision_state not in states:
        assert time.monotonic() < end, f"{node.name} is {node.provision_state}"
        time.sleep(0.5)
    return node


def wait_for_wiring(baremetal: Any, node_id: str, interface: str) -> None:
    end = time.monotonic() + WITHIN_S
    while getattr(baremetal.get_node(node_id), interface) == "fake":
        assert time.monotonic() < end, "the fleet did not wire the node"
        time.sleep(0.5)


def errors(baremetal: Any, node_id: str) -> str:
    """All that Ironic noted: it clears ``last_error`` at the next power sync."""
    url = f"/nodes/{node_id}/history?detail=True"
    answer = baremetal.get(url, microversion="1.78").json()
    return "\n".join(entry["event"] for entry in answer["history"])


def test_ten_machines_are_inspected(baremetal: Any, register: Register) -> None:
    ids = register(MOST)
    for node_id in ids:
        baremetal.set_node_provision_state(node_id, "inspect")

    for node_id in ids:
        node = wait(baremetal, node_id, "manageable", "inspect failed")
        assert node.provision_state == "manageable"
        stored = baremetal.get(
            f"/nodes/{node_id}/inventory", microversion="1.81"
        ).json()
        assert stored["inventory"]["hostname"] == node.name
        assert "SIMULATED" in stored["inventory"]["system_vendor"]["manufacturer"]
        assert stored["plugin_data"]["macs"]


def test_an_inspection_error_is_ironics_own(baremetal: Any, register: Register) -> None:
    [node_id] = register(1, controller_0="inspection-error:SIMULATED: no fans")
    baremetal.set_node_provision_state(node_id, "inspect")

    wait(baremetal, node_id, "inspect failed")

    assert "Ramdisk reported error: SIMULATED: no fans" in errors(baremetal, node_id)


def test_a_silent_machine_keeps_ironic_waiting(
    baremetal: Any, register: Register, fleet: Path
) -> None:
    [node_id] = register(1, controller_0="inspection-silent")
    baremetal.set_node_provision_state(node_id, "inspect")
    wait(baremetal, node_id, "inspect wait")

    time.sleep(5)

    assert baremetal.get_node(node_id).provision_state == "inspect wait"
    assert "stays silent" in fleet.read_text()


def test_power_that_fails_is_ironics_own_error(
    baremetal: Any, register: Register
) -> None:
    [node_id] = register(1, controller_0="power-fails:SIMULATED: no mains")
    wait_for_wiring(baremetal, node_id, "power_interface")
    baremetal.set_node_provision_state(node_id, "inspect")

    wait(baremetal, node_id, "inspect failed")

    assert "SIMULATED: no mains" in errors(baremetal, node_id)


def test_a_deploy_that_fails_is_ironics_own_error(
    baremetal: Any, register: Register
) -> None:
    [node_id] = register(1, controller_0="deploy-fails:SIMULATED: disk on fire")
    wait_for_wiring(baremetal, node_id, "deploy_interface")
    baremetal.set_node_provision_state(node_id, "provide")
    wait(baremetal, node_id, "available")
    baremetal.update_node(
        node_id,
        instance_info={"image_source": "http://192.0.2.1/no", "image_checksum": "no"},
    )
    baremetal.set_node_provision_state(node_id, "active")

    wait(baremetal, node_id, "deploy failed")

    noted = errors(baremetal, node_id)
    assert "Deploy step deploy.write_image failed" in noted
    assert "SIMULATED: disk on fire" in noted


def test_cleaning_that_fails_is_ironics_own_error(
    baremetal: Any, register: Register
) -> None:
    [node_id] = register(1, controller_0="clean-fails:SIMULATED: disk on fire")
    wait_for_wiring(baremetal, node_id, "deploy_interface")
    baremetal.set_node_provision_state(node_id, "provide")

    wait(baremetal, node_id, "clean failed")

    assert "SIMULATED: disk on fire" in errors(baremetal, node_id)
