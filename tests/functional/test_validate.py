"""Checks of a deployment on a live undercloud (OS_CLOUD), through the command line.

Other people's nodes may be there too: a test looks at what is said of its own.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.functional.shell import openstack

pytestmark = pytest.mark.functional

RUN = uuid4().hex[:6]
STACK = f"h-{RUN}"
NODES = [f"h-{RUN}-{number}" for number in range(3)]
IMAGE = f"h-image-{RUN}"
CLASS = f"htest-{RUN}"
NOWHERE = "00000000-1111-4222-8333-444444444444"


@dataclass(frozen=True)
class Site:
    """A folder with the files of this run; HOME of all commands."""

    home: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return openstack(*words, home=self.home)

    def must(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def asked(self, computes: int = 1) -> tuple[str, ...]:
        """What is to be deployed, as options."""
        return (
            *("--stack", STACK, "-r", str(self.home / "roles.yaml")),
            *("--role-count", f"Compute={computes}"),
        )

    def validate(self, *words: str, computes: int = 1) -> tuple[int, Any]:
        """Give the exit code, and the table."""
        done = self.run(
            *("overcloud", "validate", *self.asked(computes), *words, "-f", "json")
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def environment(self, **parameters: Any) -> tuple[str, str]:
        path = self.home / f"{uuid4().hex}.json"
        path.write_text(json.dumps({"parameter_defaults": parameters}))
        return "-e", str(path)


def rows(table: Any, check: str) -> list[tuple[str, Any]]:
    return [(row["Result"], row["Subject"]) for row in table if row["Check"] == check]


def said(table: Any, check: str) -> str:
    return "\n".join(
        f"{row['What']} ({row['Remedy']})" for row in table if row["Check"] == check
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    cleanups: list[Callable[[], object]] = []
    try:
        _prepare(made, cleanups)
        yield made
    finally:
        for clean in reversed(cleanups):
            clean()


def _prepare(site: Site, cleanups: list[Callable[[], object]]) -> None:
    roles = [
        {
            "name": name,
            "CountDefault": default,
            "HostnameFormatDefault": f"%stackname%-{name.lower()}-%index%",
            "ImageDefault": IMAGE,
            "profile": f"h-{name.lower()}-{RUN}",
            "needs": {"resource_class": CLASS},
            "tags": tags,
        }
        for name, default, tags in (
            ("Controller", 1, ["primary", "controller"]),
            ("Compute", 0, ["compute"]),
        )
    ]
    (site.home / "roles.yaml").write_text(json.dumps(roles))
    (site.home / "image.raw").write_bytes(b"\0" * 1024 * 1024)
    cleanups.append(lambda: site.run("image", "delete", IMAGE))
    path = str(site.home / "image.raw")
    site.must("image", "create", IMAGE, "--disk-format", "raw", "--file", path)
    nodes = [
        {
            "name": name,
            "pm_type": "fake-hardware",
            "resource_class": CLASS,
            "ports": [f"52:54:00:08:{RUN[:2]}:{number:02x}"],
            "cpu": 4,
            "memory": 8192,
            "disk": 40,
        }
        for number, name in enumerate(NODES)
    ]
    (site.home / "nodes.json").write_text(json.dumps(nodes))
    cleanups.append(lambda: site.run("overcloud", "node", "delete", *NODES))
    nodes_file = str(site.home / "nodes.json")
    site.must("overcloud", "node", "import", nodes_file, "--provide")


@pytest.fixture
def undo() -> Iterator[list[Callable[[], object]]]:
    steps: list[Callable[[], object]] = []
    yield steps
    for step in reversed(steps):
        step()


def test_a_sound_deployment_has_no_errors(site: Site) -> None:
    code, table = site.validate()

    assert code == 0
    assert {row["Result"] for row in table} <= {"ok", "warning"}
    # Those that look at nothing that others on this undercloud could have made.
    own = {"stack", "request", "counts", "capacity", "images", "deploy-images"}
    own |= {"flavors", "quotas", "subnet", "ntp", "root-disk", "boot-mode"}
    assert all(row["Result"] == "ok" for row in table if row["Check"] in own)


def test_too_few_nodes_are_an_error(site: Site) -> None:
    code, table = site.validate(computes=9)

    assert code == 1
    assert rows(table, "capacity") == [("error", [])]
    assert "profiles match --explain" in said(table, "capacity")


def test_nodes_that_are_nearly_there_are_named(
    site: Site, undo: list[Callable[[], object]]
) -> None:
    site.must("baremetal", "node", "manage", NODES[0], "--wait", "60")
    undo.append(partial(site.must, "overcloud", "node", "provide", NODES[0]))

    code, table = site.validate(computes=2)

    assert code == 1
    assert ("warning", [NODES[0]]) in rows(table, "capacity")
    assert f"openstack overcloud node provide {NODES[0]}" in said(table, "capacity")


def test_a_deploy_kernel_that_is_gone_is_an_error(
    site: Site, undo: list[Callable[[], object]]
) -> None:
    for name in NODES:
        info = (f"deploy_kernel={NOWHERE}", f"deploy_ramdisk={NOWHERE}")
        words = [word for one in info for word in ("--driver-info", one)]
        site.must("baremetal", "node", "set", name, *words)
        keys = [key.partition("=")[0] for key in info]
        words = [word for key in keys for word in ("--driver-info", key)]
        undo.append(partial(site.must, "baremetal", "node", "unset", name, *words))

    code, table = site.validate(computes=2)

    assert code == 1
    assert rows(table, "deploy-images") == [("error", NODES)] * 2
    assert f"deploy_ramdisk {NOWHERE}: there is no such" in said(table, "deploy-images")


def test_two_nodes_of_one_bmc_are_an_error(
    site: Site, undo: list[Callable[[], object]]
) -> None:
    twin, address = f"{NODES[0]}-twin", f"fake_address=10.8.{int(RUN[:2], 16)}.1"
    site.must("baremetal", "node", "set", NODES[0], "--driver-info", address)
    words = ("baremetal", "node", "unset", NODES[0], "--driver-info", "fake_address")
    undo.append(partial(site.must, *words))
    undo.append(partial(site.run, "baremetal", "node", "delete", twin))
    driver = ("--driver", "fake-hardware", "--driver-info", address)
    site.must("baremetal", "node", "create", "--name", twin, *driver)

    code, table = site.validate(computes=2)

    assert code == 1
    assert ("error", [NODES[0], twin]) in rows(table, "addresses")


def test_an_image_without_its_parts_is_an_error(
    site: Site, undo: list[Callable[[], object]]
) -> None:
    site.must("image", "set", IMAGE, "--property", f"kernel_id={NOWHERE}")
    undo.append(partial(site.must, "image", "unset", IMAGE, "--property", "kernel_id"))

    code, table = site.validate()

    assert code == 1
    assert rows(table, "images") == [("error", [IMAGE])] * 2
    assert "has kernel_id and no ramdisk_id" in said(table, "images")


def test_counts_from_every_source_are_compared(site: Site) -> None:
    words = site.environment(ComputeCount=7, ComputCount=2)

    code, table = site.validate(*words)

    assert code == 0
    assert rows(table, "counts") == [
        ("warning", ["Compute"]),
        ("warning", ["ComputCount"]),
    ]
    assert "1 by flags" in said(table, "counts")
    code, _ = site.validate(*words, "--validation-warnings-fatal")
    assert code == 1


def test_a_time_server_that_is_not_there_is_an_error(site: Site) -> None:
    words = site.environment(NtpServer="no-such-host.invalid")

    code, table = site.validate(*words)

    assert code == 1
    assert rows(table, "ntp") == [("error", ["no-such-host.invalid"])]
    assert site.validate(*words, "--skip", "ntp")[0] == 0
    assert site.validate(*words, "--validation-errors-nonfatal")[0] == 0


def test_deploy_is_refused_before_anything_is_changed(site: Site) -> None:
    words = site.environment(NtpServer="no-such-host.invalid")

    for more in ((), ("--dry-run",)):
        done = site.run("overcloud", "deploy", *site.asked(), *words, *more)
        assert done.returncode == 1
        assert "error: ntp: no-such-host.invalid" in done.stderr
        assert ("novacompute" in done.stdout or STACK in done.stdout) is bool(more)

    assert site.run("stack", "show", STACK).returncode != 0
    flavors = json.loads(site.must("flavor", "list", "--all", "-f", "json"))
    assert f"h-controller-{RUN}" not in {flavor["Name"] for flavor in flavors}
    for name in NODES:
        node = json.loads(site.must("baremetal", "node", "show", name, "-f", "json"))
        assert node["traits"] == []
