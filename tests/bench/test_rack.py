"""A thousand machines from a nodes file to roles, slow ones set aside: what takes long.

The machines are simulated; everything else is real. Processor time is that of our own
process: the rest of the time the undercloud's services are at work.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.bench.conftest import Say, cost_of
from tests.e2e.conftest import Shell
from tests.e2e.fleet import Fleet

NODES = int(os.environ.get("TRIPLEO_BENCH_NODES", "1000"))
SLOW = ("cpu=80", "mem=75", "disk=70", "cpu=60", "mem=80", "disk=60")
"""What injected machines have: a part, and the speed that is left of it in percent."""
SLOW_NODES = 12
EXCLUDED = "CUSTOM_HARDWARE_EXCLUDED"
COUNTS = {
    "Controller": 3,
    "Database": NODES // 80,
    "Compute": NODES * 4 // 10,
    "CephStorage": NODES // 20,
    "ObjectStorage": NODES // 50,
    "BlockStorage": NODES // 100,
}
ROLES = """
- name: Controller
  requires: {cpus: {at_least: 16}, memory_gib: {at_least: 64}}
- name: Database
  requires:
    - memory_gib: {at_least: 128}
    - count: disks
      where: {is_rotational: false, size_gb: {at_least: 400}}
      at_least: 2
- name: Compute
  requires: {cpus: {at_least: 96}, memory_gib: {at_least: 256}}
- name: CephStorage
  requires: {count: disks, where: {is_rotational: true}, at_least: 8}
- name: ObjectStorage
  requires: {count: disks, where: {is_rotational: true}, at_least: 10}
- name: BlockStorage
  requires: {count: disks, where: {is_rotational: false}, at_least: 2}
"""


def test_a_rack_becomes_roles(
    live_shell: Shell, tmp_path: Path, say: Say, cleanups: list[Callable[[], object]]
) -> None:
    slow = rack(live_shell, tmp_path, cleanups)
    roles = tmp_path / "roles.yaml"
    roles.write_text(ROLES)
    counts = [f"--role-count={name}={number}" for name, number in COUNTS.items()]
    nodes_file = str(tmp_path / "nodes.json")
    overcloud: dict[str, tuple[str, ...]] = {
        "import": ("node", "import", nodes_file),
        "introspect, with benchmarks": (
            *("node", "introspect", "--all-manageable"),
            *("--benchmark", "cpu,memory,disk"),
        ),
        "report": ("hardware", "report", "--output", str(tmp_path / "report.html")),
        "set outliers aside": ("hardware", "outliers", "--exclude"),
        "match": ("profiles", "match", "--manageable", "-r", str(roles), *counts),
        "provide": ("node", "provide", "--all-manageable"),
    }

    for step, words in overcloud.items():
        cost = cost_of(live_shell, "overcloud", *words)
        say(
            f"{step} of {NODES} nodes: {cost.wall:.1f} s, {cost.cpu:.1f} s CPU, "
            f"{cost.cpu / NODES * 1000:.1f} ms CPU per node"
        )

    excluded = excluded_nodes(live_shell)
    say(
        f"{len(slow & excluded)} of {len(slow)} slow machines set aside, "
        f"and {len(excluded - slow)} of {NODES - len(slow)} others"
    )
    assert slow <= excluded
    tagged = live_shell.json("overcloud", "profiles", "list")
    matched = [row for row in tagged if row["Current Profile"]]
    assert len(matched) == sum(COUNTS.values())
    assert not excluded & {row["Node Name"] for row in matched}


def rack(
    shell: Shell, folder: Path, cleanups: list[Callable[[], object]]
) -> frozenset[str]:
    """Play the machines; gives the names of those that are slow."""
    fleet = Fleet(shell, folder)
    fleet.start(NODES, "rack")
    cleanups.append(fleet.stop)
    names = fleet.names
    cleanups.append(
        lambda: shell.run("openstack", "overcloud", "node", "delete", *names)
    )
    slow = names[:: NODES // SLOW_NODES][:SLOW_NODES]
    fleet.stop()
    faults = [
        f"--fault={name}=slow-part:{SLOW[number % len(SLOW)]}"
        for number, name in enumerate(slow)
    ]
    fleet.start(NODES, "rack", *faults)
    return frozenset(slow)


def excluded_nodes(shell: Shell) -> frozenset[str]:
    """Name the nodes that matching leaves out."""
    rows = shell.json("baremetal", "node", "list", "--fields", "name", "traits")
    return frozenset(row["name"] for row in rows if EXCLUDED in row["traits"])
