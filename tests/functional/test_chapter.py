"""The chapter "From a rack of machines to roles" works as it is written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.disruptive]

DOCS = Path(__file__).parents[2] / "docs"
PROGRAMS = Path(sys.executable).parent
COMMAND = re.compile(r"^    \$ ((?:.*\\\n)*.*)", re.MULTILINE)
TOO_MANY = ("Compute=6", "Database=2")
"""What the chapter asks for and cannot have."""
NODES = "g-controller-{0..3} g-compute-{0..5} g-storage-{0..5}"


def commands() -> Sequence[str]:
    """Read the chapter's commands in their order."""
    text = (DOCS / "from-rack-to-roles.rst").read_text()
    found = [re.sub(r"\s*\\\n\s*", " ", words) for words in COMMAND.findall(text)]
    # Another fleet may play on the usual port of this undercloud.
    return [f.replace("fleet run", "fleet run --listen 127.0.0.1:7307") for f in found]


def run(words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the chapter in a shell, as its reader does."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(  # noqa: S603 - what our own chapter says
        ("/bin/bash", "-c", words),
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(DOCS / "rack", tmp_path, dirs_exist_ok=True)
    try:
        yield tmp_path
    finally:
        run(f"openstack overcloud node delete {NODES}", tmp_path)
        run("tripleo-fleet stop --pid-file fleet.pid", tmp_path)


def test_the_chapter_goes_from_a_rack_to_roles(folder: Path) -> None:
    for words in commands():
        done = run(words, folder)
        expected = int(any(count in words for count in TOO_MANY))
        assert done.returncode == expected, f"{words}\n{done.stdout}{done.stderr}"

    listed = run("openstack overcloud profiles list --all -f json", folder)
    rows = {row["Node Name"]: row for row in json.loads(listed.stdout)}
    profiles = {name: row["Current Profile"] for name, row in rows.items()}
    assert {name: tag for name, tag in profiles.items() if name.startswith("g-c")} == {
        "g-compute-0": "compute",
        "g-compute-1": "compute",
        "g-compute-2": "compute",
        "g-compute-3": "",
        "g-compute-4": "compute",
        "g-compute-5": "compute",
        "g-controller-0": "",
        "g-controller-1": "controller",
        "g-controller-2": "controller",
        "g-controller-3": "controller",
    }
    assert rows["g-storage-3"]["Provision State"] == "available"
