"""Discovery's options, and what becomes of what was found."""

from __future__ import annotations

import argparse
import json
import stat
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tripleo_cli.commands.node_discovery import add_search, enrol, read_search, save
from tripleo_cli.domain.discovery import (
    Controller,
    Credentials,
    Found,
    Kind,
    Machine,
    Place,
)
from tripleo_cli.domain.events import silent
from tripleo_cli.inputs.node_credentials import VARIABLE
from tripleo_cli.inputs.nodes import load_nodes
from tripleo_cli.workflows.discover import Discovery
from tripleo_cli.workflows.travel import Limits, Travel

MAC = "52:54:00:0e:00:01"


def options(*argv: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_search(parser)
    return parser.parse_args(argv)


@pytest.fixture
def discovery() -> Discovery:
    place = Place(host="10.0.0.8", port=443, kind=Kind.REDFISH)
    found = Found(
        controller=Controller(place=place, address="https://10.0.0.8:443"),
        credentials=Credentials(user="joe", password="hush"),
        machines=(Machine(system="/S/1", macs=(MAC,)), Machine(system="/S/2")),
    )
    return Discovery(found=[found], refused=[])


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("--ip", "10.0.0.8"), ["443 redfish", "623 ipmi"]),
        (("--ip", "10.0.0.8", "--kind", "ipmi"), ["623 ipmi"]),
        (("--range", "10.0.0.8/32", "--port", "1"), ["1 redfish", "1 ipmi"]),
    ],
)
def test_where_to_look_is_read(
    argv: tuple[str, ...], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "joe:hush")
    search = read_search(options(*argv))

    assert {place.host for place in search.places} == {"10.0.0.8"}
    assert [f"{p.port} {p.kind.value}" for p in search.places] == expected
    assert [one.user for one in search.credentials] == ["joe"]


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        ((), "one of the arguments --ip --range is required"),
        (("--ip", "bmc"), "'bmc' does not appear to be"),
        (("--range", "10.0.0.0/8"), "65536 at most"),
        (("--ip", "::1", "--port", "0"), "must be 1 to 65535, not 0"),
        (("--ip", "::1", "--range", "::1"), "not allowed with"),
    ],
)
def test_wrong_options_are_told(
    argv: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        options(*argv)

    assert reason in capsys.readouterr().err


def test_what_is_saved_can_be_imported(discovery: Discovery, tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    outcomes = save(discovery, path)

    assert [(one.name, one.error) for one in outcomes] == [(MAC, ""), ("/S/2", "")]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [node.bmc for node in load_nodes(path)] == [
        "10.0.0.8:443/S/1",
        "10.0.0.8:443/S/2",
    ]


def test_what_is_enrolled_is_found_again(
    discovery: Discovery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    cloud = FakeCloud()
    travel = Travel(cloud.baremetal, FakeClock(), Limits(), silent)
    wanted = argparse.Namespace(introspect=False, provide=True, max_retries=1)

    first = enrol(discovery, travel, wanted)
    again = enrol(discovery, travel, wanted)

    assert [one.result for one in first] == ["created", "created"]
    assert [one.result for one in again] == ["unchanged", "unchanged"]
    assert [node.ports for node in cloud.baremetal.nodes()] == [(MAC,), ()]
    assert "hush" not in json.dumps([str(one) for one in (*first, *again)])
