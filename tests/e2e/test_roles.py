"""Overclouds of other forms: services on nodes of their own, and all on one node.

The tests build on each other, in the order in which they stand here. They run as root:
system containers stand in for the machines.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e import golden
from tests.e2e.boxes import boxes_of
from tests.e2e.conftest import Shell
from tests.e2e.fleet import Fleet
from tests.e2e.oven import (
    KEYSTONES,
    Oven,
    Role,
    Rows,
    overtaken,
    play,
    shipped,
    unfinished,
)
from tests.e2e.pulling import enter, open_doors, told_of

pytestmark = pytest.mark.e2e

CLASS = "forms"
APART, ALONE = "apart", "alone"
NODE = f"{ALONE}-standalone-0"
CONTROLLER, DATABASE, IDENTITY, COMPUTE = (
    f"{APART}-{name}-0"
    for name in ("controller", "database", "keystone", "novacompute")
)
EXAMPLES = Path(__file__).parents[2] / "docs" / "example-services"
AGENTS = ("Linux bridge agent", "DHCP agent", "L3 agent", "Metadata agent")
LIST_UNITS = (
    *("systemctl", "list-units", "--type=service", "--state=active"),
    *("--plain", "--no-legend"),
)
PLACES = {
    CONTROLLER: {
        *("haproxy", "keepalived", "memcached", "rabbitmq-server"),
        *("glance-api", "placement-api", "nova-api", "nova-conductor"),
        *("neutron-api", "neutron-dhcp-agent", "heat-api", "heat-engine"),
        *("neutron-linuxbridge-agent", "status-page"),
    },
    DATABASE: {"mariadb"},
    IDENTITY: {"keystone"},
    COMPUTE: {"libvirtd", "nova-compute", "neutron-linuxbridge-agent"},
}
"""Where services run, by the names of their units."""


@pytest.fixture(scope="module")
def folder(
    live_shell: Shell,
    cleanups: list[Callable[[], object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Machines of our own, registered from files in a folder."""
    made = tmp_path_factory.mktemp("forms")
    golden.provide(live_shell)
    fleet = Fleet(shell=live_shell, folder=made)
    play(fleet, cleanups, len(PLACES), CLASS, APART, ALONE)
    return made


@pytest.fixture(scope="module")
def apart(
    live_shell: Shell, folder: Path, cleanups: list[Callable[[], object]]
) -> Oven:
    """Let the computes ask for what they are to do."""
    made = Oven(live_shell, folder, APART)
    made.tell(told_of(open_doors(live_shell, cleanups)))
    return made


@pytest.fixture(scope="module")
def rows(apart: Oven) -> Rows:
    """Give the table of steps; it is asked for once the deployment has ended."""
    return apart.steps()


@pytest.fixture(scope="module")
def alone(live_shell: Shell, folder: Path) -> Oven:
    return Oven(live_shell, folder, ALONE)


def large() -> list[Role]:
    """Take database and Keystone off the controllers; nobody logs in to computes."""
    names = ("Controller", "Database", "Keystone", "Compute")
    controller, database, keystone, compute = shipped(*names, resource_class=CLASS)
    moved = {*database["ServicesDefault"], *keystone["ServicesDefault"]} - {"base"}
    rest = [one for one in controller["ServicesDefault"] if one not in moved]
    controller["ServicesDefault"] = [*rest, "status-page"]
    return [controller, database, keystone, compute | {"transport": "pull"}]


def test_a_large_cloud_is_pushed_and_pulled_in_one_deployment(apart: Oven) -> None:
    counts = {"Controller": 1, "Database": 1, "Keystone": 1, "Compute": 1}
    apart.deploy(large(), "--services-path", str(EXAMPLES), **counts)

    assert apart.ask("token", "issue")["id"]
    assert {row["Name"] for row in apart.ask("service", "list")} == KEYSTONES
    assert apart.computes() == {COMPUTE}
    assert apart.agents() == {
        kind: {CONTROLLER} | ({COMPUTE} if kind == "Linux bridge agent" else set())
        for kind in AGENTS
    }


def test_all_steps_of_both_ways_are_done_and_their_checks_passed(rows: Rows) -> None:
    assert {hostname for hostname, _ in rows} == set(PLACES)
    assert {step for hostname, step in rows if hostname == COMPUTE} >= {1, 4}
    assert not unfinished(rows.values())


def test_no_node_began_a_step_before_all_had_ended_the_one_before(rows: Rows) -> None:
    assert {step for _, step in rows} >= {1, 2, 3, 4}
    assert overtaken(rows) == []


def test_a_service_runs_where_its_role_is_and_nowhere_else(apart: Oven) -> None:
    pushed = boxes_of(apart.shell, CONTROLLER, DATABASE, IDENTITY)
    found = {name: box.says(*LIST_UNITS) for name, box in pushed.items()}
    found[COMPUTE] = enter(COMPUTE).run(*LIST_UNITS)

    all_units = set().union(*PLACES.values())
    assert {name: units(text) & all_units for name, text in found.items()} == PLACES


def units(listed: str) -> set[str]:
    """Give the names of units in a list of them."""
    return {line.split()[0].removesuffix(".service") for line in listed.splitlines()}


def test_nobody_logged_in_to_the_node_that_pulls(apart: Oven) -> None:
    words = ("journalctl", "--unit", "ssh", "--no-pager")
    database = boxes_of(apart.shell, DATABASE)[DATABASE]

    assert "Accepted publickey" in database.does(" ".join(words))
    assert "Accepted" not in enter(COMPUTE).run(*words)


def test_an_image_is_kept(apart: Oven) -> None:
    apart.ask("image", "create", "--file", __file__, "an-image")

    [image] = apart.ask("image", "list")
    assert (image["Name"], image["Status"]) == ("an-image", "active")
    apart.delete()


def test_a_whole_overcloud_runs_on_one_node(alone: Oven) -> None:
    alone.deploy(shipped("Standalone", resource_class=CLASS), Standalone=1)

    rows = alone.steps()
    assert rows
    assert not unfinished(rows.values())
    assert {row["Name"] for row in alone.ask("service", "list")} == KEYSTONES
    assert alone.computes() == {NODE}
    assert alone.agents() == {kind: {NODE} for kind in AGENTS}


def test_deployed_again_the_one_node_is_left_alone(alone: Oven) -> None:
    before = alone.steps()
    alone.deploy(shipped("Standalone", resource_class=CLASS), Standalone=1)

    assert alone.steps() == before
