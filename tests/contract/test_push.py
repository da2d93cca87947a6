"""Sending to nodes over SSH, with a program in place of ssh that runs things here."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest

from tripleo_cli.clients.asked_nodes import INCOMING
from tripleo_cli.clients.push import PYTHON, SshNodes
from tripleo_cli.clients.ssh import Call, Ssh
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
[ "$1" = -n ] && shift
[ "$1" = {python} ] || exec "$@"
shift
[ -f "$1" ] || {{ echo "$1: can't open file" >&2; exit 2; }}
echo "$@" >>"{root}/asked"
exec cat "{root}/answer"
"""
"""A node on which the program, where it is, gives one answer."""
USER = "tripleo-admin"


WELL = {"problems": [], "changed": ["/etc/hosts"], "seconds": 0.1, "steps": {}}


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SshNodes:
    put(tmp_path, "sudo", SUDO.format(python=PYTHON, root=tmp_path))
    answers(tmp_path, WELL)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    here(tmp_path)
    return SshNodes(ssh=login(tmp_path), playbook="")


def login(root: Path, at_once: int = 20) -> Ssh:
    key = root / "key"
    return Ssh(folder=root / "stack", key=key, user=USER, at_once=at_once)


def answers(root: Path, what: object) -> None:
    """Let the program answer with that."""
    (root / "answer").write_text(json.dumps(what))


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


def test_who_lets_us_in(nodes: SshNodes, tmp_path: Path) -> None:
    here(tmp_path, silent=TWO.address, says="Permission denied (publickey).", code=255)

    found = nodes.reach([ONE, TWO])

    assert found["one"] == ""
    assert f"does not let {USER} in with the key {tmp_path}/key" in found["two"]


def test_each_gets_its_own_bundle(nodes: SshNodes, tmp_path: Path) -> None:
    found = nodes.prepare({ONE: '{"a": 1}', TWO: '{"b": 2}'})

    assert all(one.is_reached and not one.problems for one in found.values())
    assert (incoming(tmp_path, ONE) / "bundle.json").read_text() == '{"a": 1}'
    assert (incoming(tmp_path, TWO) / "bundle.json").read_text() == '{"b": 2}'


def test_what_is_sent_is_for_root_alone(nodes: SshNodes, tmp_path: Path) -> None:
    nodes.prepare({ONE: "{}"})
    nodes.prepare({ONE: '{"password": "hush"}'})

    folder = incoming(tmp_path, ONE)
    files = list(folder.iterdir())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.suffix for path in files} == {".pyz", ".json"}
    assert len(files) == 2
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    assert "hush" not in (tmp_path / "calls").read_text()


def test_what_is_only_looked_at_is_kept_apart(nodes: SshNodes, tmp_path: Path) -> None:
    nodes.prepare({ONE: '{"a": 1}'})
    answers(tmp_path, {"wanted": "bundle"})
    nodes.prepare({ONE: '{"a": 2}'}, check=True)

    folder = incoming(tmp_path, ONE)
    assert (folder / "bundle.json").read_text() == '{"a": 1}'
    assert (folder / "preview.json").read_text() == '{"a": 2}'
    asked = (tmp_path / "asked").read_text().splitlines()
    assert ["--check" in words for words in asked] == [False, True, True]


def test_keys_are_known_of_machines_that_were_met(
    nodes: SshNodes, tmp_path: Path
) -> None:
    known = tmp_path / "stack/known_hosts"
    assert nodes.host_keys([ONE, TWO]) == {"one": [], "two": []}
    known.parent.mkdir()
    known.write_text(
        "server-1 ssh-ed25519 AAAA1 a comment\n"
        "\n# server-2 ssh-rsa AAAA0\n"
        "@revoked server-2 ssh-ed25519 AAAA0\n"
        "server-2,192.0.2.12 ssh-ed25519 AAAA2\n"
        "server-3 ssh-ed25519\n"
    )
    other = Target("other", TWO.address, identity="SERVER-1")

    found = nodes.host_keys([ONE, TWO, other])

    ones = ["ssh-ed25519 AAAA1"]
    assert found == {"one": ones, "two": ["ssh-ed25519 AAAA2"], "other": ones}


def test_keys_that_cannot_be_read(nodes: SshNodes, tmp_path: Path) -> None:
    (tmp_path / "stack/known_hosts").mkdir(parents=True)

    with pytest.raises(HostError, match=r"cannot read .*known_hosts: Is a directory"):
        nodes.host_keys([ONE])


def test_a_node_without_room_is_named(nodes: SshNodes, tmp_path: Path) -> None:
    says = "tar: bundle.json: Cannot write: No space left on device"
    here(tmp_path, silent=TWO.address, says=says, code=2)

    found = nodes.prepare({ONE: "{}", TWO: "{}"})

    assert not found["one"].problems
    assert found["two"].is_reached
    assert [one.what for one in found["two"].problems] == ["the node's disk is full"]


def test_a_node_that_is_lost_while_it_is_sent(nodes: SshNodes, tmp_path: Path) -> None:
    says = f"Connection to {TWO.address} closed by remote host."
    here(tmp_path, silent=TWO.address, says=says, code=255)

    found = nodes.prepare({ONE: "{}", TWO: "{}"})

    assert not found["two"].is_reached
    assert "the connection was lost" in found["two"].problems[0].what


def test_a_connection_is_a_machines_own(nodes: SshNodes, tmp_path: Path) -> None:
    anew = Target("one", ONE.address, identity="server-3")

    nodes.reach([ONE])
    nodes.reach([ONE])
    nodes.reach([anew])

    calls = (tmp_path / "calls").read_text().split()
    first, again, other = (one for one in calls if one.startswith("ControlPath="))
    assert first == again != other
    assert "/" not in first + other  # their folder's path may be of any length


def test_a_machine_without_ssh(
    nodes: SshNodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    with pytest.raises(HostError, match="there is no ssh") as caught:
        nodes.reach([ONE])

    assert "openssh-client" in str(caught.value.hint)


def test_nodes_compare_their_clock_with_ours(nodes: SshNodes, tmp_path: Path) -> None:
    before = time.time()
    nodes.prepare({ONE: "{}"})

    words = (tmp_path / "asked").read_text().split()
    assert before - 1 < int(words[words.index("--now") + 1]) < time.time() + 1


def test_checks_that_nodes_make(nodes: SshNodes, tmp_path: Path) -> None:
    nodes.prepare({ONE: "{}"})
    check = {"step": 2, "name": "it runs", "service": "s", "passed": True, "detail": ""}
    about = {"unit": "", "log": [], "resource": "", "seconds": 0.1}
    answers(tmp_path, [{**check, **about}])

    found = nodes.check([ONE, TWO], 2, within_s=5)

    assert [(one.name, one.passed) for one in found["one"]] == [("it runs", True)]
    assert "the program is not on the node" in found["two"][0].detail
    assert (tmp_path / "asked").read_text().endswith("check --step 2 --within 5\n")


@pytest.mark.usefixtures("nodes")
def test_one_that_does_not_answer_in_time(tmp_path: Path) -> None:
    put(tmp_path, "ssh", "#!/bin/sh\nexec sleep 60\n")
    began = time.monotonic()

    found = login(tmp_path).run({ONE: Call(command=lambda: "true")}, 0.2)

    assert found[ONE].failure == "it does not answer within 0 s"
    assert not found[ONE].is_reached
    assert time.monotonic() - began < 30


@pytest.mark.usefixtures("nodes")
def test_ctrl_c_lets_nobody_go_on(tmp_path: Path) -> None:
    """Who was talked to is left alone, and who waited for a place is not begun with."""
    put(tmp_path, "ssh", f'#!/bin/sh\necho $$ >>"{tmp_path}/pids"\nexec sleep 60\n')
    pids = tmp_path / "pids"
    thread = threading.Thread(target=press_ctrl_c, args=(pids,))
    began = time.monotonic()
    thread.start()

    with pytest.raises(KeyboardInterrupt):
        login(tmp_path, at_once=1).run(
            {one: Call(command=lambda: "true") for one in (ONE, TWO)}, 60
        )

    thread.join()
    assert time.monotonic() - began < 30
    begun = [int(line) for line in pids.read_text().split()]
    assert len(begun) == 1
    assert not psutil.pid_exists(begun[0])


def press_ctrl_c(begun: Path) -> None:
    """Send ourselves the signal as soon as somebody is talked to."""
    while not (begun.exists() and begun.read_text()):
        time.sleep(0.01)
    # To the process, as a terminal does, not to this thread.
    os.kill(os.getpid(), signal.SIGINT)
