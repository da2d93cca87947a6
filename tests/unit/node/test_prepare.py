from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.node_machine import FakeMachine
from tests.unit.node.bundles import a_bundle, put
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


def test_a_missing_package_names_its_service_and_file(machine: FakeMachine) -> None:
    machine.packages.clear()
    source = sent(machine, package_services={"glance-api": "glance-api"})

    (problem,) = prepare(machine.site, source, None)["problems"]

    assert problem["where"] == "package glance-api"
    assert "service glance-api needs it" in problem["what"]
    assert "templates/services/glance-api.yaml" in problem["remedy"]
    assert "overcloud image build" in problem["remedy"]
    assert not machine.layout.bundle.exists()


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
