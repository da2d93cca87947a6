"""Old specs answered from what a live undercloud knows of its machines.

The machines are simulated, by a fleet of our own; everything else is real.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.functional.shell import generate, playing, run

pytestmark = pytest.mark.functional

PREFIX = f"c-{uuid4().hex[:6]}"
STORAGE = f"{PREFIX}-storage-0"
OTHERS = [f"{PREFIX}-compute-0", f"{PREFIX}-controller-0"]
FRESH = f"{PREFIX}-fresh"


@pytest.fixture(scope="module")
def nodes_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three simulated machines, and one that nobody plays."""
    file = tmp_path_factory.mktemp("fleet") / "nodes.json"
    generate(
        *("--nodes", "3", "--seed", "206", "--prefix", PREFIX),
        *("--resource-class", "ctest", "--output", str(file)),
    )
    nodes = json.loads(file.read_text())["nodes"]
    nodes.append({"name": FRESH, "pm_type": "fake-hardware", "resource_class": "ctest"})
    file.write_text(json.dumps({"nodes": nodes}))
    return file


@pytest.fixture(scope="module")
def export(nodes_file: Path) -> Iterator[Path]:
    """Import machines, introspect all but one, and write down what is known."""
    known = nodes_file.with_suffix(".known")
    with playing(nodes_file):
        try:
            run("node", "import", str(nodes_file))
            run("node", "introspect", STORAGE, *OTHERS)
            run("node", "export", str(known))
            yield known
        finally:
            run("node", "delete", STORAGE, *OTHERS, FRESH)


@pytest.fixture
def facts(export: Path, tmp_path: Path) -> Path:
    """Our machines only: the undercloud is shared."""
    ours = [
        node
        for node in json.loads(export.read_text())
        if (node["name"] or "").startswith(PREFIX)
    ]
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(ours))
    return path


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "state").write_text("[('storage', 1), ('rest', '*')]")
    (folder / "storage.specs").write_text(
        "[('disk', 'logical', 'count', '$disks=ge(8)'),\n"
        " ('network', '$nic', 'link', 'yes'), ('network', '$nic', 'serial', '$mac')]"
    )
    (folder / "rest.specs").write_text("[('cpu', 'logical', 'number', 'ge(1)')]")
    return folder


def match(specs: Path, facts: Path, *words: str, code: int = 0) -> dict[str, Any]:
    words = ("hardware", "match", "--specs", str(specs), "--facts", str(facts), *words)
    rows = json.loads(run(*words, "-f", "json", code=code, cloud=False).stdout)
    return {row["Node"]: row for row in rows}


def test_an_export_is_matched_without_a_cloud(specs: Path, facts: Path) -> None:
    rows = match(specs, facts)

    profiles = {name: row["Profile"] for name, row in rows.items()}
    rest = dict.fromkeys(OTHERS, "rest")
    assert profiles == {STORAGE: "storage", FRESH: None, **rest}
    assert rows[STORAGE]["Variables"]["nic"] == "eth0"
    assert int(rows[STORAGE]["Variables"]["disks"]) >= 8
    assert "never introspected" in rows[FRESH]["Rejected"]["rest"]["reason"]


def test_all_are_insisted_on_and_counted_when_asked(specs: Path, facts: Path) -> None:
    match(specs, facts, "--strict", "--write-state", code=1)

    assert (specs / "state").read_text() == "[('storage', 0),\n ('rest', '*')]\n"
