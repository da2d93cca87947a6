"""Roles, profiles and flavors on a live undercloud (OS_CLOUD), through the shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from openstack import config

from tripleo_cli.clients.cloud import LiveCloud
from tripleo_cli.domain.node import Node, Verb

pytestmark = pytest.mark.functional

OPENSTACK = Path(sys.executable).with_name("openstack")
PATIENCE_S = 180
RUN = uuid4().hex[:6]
RESOURCE_CLASS = f"etest-{RUN}"
ROLES = f"""\
- name: Controller
  profile: e-controller-{RUN}
  needs: {{cpus: 8, memory_mb: 8192, resource_class: {RESOURCE_CLASS}}}
- name: Compute
  profile: e-compute-{RUN}
  needs: {{resource_class: {RESOURCE_CLASS}}}
"""
MACHINES: dict[str, dict[str, Any]] = {
    "big": {"cpus": 16, "memory_mb": 65536, "local_gb": 100},
    "medium": {"cpus": 8, "memory_mb": 8192, "local_gb": 100},
    "small": {"cpus": 4, "memory_mb": 4096, "local_gb": 100},
}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ours."""
    return subprocess.run(  # noqa: S603 - our own words
        (str(OPENSTACK), "overcloud", *words),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def table(*words: str) -> list[dict[str, Any]]:
    """Run a command that has to succeed, and read its answer."""
    done = run(*words, "-f", "json")
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


@pytest.fixture(scope="module")
def cloud() -> LiveCloud:
    region = config.OpenStackConfig().get_one(os.environ["OS_CLOUD"])
    return LiveCloud(
        SimpleNamespace(
            session=region.get_session(),
            region_name=region.region_name,
            interface=region.config.get("interface"),
        )
    )


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
                    "name": f"e-{name}-{RUN}",
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
    assert f"e-small-{RUN}: has 4 CPUs, needs 8" in short.stderr

    options = ("-r", roles_file, "--role-count", "Controller=1", "--compute-scale", "1")
    dry = table("profiles", "match", *options, "--dry-run")
    assert ours(cloud) == before

    matched = table("profiles", "match", *options)
    assert matched == dry
    assert {row["Role"]: row["Node Name"] for row in matched} == {
        "Controller": f"e-medium-{RUN}",
        "Compute": f"e-small-{RUN}",
    }
    tagged = ours(cloud)
    assert tagged["medium"].capabilities["profile"] == f"e-controller-{RUN}"
    assert f"CUSTOM_PROFILE_E_COMPUTE_{RUN}".upper() in tagged["small"].traits
    assert tagged["big"] == before["big"]

    assert table("profiles", "match", *options) == matched
    listed = {row["Node Name"]: row for row in table("profiles", "list")}
    assert listed[f"e-small-{RUN}"]["Current Profile"] == f"e-compute-{RUN}"


@pytest.mark.usefixtures("_machines")
def test_an_impossible_match_is_explained(roles_file: str) -> None:
    done = run(
        *("profiles", "match", "-r", roles_file, "--role-count", "Controller=3"),
        *("--explain", "-f", "json"),
    )

    assert done.returncode == 1
    rows = {row["Node"]: row for row in json.loads(done.stdout)}
    assert rows[f"e-big-{RUN}"]["Controller"] == "assigned"
    assert "Controller needs 3 nodes, 2 fit" in done.stderr


def test_flavors_are_created_once(cloud: LiveCloud, roles_file: str) -> None:
    names = [f"e-compute-{RUN}", f"e-controller-{RUN}"]
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
    return table("flavor", verb, "-r", roles_file)


def test_a_missing_cloud_does_not_keep_roles_from_being_listed() -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        (str(OPENSTACK), "overcloud", "role", "list", "-f", "json"),
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
    )

    assert {"Controller", "Compute"} <= {row["Name"] for row in json.loads(done.stdout)}
