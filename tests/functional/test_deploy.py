"""A stack on a live undercloud (OS_CLOUD): deployed, killed, healed, scaled, deleted.

The tests build on each other, in the order in which they stand here.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.functional.shell import begin, openstack

pytestmark = pytest.mark.functional

RUN = uuid4().hex[:6]
STACK = f"f-{RUN}"
NODES = 5
PATIENCE_S = 600


@dataclass(frozen=True)
class Site:
    """A folder with the files of this run; HOME of all commands."""

    home: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return openstack(*words, home=self.home)

    def must(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def rows(self, *words: str) -> Any:
        done = self.run(*words, "-f", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def deploy_words(self, computes: int) -> tuple[str, ...]:
        return (
            *("overcloud", "deploy", "--stack", STACK),
            *("-r", str(self.home / "roles.yaml")),
            *("--role-count", f"Compute={computes}", "--timeout", "15"),
        )

    def begin(self, computes: int) -> subprocess.Popen[str]:
        words = self.deploy_words(computes)
        return begin(*words, home=self.home, stderr=subprocess.STDOUT)

    def status(self) -> str:
        done = self.run("stack", "show", STACK, "-f", "value", "-c", "stack_status")
        return done.stdout.strip()

    def places(self) -> dict[str, str]:
        """Which server stands on which node, as Ironic says."""
        nodes = self.rows("overcloud", "node", "list")
        on = {row["Instance"]: row["Name"] for row in nodes}
        servers = self.rows("server", "list")
        return {
            server["Name"]: on[server["ID"]]
            for server in servers
            if server["Name"].startswith(f"{STACK}-")
        }


def until(process: subprocess.Popen[str], sign: str) -> None:
    """Read a deployment's output up to a word."""
    assert process.stdout
    deadline = time.monotonic() + PATIENCE_S
    said = ""
    for line in process.stdout:
        if sign in line:
            return
        said += line
        assert time.monotonic() < deadline, said
    raise AssertionError(f"it ended without {sign!r}:\n{said}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    cleanups: list[Callable[[], object]] = []
    try:
        _prepare(made, cleanups)
        yield made
    finally:
        for clean in reversed(cleanups):
            clean()


def _prepare(site: Site, cleanups: list[Callable[[], object]]) -> None:
    klass = f"ftest-{RUN}"
    roles = [
        {
            "name": name,
            "CountDefault": default,
            "HostnameFormatDefault": f"%stackname%-{name.lower()}-%index%",
            "ImageDefault": f"f-image-{RUN}",
            "profile": f"f-{name.lower()}-{RUN}",
            "needs": {"resource_class": klass},
            "tags": tags,
        }
        for name, default, tags in (
            ("Controller", 1, ["primary", "controller"]),
            ("Compute", 0, ["compute"]),
        )
    ]
    (site.home / "roles.yaml").write_text(json.dumps(roles))
    (site.home / "image.raw").write_bytes(b"\0" * 1024 * 1024)
    names = [f"f-{RUN}-{number}" for number in range(NODES)]
    digest = int(RUN, 16)
    nodes = [
        {
            "name": name,
            "pm_type": "fake-hardware",
            "resource_class": klass,
            "ports": [
                f"52:54:0f:{digest >> 16 & 255:02x}:{digest & 255:02x}:{number:02x}"
            ],
            "cpu": 4,
            "memory": 8192,
            "disk": 40,
        }
        for number, name in enumerate(names)
    ]
    (site.home / "nodes.json").write_text(json.dumps(nodes))
    image = f"f-image-{RUN}"
    cleanups.append(lambda: site.run("image", "delete", image))
    path = str(site.home / "image.raw")
    site.must("image", "create", image, "--disk-format", "raw", "--file", path)
    for name in ("controller", "compute"):
        words = ("flavor", "delete", f"f-{name}-{RUN}")
        cleanups.append(partial(site.run, *words))
    cleanups.append(lambda: site.run("overcloud", "node", "delete", *names))
    nodes_file = str(site.home / "nodes.json")
    site.must("overcloud", "node", "import", nodes_file, "--provide")
    cleanups.append(lambda: site.run("overcloud", "delete", STACK, "--yes"))


def test_a_dry_run_makes_nothing(site: Site) -> None:
    rows = site.rows(*site.deploy_words(1), "--dry-run")

    assert [row["Hostname"] for row in rows] == [
        f"{STACK}-controller-0",
        f"{STACK}-compute-0",
    ]
    assert site.status() == ""


@pytest.mark.parametrize(
    "sign",
    ["Tag nodes", "Controller: began", f"{STACK}-"],
    ids=["tag", "role", "server"],
)
def test_a_killed_deployment_is_healed_by_the_same_command(
    site: Site, sign: str
) -> None:
    with site.begin(1) as process:
        until(process, sign)
        process.kill()

    rows = site.rows(*site.deploy_words(1))

    assert site.status().endswith("_COMPLETE")
    assert site.places() == {row["Hostname"]: row["Node"] for row in rows}
    site.must("overcloud", "delete", STACK, "--yes")


def test_servers_land_on_the_nodes_of_the_plan(site: Site) -> None:
    rows = site.rows(*site.deploy_words(1))

    assert site.places() == {row["Hostname"]: row["Node"] for row in rows}


def test_again_changes_nothing(site: Site) -> None:
    before = site.rows("stack", "event", "list", STACK)

    told = site.must(*site.deploy_words(1))

    assert "nothing changed" in told
    assert site.rows("stack", "event", "list", STACK) == before


def test_status_agrees_with_the_services(site: Site) -> None:
    rows = {
        row["Hostname"]: row
        for row in site.rows("overcloud", "status", "--stack", STACK)
    }

    servers = {row["Name"]: row["ID"] for row in site.rows("server", "list")}
    resources = site.rows("stack", "resource", "list", STACK, "-n", "5")
    statuses = {row["resource_name"]: row["resource_status"] for row in resources}
    assert {name: row["Node"] for name, row in rows.items()} == site.places()
    for name, row in rows.items():
        assert row["Server ID"] == servers[name]
        assert row["Resource"] == statuses[name]
        assert row["Provision State"] == "active"
    assert len(resources) == len(rows) + 2


def test_ctrl_c_leaves_heat_at_work(site: Site) -> None:
    before = site.places()
    with site.begin(2) as process:
        until(process, "Compute: began")
        process.send_signal(signal.SIGINT)
        assert process.stdout
        said = process.stdout.read()

    assert process.returncode != 0
    assert f"openstack overcloud status --watch --stack {STACK}" in said

    site.must(*site.deploy_words(2))

    assert before.items() <= site.places().items()
    assert len(site.places()) == 3


def test_fewer_nodes_are_refused(site: Site) -> None:
    done = site.run(*site.deploy_words(1))

    assert done.returncode != 0
    assert "openstack overcloud node remove" in done.stderr


def test_a_node_that_cannot_be_deployed_is_named_and_replaced(site: Site) -> None:
    free = {f"f-{RUN}-{number}" for number in range(NODES)} - set(
        site.places().values()
    )
    for name in free:
        # Ironic refuses such a deployment: it serves no images over HTTP.
        site.must("baremetal", "node", "set", name, "--deploy-interface", "direct")
    done = site.run(*site.deploy_words(3))

    assert done.returncode != 0
    assert f"Compute.{STACK}-compute-2" in done.stderr
    assert "failed to validate" in done.stderr
    assert "openstack baremetal node maintenance set" in done.stderr
    failures = site.rows("overcloud", "failures", "--stack", STACK)
    assert [row["Resource"] for row in failures] == [f"Compute.{STACK}-compute-2"]
    (bad,) = [row["Node"] for row in failures]

    # What the message says to do, for another node to take its place.
    site.must("baremetal", "node", "maintenance", "set", bad)
    for name in free - {bad}:
        site.must("baremetal", "node", "set", name, "--deploy-interface", "fake")
    site.must(*site.deploy_words(3))

    assert site.places()[f"{STACK}-compute-2"] in free - {bad}
    site.must("baremetal", "node", "set", bad, "--deploy-interface", "fake")
    site.must("baremetal", "node", "maintenance", "unset", bad)


def test_a_removed_node_leaves_the_others_in_place(site: Site) -> None:
    before = site.places()

    name = f"{STACK}-compute-1"
    site.must("overcloud", "node", "remove", "--stack", STACK, "--yes", name)

    del before[name]
    assert site.places() == before


def test_deleting_gives_the_machines_back(site: Site) -> None:
    site.must("overcloud", "delete", STACK, "--yes")

    assert site.status() == ""
    nodes = site.rows("overcloud", "node", "list")
    mine = [row for row in nodes if str(row["Name"]).startswith(f"f-{RUN}-")]
    assert {row["Provision State"] for row in mine} == {"available"}
    tagged = site.rows("overcloud", "profiles", "list", "--all")
    profiles = {row["Node Name"]: row["Current Profile"] for row in tagged}
    assert {profiles[str(row["Name"])] for row in mine} == {""}
