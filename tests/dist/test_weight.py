"""What our plugin costs those who run another ``openstack`` command."""

from __future__ import annotations

import json

from tests.dist.conftest import Installation

MAX_MODULES = 15
MAX_CPU_MS = 20.0
HEAVY = {
    *("aiohttp", "glanceclient", "heatclient", "ironicclient", "jinja2"),
    *("novaclient", "openstack", "oslo_config", "psutil", "requests", "rich", "yaml"),
}

MEASURE = """
import json, sys, time
from importlib.metadata import entry_points
# The shell has these before any plugin; importing the shell itself would load ours.
import osc_lib.command.command, osc_lib.shell
points = [
    point
    for group in ("openstack.cli.extension", "openstack.tripleo.v1")
    for point in entry_points(group=group)
    if point.dist.name == "tripleo-cli"
]
before = set(sys.modules)
began = time.process_time()
for point in points:
    point.load()
spent = time.process_time() - began
print(json.dumps({"ms": spent * 1000, "new": sorted(set(sys.modules) - before)}))
"""


def test_loading_all_commands_is_light(installation: Installation) -> None:
    # The first run compiles; the best of the others is what the machine can do.
    runs = [json.loads(installation.python(MEASURE)) for _ in range(6)]
    new = runs[-1]["new"]

    ours = [name for name in new if name.startswith("tripleo_cli")]
    assert len(ours) <= MAX_MODULES, ours
    assert not {name.partition(".")[0] for name in new} & HEAVY
    assert min(run["ms"] for run in runs) < MAX_CPU_MS
