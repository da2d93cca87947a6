"""Sending to nodes over SSH, with a program in place of ssh that runs things here."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tripleo_cli.clients.ansible import Answer
from tripleo_cli.clients.asked_nodes import INCOMING, Words
from tripleo_cli.clients.push import SshNodes
from tripleo_cli.domain.overcloud.outcome import Target
from tripleo_cli.errors import HostError

ONE = Target("one", "192.0.2.11", identity="server-1")
TWO = Target("two", "192.0.2.12", identity="server-2")
SSH = """\
#!/bin/sh
for last; do place=$before before=$last; done
echo "$@" >>"{root}/calls"
case $place in {user}@{silent}) echo "{says}" >&2; exit {code} ;; esac
mkdir -p "{root}/$place"
exec sh -c "$(echo "$last" | sed "s#{incoming}#{root}/$place{incoming}#g")"
"""
SUDO = """\
#!/bin/sh
[ "$1" = -n ] && shift && exec "$@"
"""
USER = "tripleo-admin"


class Nodes(SshNodes):
    """Nodes on which the program, where it is, finds that all fits."""

    def _ask(
        self, asked: Mapping[Target, Words], *_limits: object, **_named: object
    ) -> Mapping[Target, Answer]:
        return {one: self._answer(words) for one, words in asked.items()}

    def _answer(self, words: Words) -> Answer:
        if "--expect" in words:
            return Answer(failure="can't open file", code=2)
        return Answer(printed=json.dumps(WELL), code=0)


WELL = {"problems": [], "changed": ["/etc/hosts"], "seconds": 0.1, "steps": {}}


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nodes:
    put(tmp_path, "sudo", SUDO)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    here(tmp_path)
    folder = tmp_path / "stack"
    return Nodes(folder=folder, key=tmp_path / "key", user=USER, playbook="")


def put(root: Path, name: str, text: str) -> None:
    path = root / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def here(root: Path, *, silent: str = "", says: str = "", code: int = 0) -> None:
    """Let ssh run things here; one address may be silent."""
    about = {"silent": silent, "says": says, "code": code, "user": USER}
    put(root, "ssh", SSH.format(root=root, incoming=INCOMING, **about))


def incoming(root: Path, target: Target) -> Path:
    return Path(f"{root}/{USER}@{target.address}{INCOMING}")


def test_who_lets_us_in(nodes: Nodes, tmp_path: Path) -> None:
    here(tmp_path, silent=TWO.address, says="Permission denied (publickey).", code=255)

    found = nodes.reach([ONE, TWO])

    assert found["one"] == ""
    assert f"does not let {USER} in with the key {tmp_path}/key" in found["two"]


def test_each_gets_its_own_bundle(nodes: Nodes, tmp_path: Path) -> None:
    found = nodes.prepare({ONE: '{"a": 1}', TWO: '{"b": 2}'})

    assert all(one.is_reached and not one.problems for one in found.values())
    assert (incoming(tmp_path, ONE) / "bundle.json").read_text() == '{"a": 1}'
    assert (incoming(tmp_path, TWO) / "bundle.json").read_text() == '{"b": 2}'


def test_what_is_sent_is_for_root_alone(nodes: Nodes, tmp_path: Path) -> None:
    nodes.prepare({ONE: "{}"})
    nodes.prepare({ONE: '{"password": "hush"}'})

    folder = incoming(tmp_path, ONE)
    files = list(folder.iterdir())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.suffix for path in files} == {".pyz", ".json"}
    assert len(files) == 2
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    assert "hush" not in (tmp_path / "calls").read_text()


def test_a_node_without_room_is_named(nodes: Nodes, tmp_path: Path) -> None:
    says = "tar: bundle.json: Cannot write: No space left on device"
    here(tmp_path, silent=TWO.address, says=says, code=2)

    found = nodes.prepare({ONE: "{}", TWO: "{}"})

    assert not found["one"].problems
    assert found["two"].is_reached
    assert [one.what for one in found["two"].problems] == ["the node's disk is full"]


def test_a_node_that_is_lost_while_it_is_sent(nodes: Nodes, tmp_path: Path) -> None:
    says = f"Connection to {TWO.address} closed by remote host."
    here(tmp_path, silent=TWO.address, says=says, code=255)

    found = nodes.prepare({ONE: "{}", TWO: "{}"})

    assert not found["two"].is_reached
    assert "the connection was lost" in found["two"].problems[0].what


def test_a_machine_without_ssh(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    with pytest.raises(HostError, match="there is no ssh") as caught:
        nodes.reach([ONE])

    assert "openssh-client" in str(caught.value.hint)
