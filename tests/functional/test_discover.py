"""Machines found by their BMCs and registered in a live undercloud (OS_CLOUD).

The BMC is a small server of this machine, where Ironic is too.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.conftest import wait_until
from tests.fakes.ipmi_server import IpmiBmc, serving_ipmi
from tests.fakes.redfish_server import serving
from tests.functional.shell import openstack
from tests.functional.test_nodes import Shell, column

pytestmark = pytest.mark.functional


class Rack:
    """One BMC, and an operator who looks for it."""

    def __init__(
        self, folder: Path, port: int, *, kind: str = "redfish", mac: str = ""
    ) -> None:
        self.folder, self.port, self.kind, self.mac = folder, port, kind, mac
        self.shell = Shell(folder)
        self.registered: tuple[str, ...] = ()

    def credentials(self, text: str) -> str:
        path = self.folder / "credentials"
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    def search(self, text: str) -> tuple[str, ...]:
        at = ("--ip", "127.0.0.1", "--port", str(self.port), "--kind", self.kind)
        return ("discover", *at, "--credentials", self.credentials(text))

    def clear(self) -> None:
        if self.registered:
            self.shell.run("delete", *self.registered)


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rack]:
    mac = f"52:54:00:0e:ff:{uuid4().hex[:2]}"
    with serving({"one": [mac.upper()]}, "admin", "right") as port:
        made = Rack(tmp_path, port, mac=mac)
        try:
            yield made
        finally:
            made.clear()


@pytest.fixture
def bmc(tmp_path: Path) -> Iterator[IpmiBmc]:
    with serving_ipmi(tmp_path / "bmc.log", "admin", "right") as made:
        yield made


@pytest.fixture
def ipmi_rack(tmp_path: Path, bmc: IpmiBmc) -> Iterator[Rack]:
    made = Rack(tmp_path, bmc.port, kind="ipmi")
    try:
        yield made
    finally:
        made.clear()


def test_a_machine_with_ipmi_is_found_and_ironic_switches_it(
    ipmi_rack: Rack, bmc: IpmiBmc
) -> None:
    rows, said = ipmi_rack.shell.run(*ipmi_rack.search("admin:old\nadmin:right\n"))
    ipmi_rack.registered = tuple(column(rows, "UUID"))
    again, _ = ipmi_rack.shell.run(*ipmi_rack.search("admin:right"))
    openstack("baremetal", "node", "power", "on", *ipmi_rack.registered)
    wait_until(lambda: bmc.power == "on", within_s=60)

    assert column(rows, "Result") == ["created"]
    assert column(rows, "Provision State") == ["manageable"]
    assert "ipmi, admin fits, 1 machine" in said
    assert column(again, "Result") == ["unchanged"]


def test_wrong_ipmi_credentials_fail_fast_with_the_reason(ipmi_rack: Rack) -> None:
    rows, said = ipmi_rack.shell.run(*ipmi_rack.search("admin:hush-hush"), code=1)

    assert column(rows, "Result") == ["failed"]
    assert "no credentials fit (ipmi, tried: admin)" in said
    assert "hush-hush" not in said


def test_a_machine_is_found_and_registered_once(rack: Rack) -> None:
    rows, said = rack.shell.run(*rack.search("admin:old\nadmin:right\n"))
    rack.registered = tuple(column(rows, "UUID"))
    again, _ = rack.shell.run(*rack.search("admin:right"))

    assert column(rows, "Result") == ["created"]
    assert column(rows, "Provision State") == ["manageable"]
    assert "redfish, admin fits, 1 machine" in said
    assert column(again, "Result") == ["unchanged"]
    assert column(again, "UUID") == column(rows, "UUID")


def test_wrong_credentials_fail_fast_with_the_reason(rack: Rack) -> None:
    rows, said = rack.shell.run(*rack.search("root:hush-hush"), code=1)

    assert column(rows, "Result") == ["failed"]
    assert "no credentials fit (redfish, tried: root)" in said
    assert "hush-hush" not in said


def test_a_nodes_file_is_written_for_its_owner_only(rack: Rack) -> None:
    path = rack.folder / "found.json"
    rows, _ = rack.shell.run(*rack.search("admin:right"), "--output", str(path))
    [entry] = json.loads(path.read_text())["nodes"]

    assert column(rows, "Name") == [rack.mac]
    assert entry["ports"] == [{"address": rack.mac}]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rack.shell.run("import", str(path), "--validate-only")


def test_wrong_credentials_are_put_right_by_importing_again(rack: Rack) -> None:
    entry = {
        "pm_type": "redfish",
        "pm_addr": f"http://127.0.0.1:{rack.port}",
        "pm_user": "admin",
        "pm_system_id": "/redfish/v1/Systems/one",
        "mac": [rack.mac],
    }
    path = rack.folder / "nodes.json"
    path.write_text(json.dumps([entry | {"pm_password": "wrong"}]))
    failed, said = rack.shell.run("import", str(path), code=1)
    rack.registered = tuple(column(failed, "UUID"))
    path.write_text(json.dumps([entry | {"pm_password": "right"}]))
    fixed, _ = rack.shell.run("import", str(path))

    assert column(failed, "Provision State") == ["enroll"]
    assert "check its BMC's address and credentials" in said
    assert column(fixed, "Result") == ["updated (driver_info.redfish_password changed)"]
    assert column(fixed, "Provision State") == ["manageable"]
