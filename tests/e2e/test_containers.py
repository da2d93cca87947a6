"""Machines that containers stand in for: deployed, reached, switched, given back.

The tests build on each other, in the order in which they stand here. They run as
root.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.e2e import golden
from tests.e2e.boxes import PATIENCE_S, Box, boxes_of, machines
from tests.e2e.conftest import Shell, by_key, wait_until
from tests.e2e.fleet import Fleet

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning"),
]

STACK = "boxes"
PREFIX = "box"
IMAGE = "overcloud-full"
FIRST, SECOND = f"{STACK}-box-0", f"{STACK}-box-1"
ROLE = f"""
- name: Box
  ImageDefault: {IMAGE}
  CountDefault: 2
  needs: {{resource_class: boxes}}
  networks: [ctlplane]
"""


@pytest.fixture(scope="module")
def shell(live_shell: Shell) -> Shell:
    return live_shell


@pytest.fixture(scope="module")
def fleet(
    shell: Shell,
    cleanups: list[Callable[[], object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Fleet:
    made = Fleet(shell=shell, folder=tmp_path_factory.mktemp("boxes"))
    pid_file = str(made.folder / "fleet.pid")
    # Last first: Ironic would hold nodes locked, looking for machines that are gone.
    cleanups.append(
        lambda: shell.run("tripleo-fleet", "stop", "--pid-file", pid_file, "--clean")
    )
    cleanups.append(
        lambda: shell.run("openstack", "overcloud", "node", "delete", *made.names)
    )
    cleanups.append(lambda: shell.run("openstack", "flavor", "delete", "box"))
    cleanups.append(
        lambda: shell.run("openstack", "overcloud", "delete", STACK, "--yes")
    )
    start(made)
    return made


def start(fleet: Fleet) -> None:
    """Start the fleet; started again, it plays the same machines."""
    words = ("--resource-class", "boxes", "--backing", "container")
    fleet.start(2, PREFIX, "--models", "compute", *words)


@pytest.fixture(scope="module")
def image(shell: Shell) -> str:
    golden.provide(shell)
    return IMAGE


@pytest.fixture(scope="module")
def boxes(
    shell: Shell, fleet: Fleet, image: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Box]:
    assert image
    roles = tmp_path_factory.mktemp("roles") / "roles.yaml"
    roles.write_text(ROLE)
    shell.openstack("overcloud", "node", "import", "--provide", fleet.nodes_file)
    words = ("overcloud", "deploy", "--stack", STACK, "--roles-file", str(roles))
    shell.openstack(*words, "--stack-only")
    return boxes_of(shell, FIRST, SECOND)


def test_deployed_machines_boot_and_are_reached_with_the_overclouds_key(
    boxes: dict[str, Box],
) -> None:
    for name, box in boxes.items():
        box.wait()
        assert box.says("hostname") == name
        assert box.says("sudo", "cat", "/proc/1/comm") == "systemd"
        assert box.power() == "power on"


def test_machines_have_what_ironic_and_neutron_say_of_them(
    shell: Shell, boxes: dict[str, Box]
) -> None:
    box = boxes[FIRST]
    ports = shell.json("baremetal", "port", "list", "--node", box.node)
    servers = by_key(shell.json("server", "list"), "Name")

    # The titles of Ironic's own lists differ by version.
    known = {value for port in ports for value in port.values()}
    assert box.says("cat", "/sys/class/net/eth0/address") in known
    assert box.address in str(servers[FIRST]["Networks"])
    assert box.says("cat", "/sys/class/net/eth0/mtu") == "1500"


def test_machines_reach_each_other(boxes: dict[str, Box]) -> None:
    other = boxes[SECOND].address

    assert "SSH-2.0" in boxes[FIRST].says(f"head -c 8 < /dev/tcp/{other}/22")


def test_a_machine_makes_networks_of_its_own(boxes: dict[str, Box]) -> None:
    script = (
        "set -e; ip netns add n; ip link add name br9 type bridge; "
        "ip link add name vx9 type vxlan id 7 dstport 4789 dev eth0; "
        "ip link set dev vx9 master br9; "
        "ip tuntap add dev tap9 mode tap; echo 1 > /proc/sys/net/ipv4/ip_forward; "
        "ip link del vx9; ip link del tap9; ip link del br9; ip netns del n"
    )

    boxes[FIRST].says("sudo", "sh", "-c", f"'{script}'")


def test_power_off_and_on_keeps_the_disk(boxes: dict[str, Box]) -> None:
    box = boxes[FIRST]
    box.says("sudo", "touch", "/root/stays")

    box.switch("off")
    answers = box.answers()
    box.switch("on")
    box.wait()

    assert not answers
    box.says("sudo", "ls", "/root/stays")


def test_a_machine_that_halts_by_itself_is_off(boxes: dict[str, Box]) -> None:
    box = boxes[FIRST]

    def is_off() -> bool:
        # Ironic's look at the power, once a minute, may have come in between, and have
        # switched it on again.
        box.ssh("sudo", "systemctl", "poweroff")
        return box.power() == "power off"

    wait_until(is_off, within_s=PATIENCE_S, every_s=5)
    box.switch("on")
    box.wait()


def test_a_fleet_that_is_killed_leaves_machines_running(
    boxes: dict[str, Box], fleet: Fleet
) -> None:
    box = boxes[SECOND]
    booted = box.says("stat", "-c", "%Y", "/proc/1")
    pid_file = fleet.folder / "fleet.pid"

    os.kill(int(pid_file.read_text()), signal.SIGKILL)
    went_on = box.says("stat", "-c", "%Y", "/proc/1")
    start(fleet)
    box.switch("off")
    box.switch("on")
    box.wait()

    assert went_on == booted
    assert box.says("stat", "-c", "%Y", "/proc/1") != booted


def test_a_cable_that_is_pulled_out(boxes: dict[str, Box], fleet: Fleet) -> None:
    box = boxes[SECOND]

    fleet.set_fault(box.node, "unplugged")
    box.wait(answers=False)
    fleet.set_fault(box.node, "none")

    box.wait()


def is_off(box: Box) -> bool:
    return box.power() == "power off"


def test_deleting_the_stack_leaves_nothing(shell: Shell, boxes: dict[str, Box]) -> None:
    bridges = {path.name for path in Path("/sys/class/net").glob("tlb*")}
    shell.openstack("overcloud", "delete", STACK, "--yes")

    wait_until(
        lambda: not {FIRST, SECOND} & machines(shell).keys(), within_s=PATIENCE_S
    )
    for box in boxes.values():
        wait_until(partial(is_off, box), within_s=PATIENCE_S)
    assert bridges
    if not machines(shell):
        assert not [*Path("/sys/class/net").glob("tlb*")]
