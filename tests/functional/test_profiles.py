"""Roles, profiles and flavors on a live undercloud (OS_CLOUD), through the shell."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.functional.live import connect
from tests.functional.shell import openstack
from tripleo_cli.clients.cloud import LiveCloud
from tripleo_cli.domain.node import Node, Verb

pytestmark = pytest.mark.functional

NOWHERE = Path("/nonexistent")
PATIENCE_S = 180
RUN = uuid4().hex[:6]
RESOURCE_CLASS = f"gtest-{RUN}"
ROLES = f"""\
- name: Controller
  profile: g-controller-{RUN}
  needs: {{cpus: 8, memory_mb: 8192, resource_class: {RESOURCE_CLASS}}}
- name: Compute
  profile: g-compute-{RUN}
  needs: {{resource_class: {RESOURCE_CLASS}}}
"""
MACHINES: dict[str, dict[str, Any]] = {
    "big": {"cpus": 16, "memory_mb": 65536, "local_gb": 100},
    "medium": {"cpus": 8, "memory_mb": 8192, "local_gb": 100},
    "small": {"cpus": 4, "memory_mb": 4096, "local_gb": 100},
}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ours."""
    return openstack("overcloud", *words)


def table(*words: str) -> Any:
    """Run a command that has to succeed, and read its answer."""
    done = run(*words, "-f", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def cloud() -> LiveCloud:
    return connect()


@pytest.fixture(scope="module")
def roles_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("roles") / "roles.yaml"
    path.write_text(ROLES)
    return str(path)


def ours(cloud: LiveCloud) -> dict[str, Node]:
    """Give our nodes by their short names."""
    return {
        node.name.split("-")[1]: node
        for node in cloud.baremetal.nodes()
        if node.resource_class == RESOURCE_CLASS
    }


@pytest.fixture(scope="module")
def _machines(cloud: LiveCloud) -> Iterator[None]:
    """Register simulated machines, and make them available."""
    try:
        for name, properties in MACHINES.items():
            created = cloud.baremetal.create(
                {
                    "name": f"g-{name}-{RUN}",
                    "driver": "fake-hardware",
                    "resource_class": RESOURCE_CLASS,
                    "properties": properties,
                }
            )
            cloud.baremetal.set_provision_state(created, Verb.MANAGE)
        _wait(cloud, "manageable")
        for node in ours(cloud).values():
            cloud.baremetal.set_provision_state(node.id, Verb.PROVIDE)
        _wait(cloud, "available")
        yield
    finally:
        for node in ours(cloud).values():
            cloud.baremetal.delete(node.id)


def _wait(cloud: LiveCloud, state: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while {node.provision.value for node in ours(cloud).values()} != {state}:
        assert time.monotonic() < deadline, ours(cloud)
        time.sleep(1)


@pytest.mark.usefixtures("_machines")
def test_nodes_are_matched_all_or_none(cloud: LiveCloud, roles_file: str) -> None:
    before = ours(cloud)
    short = run("profiles", "match", "-r", roles_file, "--role-count", "Controller=3")
    assert short.returncode == 1
    assert "Controller needs 3 nodes, 2 fit" in short.stderr
    assert f"g-small-{RUN}: has 4 CPUs, needs 8" in short.stderr

    options = ("-r", roles_file, "--role-count", "Controller=1", "--compute-scale", "1")
    dry = table("profiles", "match", *options, "--dry-run")
    assert ours(cloud) == before

    matched = table("profiles", "match", *options)
    assert matched["assignment"] == dry["assignment"]
    assert matched["assignment"] == {
        "Controller": [f"g-medium-{RUN}"],
        "Compute": [f"g-small-{RUN}"],
    }
    tagged = ours(cloud)
    assert tagged["medium"].capabilities["profile"] == f"g-controller-{RUN}"
    assert f"CUSTOM_PROFILE_G_COMPUTE_{RUN}".upper() in tagged["small"].traits
    assert tagged["big"] == before["big"]

    assert table("profiles", "match", *options)["assignment"] == matched["assignment"]
    listed = {row["Node Name"]: row for row in table("profiles", "list")}
    assert listed[f"g-small-{RUN}"]["Current Profile"] == f"g-compute-{RUN}"

    names = [node.name for node in before.values()]
    removed = table("profiles", "unset", *names)
    assert {row["Node Name"]: row["Result"] for row in removed} == {
        f"g-big-{RUN}": "unchanged",
        f"g-medium-{RUN}": "removed",
        f"g-small-{RUN}": "removed",
    }
    assert ours(cloud) == before


@pytest.mark.usefixtures("_machines")
def test_an_impossible_match_is_explained(roles_file: str) -> None:
    counts = ("-r", roles_file, "--role-count", "Controller=3", "--explain")

    done = run("profiles", "match", *counts, "-f", "csv")

    assert done.returncode == 1
    rows = {row["Node"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    assert rows[f"g-big-{RUN}"]["Controller"] == "assigned"
    assert rows[f"g-small-{RUN}"]["Controller"] == "has 4 CPUs, needs 8"
    assert "Controller needs 3 nodes, 2 fit" in done.stderr


@pytest.mark.usefixtures("_machines")
def test_an_export_is_matched_without_a_cloud_as_with_one(
    roles_file: str, tmp_path: Path
) -> None:
    path = tmp_path / "nodes.json"
    assert run("node", "export", str(path)).returncode == 0
    counts = ("-r", roles_file, "--role-count", "Controller=2", "--compute-scale", "2")

    live = run("profiles", "match", *counts, "--dry-run", "-f", "json")
    offline = openstack(
        *("overcloud", "profiles", "match", *counts),
        *("--from", str(path), "-f", "json"),
        home=NOWHERE,
        cloud=False,
    )

    assert path.stat().st_mode & 0o777 == 0o600
    assert live.returncode == offline.returncode == 1
    ours_of = {f"g-{name}-{RUN}" for name in MACHINES}
    assert _only(json.loads(offline.stdout), ours_of) == _only(
        json.loads(live.stdout), ours_of
    )


def _only(answer: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """Leave out the nodes of others, which may come and go meanwhile."""
    rejected = {
        role: {node: why for node, why in nodes.items() if node in names}
        for role, nodes in answer["rejected"].items()
    }
    return {**answer, "rejected": rejected}


@pytest.mark.usefixtures("_machines")
def test_a_pin_holds_and_part_of_a_match_is_possible(
    cloud: LiveCloud, roles_file: str
) -> None:
    pin = ("--pin", f"g-big-{RUN}=Controller-0")
    counts = ("-r", roles_file, "--role-count", "Controller=3")
    try:
        answer = table("profiles", "match", *counts, *pin, "--partial")

        assert answer["assignment"]["Controller"] == [
            f"g-big-{RUN}",
            f"g-medium-{RUN}",
        ]
        assert answer["unmet"] == {"Controller": 1}
        assert ours(cloud)["big"].capabilities["node"] == "controller-0"
    finally:
        names = [node.name for node in ours(cloud).values()]
        table("profiles", "unset", *names)
        table("profiles", "unset", "--pins", *names)
    assert all(not node.capabilities for node in ours(cloud).values())


def test_flavors_are_created_once(cloud: LiveCloud, roles_file: str) -> None:
    names = [f"g-compute-{RUN}", f"g-controller-{RUN}"]
    try:
        states = {row["Name"]: row["State"] for row in _flavors("list", roles_file)}
        assert states == dict.fromkeys(names, "missing")

        created = {row["Name"]: row["State"] for row in _flavors("create", roles_file)}
        assert created == dict.fromkeys(names, "ready")

        again = run("flavor", "create", "-r", roles_file)
        assert again.returncode == 0
        assert again.stderr.count("unchanged") >= len(names)
    finally:
        for name in names:
            cloud.compute.delete_flavor(name)


def _flavors(verb: str, roles_file: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table("flavor", verb, "-r", roles_file)
    return rows


def test_a_missing_cloud_does_not_keep_roles_from_being_listed() -> None:
    words = ("overcloud", "role", "list", "-f", "json")
    done = openstack(*words, home=NOWHERE, cloud=False)

    assert done.returncode == 0, done.stderr
    assert {"Controller", "Compute"} <= {row["Name"] for row in json.loads(done.stdout)}


def test_a_role_tells_what_it_is_made_of() -> None:
    shown = openstack("overcloud", "role", "show", "Compute", "-f", "json", cloud=False)
    unknown = openstack("overcloud", "role", "show", "Compte", cloud=False)

    role = json.loads(shown.stdout)
    assert (role["profile"], role["image"]) == ("compute", "overcloud-full")
    assert "nova-compute" in role["services"]
    assert unknown.returncode != 0
    assert 'did you mean "Compute"' in unknown.stderr
