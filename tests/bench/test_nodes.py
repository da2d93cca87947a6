"""Many simulated machines through import, introspection and provision.

The processor time is that of our process: what it takes above ``node list``, which
starts, signs in and lists the same nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.bench.conftest import Say, cost_of
from tests.e2e.conftest import Shell
from tests.e2e.fleet import Fleet

NODES = 100


def test_a_hundred_nodes(
    live_shell: Shell,
    tmp_path: Path,
    say: Say,
    cleanups: list[Callable[[], object]],
) -> None:
    fleet = Fleet(live_shell, tmp_path)
    fleet.start(NODES, "bench")
    cleanups.append(fleet.stop)
    names = fleet.names
    cleanups.append(
        lambda: live_shell.run("openstack", "overcloud", "node", "delete", *names)
    )
    steps = {
        "import": ("import", fleet.nodes_file),
        "introspect": ("introspect", *names),
        "provide": ("provide", *names),
    }

    for step, arguments in steps.items():
        cost = cost_of(live_shell, "overcloud", "node", *arguments)
        base = cost_of(live_shell, "overcloud", "node", "list")
        per_node = (cost.cpu - base.cpu) / NODES * 1000
        say(
            f"{step} of {NODES} nodes: {cost.wall:.1f} s, "
            f"{NODES / cost.wall:.1f} nodes/s, {per_node:.1f} ms CPU per node"
        )
