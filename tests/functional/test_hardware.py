"""Odd machines on a live undercloud, through the shell.

The machines are simulated, by a fleet of our own; everything else is real.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.functional.shell import answer, generate, node, playing, run

pytestmark = pytest.mark.functional

PREFIX = f"d-{uuid4().hex[:6]}"
NAMES = [f"{PREFIX}-box-{number}" for number in range(6)]
SLOW = NAMES[2]
MODELS = """\
box:
  share: 1
  product: SIM-B6 box
  boot_modes: [uefi]
  cpu: {model: Simulated CPU, mhz: 2000, sockets: [1], cores: [4], threads: 1}
  memory: {module_gb: [8], modules: [2], clock_mhz: 2933}
  disks: [{count: [2], gb: [480], rotational: false, model: SIM SSD}]
  nics: {count: [2], speed_mbps: [25000], driver: i40e}
"""


def outliers(*words: str, code: int = 0) -> dict[str, dict[str, Any]]:
    """Give the findings about our machines, by node and metric."""
    rows = answer("hardware", "outliers", *words, code=code)
    ours = [row for row in rows if row["Node"] in NAMES]
    return {f"{row['Node']} {row['Metric']}": row for row in ours}


@pytest.fixture(scope="module", autouse=True)
def _machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Play machines that are alike, one with a slow disk, and measure them."""
    folder = tmp_path_factory.mktemp("fleet")
    file, models = folder / "nodes.json", folder / "models"
    models.write_text(MODELS)
    model = ("--models-file", str(models))
    generate(
        *("--nodes", str(len(NAMES)), "--prefix", PREFIX, "--seed", "204", *model),
        *("--fault", f"{SLOW}=slow-part:sdb=70", "--resource-class", "dtest"),
        *("--output", str(file)),
    )
    with playing(file, *model):
        try:
            run("node", "import", str(file))
            run("node", "introspect", *NAMES, "--benchmark", "cpu,disk")
            yield
        finally:
            run("node", "delete", *NAMES)


def test_the_slow_disk_is_found_and_nothing_else_is_slow() -> None:
    found = outliers("--verdict", "slow")

    assert {row["Node"] for row in found.values()} == {SLOW}
    assert all("SIM SSD" in row["Metric"] for row in found.values())
    assert all(-0.4 < row["Deviation"] < -0.2 for row in found.values())
    assert any("; the worst is sdb)" in row["Reason"] for row in found.values())


def test_a_node_is_excluded_once_and_taken_back() -> None:
    for _ in range(2):
        rows = outliers("--exclude", SLOW, "--verdict", "slow").values()
        assert rows
        assert all(row["Excluded"] for row in rows)
        shown = node(SLOW)
        assert "CUSTOM_HARDWARE_EXCLUDED" in shown["traits"]
        assert "below the median of" in shown["extra"]["hardware_excluded"]

    rows = outliers("--include", SLOW, "--verdict", "slow").values()
    assert not any(row["Excluded"] for row in rows)
    shown = node(SLOW)
    assert "CUSTOM_HARDWARE_EXCLUDED" not in shown["traits"]
    assert "hardware_excluded" not in shown["extra"]


def test_strict_fails_while_a_node_is_slow() -> None:
    done = run("hardware", "outliers", "--verdict", "slow", "--strict", code=1)

    assert SLOW in done.stdout
    assert "not what like machines are" in done.stderr


def test_an_export_tells_the_same_without_a_cloud(tmp_path: Path) -> None:
    export = tmp_path / "fleet.json"
    run("node", "export", str(export))

    live = outliers("--verdict", "slow")
    offline = outliers("--verdict", "slow", "--from", str(export))

    assert [row["Value"] for row in offline.values()] == [
        row["Value"] for row in live.values()
    ]


def test_the_report_shows_our_machines(tmp_path: Path) -> None:
    page = tmp_path / "report.html"

    done = run("hardware", "report", "--output", str(page), "-f", "json")

    record = json.loads(done.stdout)
    [group] = [one for one in record["groups"] if set(one["nodes"]) & {*NAMES}]
    assert set(group["nodes"]) >= {*NAMES}
    assert SLOW in group["slow"]
    assert f"{SLOW}: " in page.read_text()
