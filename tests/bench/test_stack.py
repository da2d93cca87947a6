"""A stack of 20 nodes against what Heat needs for 20 bare servers on the same ones."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.conftest import Say, cost_of
from tests.e2e.conftest import Shell, wait_until
from tests.e2e.fleet import Fleet

NODES = 20
ROLE = "name: Bench\nCountDefault: 0\nHostnameFormatDefault: bench-%index%\n"


@pytest.fixture
def shell(
    live_shell: Shell, tmp_path: Path, cleanups: list[Callable[[], object]]
) -> Shell:
    """An undercloud with 20 available machines and a role that any of them suits."""
    fleet = Fleet(live_shell, tmp_path)
    fleet.start(NODES, "bench")
    cleanups.append(fleet.stop)
    names = fleet.names
    node = ("overcloud", "node")
    cleanups.append(lambda: live_shell.run("openstack", *node, "delete", *names))
    live_shell.openstack(*node, "import", fleet.nodes_file, "--introspect", "--provide")
    (tmp_path / "overcloud-full.raw").write_bytes(b"SIMULATED" * 1000)
    live_shell.openstack(
        *("overcloud", "image", "upload", "--image-path", str(tmp_path)),
        *("--os-image-name", "overcloud-full.raw", "--whole-disk"),
        *("--image-type", "os", "--update-existing"),
    )
    (tmp_path / "roles.yaml").write_text(ROLE)
    return live_shell


def test_twenty_nodes(
    shell: Shell,
    tmp_path: Path,
    say: Say,
    cleanups: list[Callable[[], object]],
) -> None:
    roles = ("--roles-file", str(tmp_path / "roles.yaml"))
    # What every deploy leaves behind: a flavor, tags, and Nova's knowledge of them.
    shell.openstack(
        *("overcloud", "profiles", "match", *roles),
        *("--role-count", f"Bench={NODES}"),
    )
    shell.openstack("overcloud", "flavor", "create", *roles)
    template = tmp_path / "bare.json"
    template.write_text(json.dumps(bare_template()))
    time.sleep(30)

    bare = cost_of(shell, "stack", "create", "--wait", "-t", str(template), "bare")
    cost_of(shell, "stack", "delete", "--yes", "--wait", "bare")
    wait_until(lambda: available(shell) == NODES, within_s=300, every_s=5)
    time.sleep(30)
    cleanups.append(
        lambda: shell.run("openstack", "overcloud", "delete", "bench", "--yes")
    )
    ours = cost_of(
        shell,
        *("overcloud", "deploy", "--stack", "bench", *roles),
        *("--role-count", f"Bench={NODES}"),
    )

    rows = shell.json("stack", "resource", "list", "-n", "5", "bench")
    say(f"Heat, {NODES} bare servers: {bare.wall:.1f} s")
    say(
        f"overcloud deploy of {NODES} nodes: {ours.wall:.1f} s, "
        f"{ours.wall / bare.wall:.2f} of that; "
        f"{len(rows) / NODES:.2f} resources per node"
    )


def bare_template() -> dict[str, object]:
    """Give a template of servers and nothing else."""
    server = {
        "type": "OS::Nova::Server",
        "properties": {
            "image": "overcloud-full",
            "flavor": "bench",
            "networks": [{"network": "ctlplane"}],
        },
    }
    names = [f"server-{number}" for number in range(NODES)]
    return {
        "heat_template_version": "2021-04-16",
        "resources": dict.fromkeys(names, server),
    }


def available(shell: Shell) -> int:
    """Count the machines that wait for a server."""
    rows = shell.json("overcloud", "node", "list")
    return sum(row["Provision State"] == "available" for row in rows)
