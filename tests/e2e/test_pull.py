"""A node that nobody logs in to is configured in all steps, whatever befalls its agent.

The tests build on each other, in the order in which they stand here. They run as root:
a system container stands in for the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e import golden
from tests.e2e.conftest import Running, Shell, wait_until
from tests.e2e.fleet import Fleet
from tests.e2e.pulling import (
    PATIENCE_S,
    SERVICE,
    UNIT,
    Box,
    Door,
    enter,
    open_doors,
    told_of,
)

pytestmark = pytest.mark.e2e

STACK = "pulling"
NODE = f"{STACK}-puller-0"
CLASS = "puller"
SEED = "2020"
"""Machines of the same seed have the same addresses: two fleets would be one."""
ROLE = {
    "name": "Puller",
    "CountDefault": 1,
    "transport": "pull",
    "ServicesDefault": ["base", "pulled"],
    "needs": {"resource_class": CLASS},
}


@dataclass(frozen=True)
class Outpost:
    """The overcloud of one node, and the ways from it to the undercloud."""

    shell: Shell
    folder: Path
    doors: dict[str, Door]
    box: Box

    def begin(self, *options: str) -> Running:
        return self.shell.start("openstack", *words(self.folder), *options)

    def steps(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.shell.json(
            "overcloud", "steps", "--stack", STACK
        )
        return rows


def words(folder: Path) -> tuple[str, ...]:
    return (
        *("overcloud", "deploy", "--stack", STACK),
        *("--roles-file", str(folder / "roles.yaml")),
        *("--environment", str(folder / "environment.yaml")),
        *("--services-path", str(folder / "services")),
    )


@pytest.fixture(scope="module")
def outpost(
    live_shell: Shell,
    cleanups: list[Callable[[], object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Outpost:
    folder = tmp_path_factory.mktemp("outpost")
    golden.provide(live_shell)
    doors = open_doors(live_shell, cleanups)
    write(folder, told_of(doors))
    play(Fleet(shell=live_shell, folder=folder), cleanups)
    live_shell.openstack(*words(folder), "--stack-only")
    box = enter(NODE)
    box.run("systemctl", "mask", "--now", "ssh")
    return Outpost(shell=live_shell, folder=folder, doors=doors, box=box)


def write(folder: Path, parameters: dict[str, Any]) -> None:
    """Write what an operator writes."""
    (folder / "roles.yaml").write_text(yaml.safe_dump([ROLE]))
    told = {"parameter_defaults": parameters}
    (folder / "environment.yaml").write_text(yaml.safe_dump(told))
    (folder / "services").mkdir()
    (folder / "services" / "pulled.yaml").write_text(SERVICE)


def play(fleet: Fleet, cleanups: list[Callable[[], object]]) -> None:
    """Register the machine, and take it away at the end."""
    shell = fleet.shell
    pid_file = str(fleet.folder / "fleet.pid")
    # Last first: Ironic would hold nodes locked, looking for machines that are gone.
    cleanups += [
        lambda: shell.run("tripleo-fleet", "stop", "--pid-file", pid_file, "--clean"),
        lambda: shell.run("openstack", "overcloud", "node", "delete", *fleet.names),
        lambda: shell.run("openstack", "overcloud", "delete", STACK, "--yes"),
    ]
    kind = ("--backing", "container", "--resource-class", CLASS, "--seed", SEED)
    fleet.start(1, CLASS, "--models", "compute", *kind)
    shell.openstack("overcloud", "node", "import", "--provide", fleet.nodes_file)


def test_no_step_and_no_word_of_it_is_lost(outpost: Outpost) -> None:
    """The agent is killed in step 3, and Heat out of its reach when that ends."""
    heat, box = outpost.doors["orchestration"], outpost.box
    with outpost.begin() as running:
        wait_until(
            lambda: running.is_over() or "3" in box.text("/var/lib/pulled"),
            within_s=PATIENCE_S,
            every_s=0.2,
        )
        heat.close()
        box.run("systemctl", "kill", "--signal", "KILL", "--kill-whom", "main", UNIT)
        wait_until(lambda: box.state(3) == "applied", within_s=PATIENCE_S)
        assert not running.is_over(), running.log.read_text()
        journal = ("journalctl", "--unit", UNIT, "--no-pager")
        wait_until(lambda: "Connection refused" in box.run(*journal), within_s=60)
        heat.open()
        done = running.end()

    assert done.code == 0
    assert box.text("/var/lib/pulled").split() == ["1", "2", "3", "4", "5"]
    shown = box.run("systemctl", "show", "--property", "NRestarts", UNIT)
    assert shown == "NRestarts=1"


def test_all_steps_are_done_and_their_checks_passed(outpost: Outpost) -> None:
    rows = outpost.steps()

    assert [row["Step"] for row in rows] == [1, 2, 3, 4, 5]
    assert {(row["State"], row["Checks"]) for row in rows} == {("applied", "passed")}


def test_nobody_logged_in(outpost: Outpost) -> None:
    assert not (outpost.shell.home / "overcloud-deploy" / STACK / ".push").exists()
    assert outpost.box.run("systemctl", "show", "--property", "LoadState", "ssh") == (
        "LoadState=masked"
    )


def test_no_password_is_left_on_the_way(outpost: Outpost) -> None:
    assert len(outpost.box.text("/var/lib/pulled-secret")) > 8

    configs = outpost.shell.json("software", "config", "list")
    assert not [row for row in configs if row["name"] == f"{STACK}-order"]
    # The node's own: another overcloud's orders may be on their way just now.
    server = outpost.shell.json("server", "show", NODE)["id"]
    deployments = outpost.shell.json("software", "deployment", "list")
    assert not [row for row in deployments if row["server_id"] == server]
    orders = outpost.box.root / "var/lib/tripleo/orders"
    wait_until(
        lambda: not [one for one in orders.iterdir() if one.is_dir()], within_s=60
    )


def test_an_agent_that_is_silent_is_named(outpost: Outpost) -> None:
    outpost.box.run("systemctl", "stop", UNIT)
    told = outpost.shell.refused(*words(outpost.folder), "--overcloud-ssh-timeout", "5")
    outpost.box.run("systemctl", "start", UNIT)

    assert f"{NODE} does not let us in after 5 s: its agent did not answer" in told.said
    assert f"journalctl -u {UNIT}" in told.said


def test_deployed_again_it_changes_nothing(outpost: Outpost) -> None:
    before = outpost.steps()
    outpost.shell.openstack(*words(outpost.folder))

    assert outpost.steps() == before
