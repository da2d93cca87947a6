"""What roles require of machines that a live undercloud has inspected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.functional.shell import answer, generate, playing, run

pytestmark = pytest.mark.functional

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


@pytest.fixture(scope="module", autouse=True)
def _machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Play machines that are alike, one with a slow disk; inspect and provide them."""
    folder = tmp_path_factory.mktemp("fleet")
    file, models = folder / "nodes.json", folder / "models"
    models.write_text(MODELS)
    model = ("--models-file", str(models))
    generate(
        *("--nodes", str(len(NAMES)), "--prefix", PREFIX, "--seed", "179", *model),
        *("--fault", f"{SLOW}=slow-part:sdb=60", "--resource-class", PREFIX),
        *("--output", str(file)),
    )
    with playing(file, *model):
        try:
            run("node", "import", str(file))
            run("node", "introspect", *NAMES, "--benchmark", "disk", "--provide")
            yield
        finally:
            run("node", "delete", *NAMES)


def matched(tmp_path: Path, *counts: str, code: int) -> Any:
    """Ask which nodes serve which role, and change nothing."""
    roles = tmp_path / "roles.yaml"
    roles.write_text(ROLES)
    options = [f"--role-count={count}" for count in counts]
    words = ("profiles", "match", "-r", str(roles), *options, "--dry-run")
    return answer(*words, code=code)


def test_all_machines_but_the_slow_one_are_fast(tmp_path: Path) -> None:
    found = matched(tmp_path, "Fast=3", code=0)

    assert found["feasible"]
    assert sorted(found["assignment"]["Fast"]) == sorted({*NAMES} - {SLOW})


def test_what_is_missing_is_said_of_every_machine(tmp_path: Path) -> None:
    found = matched(tmp_path, "Fast=4", "Large=1", code=1)

    assert not found["feasible"]
    slow = found["rejected"]["Fast"][SLOW]
    assert slow.startswith("measured ")
    assert "in disk.sdb.standalone_read_1M_KBps" in slow
    assert slow.endswith("needs at most 20 % slower")
    assert {found["rejected"]["Large"][name] for name in NAMES} == {
        "has 2 disks of at least 480 GB that are not rotational, needs 3"
    }
