"""Overcloud nodes over SSH; what they do is the node's own program's.

The program and its bundle are sent by one command of ssh; Ansible runs the program.

Connections are kept open for a minute and shared (ControlMaster), so that a step costs
one round trip. Host keys are learnt at first contact, per machine, into the stack's
folder.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tripleo_cli.clients import node_answers
from tripleo_cli.clients.ansible import Answer, Play, play
from tripleo_cli.clients.asked_nodes import (
    BUNDLE,
    INCOMING,
    PREPARE_S,
    SHORT_S,
    AskedNodes,
    OnAnswer,
    Words,
    nobody,
)
from tripleo_cli.clients.node_answers import Way
from tripleo_cli.clients.node_program import node_program
from tripleo_cli.domain.overcloud.outcome import Target
from tripleo_cli.errors import HostError

KNOWN_HOSTS = "known_hosts"
FOLDER = ".push"
FORKS = 20
"""How many nodes are talked to at a time; each takes a process of 60 MiB here."""
_LOGIN_S = 15
_STALE_S = 4 * 3600
_SSH_FAILED = 255
# Into their places at once, when all is there: a program may be running from them.
_UNPACK = f"""exec sudo -n sh -ec '
umask 077
mkdir -p {INCOMING}
new=$(mktemp -d {INCOMING}/new.XXXXXX)
trap "rm -rf $new" EXIT
tar -x --no-same-owner -C "$new"
mv -f "$new"/* {INCOMING}/
'"""
"""What takes the files in on a node, from standard input."""
_SOCKET_PATH_BYTES = 49
"""A socket's path has 107 bytes, of which ssh takes 58 for its own name: a slash, 40
digits of %C, and 17 characters more while it makes the socket."""


class SshNodes(AskedNodes):
    """Implements the ``Nodes`` port.

    Args:
        folder: The stack's folder; what it takes to talk to nodes is kept there.
        key: The private key's file.
        user: Whom to log in as; may do everything by sudo.
        playbook: Text of the shipped playbook that runs the program.
        forks: How many nodes to talk to at a time.
    """

    def __init__(
        self,
        *,
        folder: Path,
        key: Path,
        user: str,
        playbook: str,
        forks: int = FORKS,
    ) -> None:
        self._playbook = playbook
        self._folder = folder
        self._key = key
        self._user = user
        self._forks = forks

    def reach(self, targets: Sequence[Target]) -> Mapping[str, str]:
        """Log in on each node, and out again."""
        answers = self._shell(dict.fromkeys(targets, b""), "true", 2 * _LOGIN_S)
        return {
            one.hostname: str(node_answers.why_silent(answer.failure, self._way(one)))
            if answer.code
            else ""
            for one, answer in answers.items()
        }

    def _send(self, bundles: Mapping[Target, str]) -> Mapping[Target, Answer]:
        packed = {one: _packed(text) for one, text in bundles.items()}
        sent = self._shell(packed, _UNPACK, SHORT_S)
        arrived = [one for one, answer in sent.items() if answer.code == 0]
        words = dict.fromkeys(arrived, self._prepare_words())
        return {**sent, **(self._ask(words, PREPARE_S) if words else {})}

    @property
    def _private(self) -> Path:
        return self._folder / FOLDER

    def _way(self, target: Target) -> Way:
        return Way(
            target=target,
            user=self._user,
            key=str(self._key),
            known_hosts=str(self._folder / KNOWN_HOSTS),
        )

    def _ask(
        self,
        asked: Mapping[Target, Words],
        limit_s: float,
        on_answer: OnAnswer = nobody,
    ) -> Mapping[Target, Answer]:
        words = {one.hostname: list(said) for one, said in asked.items()}
        argv = ["/usr/bin/python3", f"{INCOMING}/{node_program().name}"]
        named = {one.hostname: one for one in asked}
        with self._place() as sockets:
            order = Play(
                playbook=self._playbook,
                hosts={one.hostname: self._variables(one, sockets) for one in asked},
                variables={"node_argv": argv, "node_words": words},
                forks=min(self._forks, len(asked)),
                timeout_s=limit_s,
            )
            answers = play(
                self._private, order, lambda name, told: on_answer(named[name], told)
            )
        return {one: answers[name] for name, one in named.items()}

    def _now(self) -> str:
        # Ansible fills it in when it comes to the node: of many, some wait for long.
        return "{{ '%s' | strftime }}"

    def _variables(self, target: Target, sockets: Path) -> Mapping[str, Any]:
        options = self._options(self._way(target), sockets)
        return {
            "ansible_host": target.address,
            "ansible_user": self._user,
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_private_key_file": str(self._key),
            "ansible_ssh_args": " ".join(f"-o {one}" for one in options),
            "ansible_control_path": str(sockets / "%C"),
        }

    def _options(self, way: Way, sockets: Path) -> Iterator[str]:
        yield f"UserKnownHostsFile={way.known_hosts}"
        yield f"HostKeyAlias={way.alias}"
        yield "StrictHostKeyChecking=accept-new"
        yield "HashKnownHosts=no"
        yield "IdentitiesOnly=yes"
        yield "BatchMode=yes"
        yield f"ConnectTimeout={_LOGIN_S}"
        yield "ServerAliveInterval=15"
        yield "ServerAliveCountMax=3"
        yield "ControlMaster=auto"
        yield "ControlPersist=60s"
        yield f"ControlPath={sockets}/%C"

    def _shell(
        self, given: Mapping[Target, bytes], command: str, limit_s: float
    ) -> Mapping[Target, Answer]:
        """Run a command on nodes, with what is given to each as standard input."""
        with self._place() as sockets, ThreadPoolExecutor(self._forks) as pool:

            def run(target: Target) -> Answer:
                words = [*self._login(target, sockets), command]
                return _run(words, given[target], limit_s)

            try:
                return dict(zip(given, pool.map(run, given), strict=True))
            except BaseException:
                # Ctrl-C included: who waits for a place shall not begin any more.
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _login(self, target: Target, sockets: Path) -> list[str]:
        options = self._options(self._way(target), sockets)
        words = [word for one in options for word in ("-o", one)]
        place = f"{self._user}@{target.address}"
        return ["ssh", *words, "-i", str(self._key), place]

    @contextmanager
    def _place(self) -> Iterator[Path]:
        """Have our folders, and one for ssh's sockets, whose paths must be short."""
        try:
            sockets = self._private / "ssh"
            for folder in (self._folder, self._private, sockets):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sweep(self._private)
        except OSError as error:
            raise HostError(f"cannot make {self._private}: {error.strerror}") from error
        if len(os.fsencode(sockets)) <= _SOCKET_PATH_BYTES:
            yield sockets
            return
        with tempfile.TemporaryDirectory(prefix="tripleo-") as short:
            yield Path(short)


def _run(argv: Sequence[str], data: bytes, limit_s: float) -> Answer:
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours; data goes by standard input
            argv,
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=limit_s,
            check=False,
        )
    except FileNotFoundError as error:
        hint = "install it: apt-get install openssh-client"
        raise HostError("there is no ssh on this machine", hint=hint) from error
    except subprocess.TimeoutExpired:
        why = f"it does not answer within {limit_s:.0f} s"
        return Answer(failure=why, code=_SSH_FAILED, is_reached=False)
    said = done.stderr.decode(errors="replace")
    is_reached = done.returncode != _SSH_FAILED
    return Answer(failure=said, code=done.returncode, is_reached=is_reached)


def _packed(bundle: str) -> bytes:
    """Give the program and a node's bundle as a tar archive; root's alone there."""
    program = node_program()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        files = {program.name: program.data, Path(BUNDLE).name: bundle.encode()}
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            member.mode = 0o600
            archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def _sweep(folder: Path) -> None:
    """Remove what runs left that were killed; no run takes as long."""
    for path in folder.glob("run-*"):
        if path.stat().st_mtime < time.time() - _STALE_S:
            shutil.rmtree(path, ignore_errors=True)
