from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.node_machine import FakeMachine
from tests.unit.node.bundles import a_bundle, put
from tripleo_cli.node import files
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.prepare import prepare


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    return FakeMachine(root=tmp_path, packages={"glance-api"})


def sent(machine: FakeMachine, **changes: Any) -> Path:
    return put(machine.root / "incoming/bundle.json", a_bundle(**changes))


def test_a_bundle_is_taken_in_once(machine: FakeMachine) -> None:
    source = sent(machine)

    first = prepare(machine.site, source, machine.time)
    second = prepare(machine.site, source, machine.time)

    assert first["problems"] == []
    assert {"bundle.json", "hiera.yaml", "step_1.pp", "/etc/hosts"} <= {
        *first["changed"]
    }
    assert second["changed"] == []


def test_a_bundle_that_comes_while_another_is_waited_for_is_taken_whole(
    machine: FakeMachine,
) -> None:
    source = sent(machine, hiera={"passwords": {"GlancePassword": "of-a"}})
    machine.layout.home.mkdir(parents=True)
    other = os.open(machine.layout.lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)

    def end_and_send() -> None:
        sent(machine, hiera={"passwords": {"GlancePassword": "of-c"}})
        fcntl.flock(other, fcntl.LOCK_UN)

    machine.on_sleep = end_and_send
    prepare(machine.site, source, None)
    os.close(other)

    written = json.loads(machine.layout.layer("passwords").read_text())
    kept = json.loads(machine.layout.bundle.read_text())
    assert written == kept["hiera"]["passwords"] == {"GlancePassword": "of-c"}


def test_another_bundle_than_the_expected_one_is_not_taken(
    machine: FakeMachine,
) -> None:
    found = prepare(machine.site, sent(machine), None, expect="another")

    assert found == {"wanted": "bundle"}
    assert not machine.layout.bundle.exists()


def test_looking_changes_nothing_on_the_node(machine: FakeMachine) -> None:
    prepare(machine.site, sent(machine), None)
    before = machine.content()
    other = a_bundle(
        hiera={"passwords": {"GlancePassword": "new"}},
        hosts="192.0.2.99 node-0\n",
        known_hosts="node-1 ssh-ed25519 AAAA\n",
    )
    source = put(machine.root / "incoming/preview.json", other)
    machine.hostname = "localhost"

    found = prepare(machine.site, source, None, check=True)

    source.unlink()
    assert (found["problems"], found["changed"]) == ([], [])
    assert machine.content() == before
    assert machine.hostname == "localhost"


def test_looking_tells_of_problems_as_well(machine: FakeMachine) -> None:
    machine.packages.clear()

    found = prepare(machine.site, sent(machine), None, check=True)

    assert [one["where"] for one in found["problems"]] == ["package glance-api"]


def test_hosts_that_are_known_are_a_block_of_the_file_of_all_users(
    machine: FakeMachine,
) -> None:
    known = "node-1,192.0.2.12 ssh-ed25519 AAAA"
    path = machine.root / "etc/ssh/ssh_known_hosts"

    first = prepare(machine.site, sent(machine, known_hosts=f"{known}\n"), None)
    second = prepare(machine.site, sent(machine, known_hosts=f"{known}\n"), None)

    assert path.read_text().splitlines() == [files.BEGIN, known, files.END]
    assert path.stat().st_mode & 0o777 == 0o644
    assert "/etc/ssh/ssh_known_hosts" in first["changed"]
    assert second["changed"] == []


def test_layers_are_files_for_root_alone(machine: FakeMachine) -> None:
    prepare(machine.site, sent(machine), None)
    layout = machine.layout

    passwords = layout.layer("passwords")
    assert json.loads(passwords.read_text()) == {"GlancePassword": "s3cret-word"}
    for path in (passwords, layout.bundle, layout.manifest(1)):
        assert path.stat().st_mode & 0o077 == 0
    hierarchy = (layout.confdir / "hiera.yaml").read_text()
    assert hierarchy.index("step.json") < hierarchy.index("node.json")
    assert f"vardir = {layout.vardir}" in (layout.confdir / "puppet.conf").read_text()


def test_a_missing_package_names_its_service_and_how_to_get_it(
    machine: FakeMachine,
) -> None:
    machine.packages.clear()
    file = "/home/me/services/glance-api.yaml"
    source = sent(
        machine,
        package_services={"glance-api": "glance-api"},
        service_files={"glance-api": file},
    )

    (problem,) = prepare(machine.site, source, None)["problems"]

    assert problem["where"] == "package glance-api"
    assert "service glance-api needs it" in problem["what"]
    for told in (
        file,
        "openstack overcloud image build (with the same --roles-path and "
        "--services-path), upload it and redeploy the node",
        "packages of the image's description (--config-file)",
        "package-installs.yaml of the element tripleo-node",
        "sudo apt-get install glance-api",
    ):
        assert told in problem["remedy"]
    assert not machine.layout.bundle.exists()


def test_a_missing_package_of_an_unknown_file_names_its_service(
    machine: FakeMachine,
) -> None:
    machine.packages.clear()
    source = sent(machine, package_services={"glance-api": "glance-api"})

    (problem,) = prepare(machine.site, source, None)["problems"]

    assert "the file of service glance-api" in problem["remedy"]


@pytest.mark.parametrize(
    ("off", "side"), [(3600.0, "3600 s behind"), (-3600.0, "3600 s ahead of")]
)
def test_a_wrong_clock_is_noticed(machine: FakeMachine, off: float, side: str) -> None:
    found = prepare(machine.site, sent(machine), machine.time + off)

    (problem,) = found["problems"]
    assert problem["where"] == "clock"
    assert side in problem["what"]
    assert "chronyc" in problem["remedy"]


def test_a_clock_may_be_off_a_little(machine: FakeMachine) -> None:
    assert not prepare(machine.site, sent(machine), machine.time - 90)["problems"]


def test_a_full_disk_is_noticed_before_anything(machine: FakeMachine) -> None:
    machine.room = 12 << 20

    problems = prepare(machine.site, sent(machine), None)["problems"]

    assert "only 12 MiB are free" in problems[0]["what"]
    assert not machine.layout.bundle.exists()


def test_all_problems_are_told_at_once(machine: FakeMachine) -> None:
    machine.packages.clear()
    machine.room = 0

    problems = prepare(machine.site, sent(machine), 0.0)["problems"]

    assert {"clock", "disk", "package glance-api"} == {one["where"] for one in problems}


def test_a_node_is_given_its_name(machine: FakeMachine) -> None:
    machine.hostname = "localhost"

    changed = prepare(machine.site, sent(machine), None)["changed"]

    assert "the host name, now node-0" in changed
    assert (machine.root / "etc/hostname").read_text() == "node-0\n"
    assert machine.hostname == "node-0"


def test_earlier_programs_go_and_operators_get_a_command(machine: FakeMachine) -> None:
    source = sent(machine)
    for name in ("old.pyz", "program.pyz"):
        (source.parent / name).write_text("")

    prepare(machine.site, source, None)

    assert {path.name for path in source.parent.iterdir()} == {
        *("bundle.json", "program.pyz"),
    }
    command = machine.layout.command
    assert command.stat().st_mode & 0o777 == 0o755
    assert f'{source.parent}/program.pyz "$@"' in command.read_text()


def test_what_connections_and_looks_have_left_goes(machine: FakeMachine) -> None:
    source = sent(machine)
    lost, at_work = (source.parent / name for name in ("new.Ab3xYz", "new.Qr7stU"))
    for folder, age in ((lost, 1200), (at_work, 5)):
        put(folder / "bundle.json", a_bundle())
        os.utime(folder, (machine.time - age, machine.time - age))
    put(source.parent / "preview.json", a_bundle())
    put(machine.layout.preview / "tripleo/hieradata/passwords.json", {"a": "b"})

    prepare(machine.site, source, None)

    left = {path.name for path in source.parent.iterdir()}
    assert left == {"bundle.json", "new.Qr7stU"}
    assert not machine.layout.preview.exists()


def test_a_node_that_was_another_is_not_taken_over(machine: FakeMachine) -> None:
    prepare(machine.site, sent(machine), None)

    (problem,) = prepare(machine.site, sent(machine, hostname="node-1"), None)[
        "problems"
    ]

    assert problem["where"] == "host name"
    assert "configured as node-0" in problem["what"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no bundle"),
        ("{", "is no bundle"),
        ("[]", "is no bundle"),
        ('{"format": 1}', "is no bundle"),
        ('{"format": 9}', "has format 9"),
    ],
)
def test_what_is_no_bundle_is_refused(
    machine: FakeMachine, text: str, told: str
) -> None:
    source = machine.root / "sent.json"
    source.write_text(text)

    with pytest.raises(NodeError, match=told):
        prepare(machine.site, source, None)
