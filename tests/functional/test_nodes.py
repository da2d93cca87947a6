"""Node commands against a live undercloud (OS_CLOUD), through the shell.

Nodes are fake-hardware, named ``d-...``, of a resource class of their own, and are
deleted afterwards.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.fakes.redfish_server import serving
from tests.fakes.refusing_bmc import Refusing
from tests.functional.shell import begin

pytestmark = pytest.mark.functional

RESOURCE_CLASS = "dtest"
Rows = Sequence[dict[str, Any]]


class Shell:
    """Runs commands as an operator with a home of their own."""

    def __init__(self, home: Path) -> None:
        assert os.environ.get("OS_CLOUD"), "OS_CLOUD names no undercloud"
        self._home = home

    def begin(self, *words: str) -> subprocess.Popen[str]:
        return begin("overcloud", "node", *words, home=self._home)

    def run(self, *words: str, code: int = 0) -> tuple[Rows, str]:
        """Give the rows of the answer, and what was said on stderr."""
        process = self.begin(*words, "-f", "json")
        out, said = process.communicate(timeout=600)
        assert process.returncode == code, said + out
        return (json.loads(out) if out.strip() else []), said


class Site:
    """Definitions of nodes, and the nodes that became of them."""

    def __init__(self, folder: Path) -> None:
        self.shell = Shell(folder)
        self._id = uuid4().hex[:6]
        self._file = folder / "nodes.json"

    def entry(self, number: int, **others: Any) -> dict[str, Any]:
        digits = f"{self._id[:2]}:{self._id[2:4]}:{self._id[4:6]}"
        given = {
            "name": f"d-{self._id}-{number}",
            "pm_type": "fake-hardware",
            "pm_addr": f"d-bmc-{self._id}-{number}",
            "pm_password": "sesame",
            "mac": [f"52:5d:{number:02x}:{digits}"],
            "cpu": 8,
            "memory": "16384",
            "disk": 100,
            "resource_class": RESOURCE_CLASS,
            # The simulated ramdisk is tested elsewhere.
            "inspect_interface": "fake",
        }
        return given | others

    def file(self, *entries: dict[str, Any]) -> str:
        self._file.write_text(json.dumps({"nodes": entries}))
        return str(self._file)

    def listed(self) -> Rows:
        rows, _ = self.shell.run("list")
        return [row for row in rows if row["Name"].startswith(f"d-{self._id}-")]

    def remove(self) -> None:
        if names := [row["Name"] for row in self.listed()]:
            self.shell.run("delete", *names)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    try:
        yield made
    finally:
        made.remove()


def column(rows: Rows, name: str) -> list[Any]:
    return [row[name] for row in rows]


def test_the_life_of_nodes(site: Site) -> None:
    entries = [site.entry(number) for number in range(3)]
    options = ("--introspect", "--provide")
    created, said = site.shell.run("import", site.file(*entries), *options)
    listed = site.listed()

    assert column(created, "Result") == ["created"] * 3
    assert column(listed, "Provision State") == ["available"] * 3
    # Nova would take a node of unknown power for occupied.
    assert column(listed, "Power") == ["off"] * 3
    assert column(listed, "Memory MiB") == [16384] * 3

    again, said_again = site.shell.run("import", site.file(*entries), *options)

    assert column(again, "Result") == ["unchanged"] * 3
    assert "nothing changed" in said_again

    changed = [entries[0] | {"disk": 200}, entries[1] | {"pm_password": "hush"}]
    updated, said_update = site.shell.run("import", site.file(*changed))

    assert column(updated, "Result") == [
        "updated (properties.local_gb: 100 -> 200)",
        "updated (driver_info.fake_password changed)",
    ]
    assert not {"sesame", "hush"} & set((said + said_update).split())

    names = column(created, "Name")
    inspected, _ = site.shell.run("introspect", names[0])
    provided, _ = site.shell.run("provide", names[0], created[1]["UUID"])

    assert column(inspected, "Provision State") == ["manageable"]
    assert column(provided, "Result") == ["done", "unchanged"]

    site.shell.run("delete", *names)

    assert site.listed() == []


@pytest.fixture
def bmc() -> Iterator[str]:
    """Serve a BMC on this machine, where Ironic is too."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_bmc_that_refuses_fails_its_node_with_ironics_reason(
    site: Site, bmc: str
) -> None:
    system = {"pm_addr": bmc, "pm_user": "u", "pm_system_id": "/redfish/v1/Systems/1"}
    bad = site.entry(0, pm_type="redfish", inspect_interface="agent", **system)
    rows, said = site.shell.run(
        "import", site.file(bad, site.entry(1)), "--provide", code=1
    )

    assert column(rows, "Provision State") == ["enroll", "available"]
    assert "Ironic cannot manage it" in rows[0]["Error"]
    assert "could not import 1 of 2 nodes" in said
    assert "check its BMC's address and credentials" in said
    assert "sesame" not in said


def test_wrong_credentials_of_a_node_that_is_there_are_told_at_once(
    site: Site,
) -> None:
    with serving({"one": []}, "joe", "right") as port:
        good = {
            "name": site.entry(0)["name"],
            "pm_type": "redfish",
            "pm_addr": f"http://127.0.0.1:{port}",
            "pm_user": "joe",
            "pm_password": "right",
        }
        site.shell.run("import", site.file(good))
        bad = site.file(good | {"pm_password": "hush-hush"})
        failed = [site.shell.run("import", bad, code=1) for _ in range(2)]
        fixed, _ = site.shell.run("import", site.file(good))

    for rows, said in failed:
        assert column(rows, "Result") == ["failed"]
        assert "was updated, but cannot reach the BMC" in said
        assert "401" in said
        assert "hush-hush" not in said
    assert column(fixed, "Result") == ["updated (driver_info.redfish_password changed)"]
    assert column(site.listed(), "Provision State") == ["manageable"]


def test_a_contradiction_changes_nothing(site: Site) -> None:
    site.shell.run("import", site.file(site.entry(0), site.entry(1)))
    before = site.listed()
    mixed = site.entry(0, mac=site.entry(1)["mac"], cpu=99)
    _, said = site.shell.run("import", site.file(mixed, site.entry(2)), code=1)

    assert "by its MAC address" in said
    assert "by its name" in said or "by its BMC" in said
    assert site.listed() == before


def test_an_unknown_name_deletes_nothing(site: Site) -> None:
    names = column(site.shell.run("import", site.file(site.entry(0)))[0], "Name")
    _, said = site.shell.run("delete", *names, "d-nobody", code=1)

    assert "d-nobody: there is no such node" in said
    assert column(site.listed(), "Name") == names


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_import_is_completed_by_another(
    site: Site, stop: signal.Signals
) -> None:
    path = site.file(*(site.entry(number) for number in range(12)))
    process = site.shell.begin("import", path, "--concurrency", "2", "--provide")
    _wait_for(process, lambda line: line.startswith("register: d-"), 3)
    process.send_signal(stop)
    process.communicate(timeout=120)
    rows, _ = site.shell.run("import", path, "--provide")

    assert process.returncode != 0
    assert column(site.listed(), "Provision State") == ["available"] * 12
    assert len(rows) == 12


def _wait_for(
    process: subprocess.Popen[str], is_it: Callable[[str], bool], times: int
) -> None:
    assert process.stderr
    for line in process.stderr:
        times -= is_it(line)
        if not times:
            return
    pytest.fail("it ended before that")
