"""Overcloud nodes over SSH; what they do is the node's own program's.

What they are asked, and what they are sent, goes by one command of ssh. Where they
work, which takes long and may be watched, Ansible runs the program.
"""

from __future__ import annotations

import io
import shlex
import tarfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tripleo_cli.clients import node_answers
from tripleo_cli.clients.ansible import Play, play
from tripleo_cli.clients.answer import Answer
from tripleo_cli.clients.asked_nodes import (
    INCOMING,
    PREPARE_S,
    SHORT_S,
    AskedNodes,
    OnAnswer,
    Words,
)
from tripleo_cli.clients.node_answers import Way
from tripleo_cli.clients.node_program import node_program
from tripleo_cli.clients.ssh import LOGIN_S, Call, Ssh
from tripleo_cli.domain.overcloud.outcome import Target

PYTHON = "/usr/bin/python3"
_NOW = "now"
"""Stands for the time of day until it is a node's turn."""
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


class SshNodes(AskedNodes):
    """Implements the ``Nodes`` port.

    Args:
        ssh: How they are logged in to.
        playbook: Text of the shipped playbook that runs the program.
    """

    def __init__(self, *, ssh: Ssh, playbook: str) -> None:
        self._ssh = ssh
        self._playbook = playbook

    def reach(self, targets: Sequence[Target]) -> Mapping[str, str]:
        """Log in on each node, and out again."""
        call = Call(command=lambda: "true")
        answers = self._ssh.run(dict.fromkeys(targets, call), 2 * LOGIN_S)
        return {
            one.hostname: str(node_answers.why_silent(answer.failure, self._way(one)))
            if answer.code
            else ""
            for one, answer in answers.items()
        }

    def host_keys(self, targets: Sequence[Target]) -> Mapping[str, Sequence[str]]:
        """Give the keys that were learnt at first contact."""
        return self._ssh.host_keys(targets)

    def _send(
        self, bundles: Mapping[Target, str], place: str
    ) -> Mapping[Target, Answer]:
        calls = {
            one: Call(command=lambda: _UNPACK, data=_packed(Path(place).name, text))
            for one, text in bundles.items()
        }
        sent = self._ssh.run(calls, SHORT_S)
        arrived = [one for one, answer in sent.items() if answer.code == 0]
        words = dict.fromkeys(arrived, self._prepare_words(place))
        return {**sent, **(self._ask(words, PREPARE_S) if words else {})}

    def _way(self, target: Target) -> Way:
        return self._ssh.way(target)

    def _ask(
        self, asked: Mapping[Target, Words], limit_s: float
    ) -> Mapping[Target, Answer]:
        calls = {one: _call(words) for one, words in asked.items()}
        return self._ssh.run(calls, limit_s)

    def _work(
        self, asked: Mapping[Target, Words], limit_s: float, on_answer: OnAnswer
    ) -> Mapping[Target, Answer]:
        named = {one.hostname: one for one in asked}
        words = {one.hostname: list(said) for one, said in asked.items()}
        order = Play(
            playbook=self._playbook,
            hosts={one.hostname: self._variables(one) for one in asked},
            variables={"node_argv": _program(), "node_words": words},
            forks=min(self._ssh.at_once, len(asked)),
            timeout_s=limit_s,
            cwd=self._ssh.sockets(),
        )
        answers = play(
            self._ssh.private,
            order,
            lambda name, told: on_answer(named[name], told),
        )
        return {one: answers[name] for name, one in named.items()}

    def _now(self) -> str:
        return _NOW

    def _variables(self, target: Target) -> Mapping[str, Any]:
        options = self._ssh.options(target)
        return {
            "ansible_host": target.address,
            "ansible_user": self._ssh.user,
            "ansible_python_interpreter": PYTHON,
            "ansible_ssh_private_key_file": str(self._ssh.key),
            "ansible_ssh_args": " ".join(f"-o {one}" for one in options),
        }


def _program() -> list[str]:
    return [PYTHON, f"{INCOMING}/{node_program().name}"]


def _call(words: Words) -> Call:
    def command() -> str:
        now = f"{time.time():.0f}"
        told = [now if word is _NOW else word for word in words]
        return shlex.join(["sudo", "-n", *_program(), *told])

    return Call(command=command)


def _packed(file: str, bundle: str) -> bytes:
    """Give the program and a node's bundle as a tar archive; root's alone there."""
    program = node_program()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        files = {program.name: program.data, file: bundle.encode()}
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            member.mode = 0o600
            archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()
