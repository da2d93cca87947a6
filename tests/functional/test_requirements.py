"""What roles require of machines that a live undercloud has inspected."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

pytestmark = pytest.mark.functional

BIN = Path(sys.executable).parent
RUN = uuid4().hex[:6]
PREFIX = f"b-{RUN}"
NAMES = [f"{PREFIX}-box-{number}" for number in range(4)]
SLOW = NAMES[1]
MODELS = """\
box:
  share: 1
  product: SIM-B7 box
  boot_modes: [uefi]
  cpu: {model: Simulated CPU, mhz: 2000, sockets: [1], cores: [4], threads: 1}
  memory: {module_gb: [8], modules: [2], clock_mhz: 2933}
  disks: [{count: [2], gb: [480], rotational: false, model: SIM SSD}]
  nics: {count: [2], speed_mbps: [25000], driver: i40e}
"""
ROLES = f"""\
- name: Fast
  profile: b-fast-{RUN}
  needs: {{resource_class: {PREFIX}}}
  requires:
    cpu_flags: {{contains: vmx}}
    bmc_address: {{in_network: 198.18.0.0/15}}
    nics.*.switch.system_name: {{matches: ^sim-switch-}}
    benchmarks.disk.*.standalone_read_1M_KBps: {{at_most_percent_slower: 20}}
- name: Large
  profile: b-large-{RUN}
  needs: {{resource_class: {PREFIX}}}
  requires:
    count: disks
    where: {{size_gb: {{at_least: 480}}, is_rotational: false}}
    at_least: 3
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run one of our commands."""
    return subprocess.run(  # noqa: S603 - our own words
        (str(BIN / "openstack"), "overcloud", *words),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def must(*words: str) -> None:
    """Run a command that has to succeed."""
    done = run(*words)
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.fixture(scope="module", autouse=True)
def _machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Play machines that are alike, one with a slow disk; inspect and provide them."""
    assert os.environ.get("OS_CLOUD"), "OS_CLOUD names no undercloud"
    folder = tmp_path_factory.mktemp("fleet")
    file, log, models = (folder / name for name in ("nodes.json", "log", "models"))
    models.write_text(MODELS)
    fleet, model = str(BIN / "tripleo-fleet"), ["--models-file", str(models)]
    plan = ["--nodes", str(len(NAMES)), "--prefix", PREFIX, "--seed", "179", *model]
    plan += ["--fault", f"{SLOW}=slow-part:sdb=60", "--resource-class", PREFIX]
    subprocess.run([fleet, "generate", *plan, "--output", str(file)], check=True)  # noqa: S603
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["--nodes-file", str(file), "--listen", f"127.0.0.1:{port}", *model]
    process = subprocess.Popen([fleet, "run", *words, "--log-file", str(log)])  # noqa: S603
    while not (log.exists() and "SIMULATED" in log.read_text()):
        assert process.poll() is None, "the fleet did not start"
        time.sleep(0.1)
    try:
        must("node", "import", str(file))
        must("node", "introspect", *NAMES, "--benchmark", "disk", "--provide")
        yield
    finally:
        must("node", "delete", *NAMES)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def answer(tmp_path: Path, *counts: str) -> Any:
    """Ask which nodes serve which role, and change nothing."""
    roles = tmp_path / "roles.yaml"
    roles.write_text(ROLES)
    options = [f"--role-count={count}" for count in counts]
    done = run(
        "profiles", "match", "-r", str(roles), *options, "--dry-run", "-f", "json"
    )
    return json.loads(done.stdout)


def test_all_machines_but_the_slow_one_are_fast(tmp_path: Path) -> None:
    found = answer(tmp_path, "Fast=3")

    assert found["feasible"]
    assert sorted(found["assignment"]["Fast"]) == sorted({*NAMES} - {SLOW})


def test_what_is_missing_is_said_of_every_machine(tmp_path: Path) -> None:
    found = answer(tmp_path, "Fast=4", "Large=1")

    assert not found["feasible"]
    slow = found["rejected"]["Fast"][SLOW]
    assert slow.startswith("measured ")
    assert "in disk.sdb.standalone_read_1M_KBps" in slow
    assert slow.endswith("needs at most 20 % slower")
    assert {found["rejected"]["Large"][name] for name in NAMES} == {
        "has 2 disks of at least 480 GB that are not rotational, needs 3"
    }
