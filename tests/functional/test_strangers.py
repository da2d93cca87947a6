"""A machine that nobody registered boots the ramdisk (live, OS_CLOUD)."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from tests.functional.shell import openstack
from tests.functional.test_nodes import Shell, column
from tripleo_cli.simulator.inventory import inspection_data
from tripleo_cli.simulator.machine import draw_machine
from tripleo_cli.simulator.models import load_models

pytestmark = pytest.mark.functional

SEED = 1


def boot_ramdisk(mac: str) -> None:
    """Send Ironic what the ramdisk sends, which has no credentials."""
    model = load_models()["compute"]
    data = inspection_data(draw_machine(model, "stranger", SEED), [mac], SEED)
    (url,) = (row["URL"] for row in endpoints("baremetal"))
    request = Request(  # noqa: S310 - our own undercloud
        f"{url}/v1/continue_inspection",
        data=json.dumps(data).encode(),
        headers={
            "Content-Type": "application/json",
            "X-OpenStack-Ironic-API-Version": "1.84",
        },
    )
    with urlopen(  # noqa: S310 - our own undercloud
        request, timeout=60, context=ssl.create_default_context()
    ) as answer:
        assert answer.status in {200, 202}


def endpoints(service: str) -> list[dict[str, Any]]:
    words = ("endpoint", "list", "--service", service, "--interface", "public")
    done = openstack(*words, "-f", "json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[tuple[Shell, str]]:
    mac = f"52:54:00:57:{uuid4().hex[:2]}:{uuid4().hex[:2]}"
    shell = Shell(tmp_path)
    try:
        yield shell, mac
    finally:
        if found := discovered(shell, mac):
            shell.run("delete", found["UUID"])


def discovered(shell: Shell, mac: str) -> dict[str, Any] | None:
    """Give the row of the node that has this address."""
    words = ("baremetal", "port", "list", "--address", mac, "--fields", "node_uuid")
    ports = json.loads(openstack(*words, "-f", "json").stdout)
    ids = {port["node_uuid"] for port in ports}
    rows, _ = shell.run("list")
    return next((row for row in rows if row["UUID"] in ids), None)


def test_a_machine_that_nobody_knows_is_enrolled_and_then_adopted(
    stranger: tuple[Shell, str], tmp_path: Path
) -> None:
    shell, mac = stranger
    boot_ramdisk(mac)
    enrolled = discovered(shell, mac)
    path = tmp_path / "nodes.json"
    name = f"stranger-{uuid4().hex[:6]}"
    entry = {"name": name, "pm_type": "fake-hardware", "ports": [{"address": mac}]}
    path.write_text(json.dumps({"nodes": [entry]}))
    rows, _ = shell.run("import", str(path))
    adopted = discovered(shell, mac)

    assert enrolled
    assert enrolled["Discovered"] is True
    assert enrolled["Provision State"] == "enroll"
    assert not enrolled["Name"]
    assert column(rows, "UUID") == [enrolled["UUID"]]
    assert adopted
    assert adopted["Name"] == name
    assert adopted["Discovered"] is False
    assert adopted["Provision State"] == "manageable"
