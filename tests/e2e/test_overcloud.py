"""An overcloud from machines to an OpenStack that answers, and its life after that.

The tests build on each other, in the order in which they stand here. They run as root:
system containers stand in for the machines.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from tests.e2e import golden
from tests.e2e.boxes import boxes_of
from tests.e2e.conftest import Shell, wait_until
from tests.e2e.fleet import Fleet
from tests.e2e.oven import KEYSTONES, Oven, hosts, play, shipped
from tripleo_cli.domain.overcloud.trial import Verdict

pytestmark = pytest.mark.e2e

STACK = "overcloud"
CLASS = "oven"
CONTROLLER, COMPUTE, SECOND = (
    f"{STACK}-{name}" for name in ("controller-0", "novacompute-0", "novacompute-1")
)
AGENTS = {
    "Linux bridge agent": {CONTROLLER, COMPUTE},
    "DHCP agent": {CONTROLLER},
    "L3 agent": {CONTROLLER},
    "Metadata agent": {CONTROLLER},
}

FLAVORS = {"small": {"vcpus": 1, "ram": 512, "disk": 1}}
NETWORKS = {
    "public": {
        "external": True,
        "network_type": "flat",
        "physical_network": "datacentre",
        "subnets": {"public-v4": {"cidr": "203.0.113.0/24", "dhcp": False}},
    }
}


@pytest.fixture(scope="module")
def oven(
    live_shell: Shell,
    cleanups: list[Callable[[], object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Oven:
    folder = tmp_path_factory.mktemp("oven")
    golden.provide(live_shell)
    fleet = Fleet(shell=live_shell, folder=folder)
    play(fleet, cleanups, 3, CLASS, STACK)
    return Oven(live_shell, folder, STACK)


def deploy(oven: Oven, computes: int = 1) -> None:
    roles = shipped("Controller", "Compute", resource_class=CLASS)
    oven.deploy(roles, Controller=1, Compute=computes)


def test_a_deployed_overcloud_is_an_openstack_that_answers(oven: Oven) -> None:
    deploy(oven)

    assert oven.ask("token", "issue")["id"]
    assert {row["Name"] for row in oven.ask("service", "list")} >= KEYSTONES
    assert oven.computes() == {COMPUTE}
    assert oven.agents() == AGENTS
    controller = boxes_of(oven.shell, CONTROLLER)[CONTROLLER]
    assert f"\n{COMPUTE}," in controller.says("cat", "/etc/ssh/ssh_known_hosts")


def test_all_steps_are_done_and_their_checks_passed(oven: Oven) -> None:
    assert oven.steps()
    assert not oven.unfinished()


def test_its_users_can_work_with_it(oven: Oven) -> None:
    words = ("overcloud", "validate", "--after", "--stack", STACK)
    rows = oven.shell.json(*words)

    # Servers are emulated: where there is a compute, nothing is left out.
    assert not [row for row in rows if row["Result"] != Verdict.OK.value]
    assert {"boot a server", "see it boot"} <= {row["What"] for row in rows}


def test_its_rc_file_that_was_lost_comes_back_and_signs_in(oven: Oven) -> None:
    file = oven.shell.home / f"{STACK}rc"
    file.unlink()

    shown = oven.shell.json("overcloud", "credentials", STACK)
    sign_in = f". {file}; exec openstack token issue -f value -c id"
    done = subprocess.run(
        ["/bin/sh", "-c", sign_in],
        env=oven.shell.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert shown["password"] == "***"
    assert file.stat().st_mode & 0o777 == 0o600
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_deployed_again_it_changes_nothing(oven: Oven) -> None:
    before = oven.steps()
    deploy(oven)

    assert oven.steps() == before


def test_flavors_and_networks_are_there_if_asked_for_and_no_step_is_made_for_it(
    oven: Oven,
) -> None:
    lists = (("flavor", "list", "--all"), ("network", "list"), ("subnet", "list"))
    assert [oven.ask(*words) for words in lists] == [[], [], []]
    before = oven.steps()

    oven.tell({"NovaFlavors": FLAVORS, "NeutronNetworks": NETWORKS})
    deploy(oven)

    [flavor], [network], [subnet] = (oven.ask(*words) for words in lists)
    assert (flavor["Name"], flavor["VCPUs"], flavor["RAM"]) == ("small", 1, 512)
    assert (network["Name"], network["Subnets"]) == ("public", [subnet["ID"]])
    assert (subnet["Name"], subnet["Subnet"]) == ("public-v4", "203.0.113.0/24")
    assert oven.steps() == before


def test_one_parameter_changes_only_the_nodes_and_steps_that_name_it(
    oven: Oven,
) -> None:
    before = oven.steps()
    oven.environment.write_text("parameter_defaults: {GlanceWorkers: 3}\n")
    deploy(oven)
    after = oven.steps()

    changed = {key for key in after if after[key] != before[key]}
    assert changed
    assert {hostname for hostname, _ in changed} == {CONTROLLER}
    assert len(changed) < len([key for key in after if key[0] == CONTROLLER])
    assert oven.ask("image", "list") == []


def test_a_compute_more_serves_too(oven: Oven) -> None:
    deploy(oven, computes=2)

    assert oven.computes() == {COMPUTE, SECOND}
    # Nova's scheduler looks for new computes every 15 s.
    wait_until(lambda: len(oven.ask("hypervisor", "list")) == 2, within_s=90)


def test_a_compute_that_is_removed_is_gone_from_the_overclouds_lists(
    oven: Oven,
) -> None:
    words = ("overcloud", "node", "remove", "--stack", STACK, SECOND, "--yes")
    oven.shell.openstack(*words)

    assert SECOND not in hosts(oven.ask("compute", "service", "list"))
    assert SECOND not in hosts(oven.ask("network", "agent", "list"))
