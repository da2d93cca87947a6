"""Commands on many nodes at once, each by an ssh of its own.

Connections are kept open for a minute and shared (ControlMaster), so that a command
costs one round trip. They belong to a machine, as its host key does, which is learnt at
first contact into the stack's folder: a machine made anew at an address gets its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tripleo_cli.clients.answer import Answer
from tripleo_cli.clients.node_answers import Way
from tripleo_cli.domain.overcloud.outcome import Target
from tripleo_cli.errors import HostError

KNOWN_HOSTS = "known_hosts"
FOLDER = ".push"
LOGIN_S = 15
"""How long a node may take to let us in."""
AT_ONCE = 20
"""How many nodes are talked to at a time."""
_STALE_S = 7 * 24 * 3600
_SSH_FAILED = 255
_SOCKET_DIGITS = 32
_KEY_WORDS = 3
"""Names, the kind of key, the key; a comment may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A command for a node's shell, and what it reads from standard input.

    ``command`` is asked for when it is the node's turn: of many, some wait for long.
    """

    command: Callable[[], str]
    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ssh:
    """How the nodes of a stack are logged in to.

    Attributes:
        folder: The stack's folder; what it takes to talk to nodes is kept there.
        key: The private key's file.
        user: Whom to log in as; may do everything by sudo.
        at_once: How many nodes to talk to at a time.
    """

    folder: Path
    key: Path
    user: str
    at_once: int = AT_ONCE

    @property
    def private(self) -> Path:
        """Where files of this machine are that others must not see."""
        return self.folder / FOLDER

    def way(self, target: Target) -> Way:
        """Say how a node is reached."""
        return Way(
            target=target,
            user=self.user,
            key=str(self.key),
            known_hosts=str(self.folder / KNOWN_HOSTS),
        )

    def host_keys(self, targets: Iterable[Target]) -> Mapping[str, Sequence[str]]:
        """Give the keys that were learnt of nodes' machines, by host name.

        Raises:
            HostError: The file with them cannot be read.
        """
        path = self.folder / KNOWN_HOSTS
        try:
            lines = path.read_text().splitlines() if path.exists() else []
        except OSError as error:
            raise HostError(f"cannot read {path}: {error.strerror}") from error
        known = [pair for line in lines if (pair := _known(line))]
        return {
            one.hostname: [
                key for names, key in known if self.way(one).alias.lower() in names
            ]
            for one in targets
        }

    def run(
        self, calls: Mapping[Target, Call], limit_s: float
    ) -> Mapping[Target, Answer]:
        """Run commands on nodes, each to its end or for so many seconds.

        Raises:
            HostError: This machine has no ssh, or no place for its files.
            KeyboardInterrupt: Ctrl-C; nobody talks to a node any more.
        """
        return asyncio.run(self._all(calls, limit_s, self.sockets()))

    def sockets(self) -> Path:
        """Have our folders, and give the one that ssh has to be started in.

        Its sockets are there, by names: their paths could be longer than the 107
        bytes that the kernel allows.

        Raises:
            HostError: They cannot be made.
        """
        sockets = self.private / "ssh"
        try:
            for folder in (self.folder, self.private, sockets):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sweep(self.private)
        except OSError as error:
            raise HostError(f"cannot make {self.private}: {error.strerror}") from error
        return sockets

    def options(self, target: Target) -> Iterator[str]:
        """Give ssh's options for a node, as ``-o`` takes them."""
        way = self.way(target)
        yield f"UserKnownHostsFile={way.known_hosts}"
        yield f"HostKeyAlias={way.alias}"
        yield "StrictHostKeyChecking=accept-new"
        yield "HashKnownHosts=no"
        yield "IdentitiesOnly=yes"
        yield "BatchMode=yes"
        yield f"ConnectTimeout={LOGIN_S}"
        yield "ServerAliveInterval=15"
        yield "ServerAliveCountMax=3"
        yield "ControlMaster=auto"
        yield "ControlPersist=60s"
        yield f"ControlPath={_socket(way)}"

    async def _all(
        self, calls: Mapping[Target, Call], limit_s: float, sockets: Path
    ) -> Mapping[Target, Answer]:
        places = asyncio.Semaphore(self.at_once)

        async def run(target: Target, call: Call) -> Answer:
            async with places:
                words = (*self._login(target), call.command())
                return await _answer(words, call.data, limit_s, sockets)

        answers = await asyncio.gather(*(run(*one) for one in calls.items()))
        return dict(zip(calls, answers, strict=True))

    def _login(self, target: Target) -> Sequence[str]:
        words = [word for one in self.options(target) for word in ("-o", one)]
        return ["ssh", *words, "-i", str(self.key), f"{self.user}@{target.address}"]


def _known(line: str) -> tuple[Sequence[str], str] | None:
    """Read names and key of a line of ``known_hosts``; ``None`` where it is no key."""
    words = line.split()
    if len(words) < _KEY_WORDS or words[0][0] in "#@":
        return None
    return words[0].split(","), f"{words[1]} {words[2]}"


def _socket(way: Way) -> str:
    """Name a connection by all that makes it another one."""
    about = f"{way.user}@{way.target.address} {way.alias}"
    return hashlib.sha256(about.encode()).hexdigest()[:_SOCKET_DIGITS]


async def _answer(
    argv: Sequence[str], data: bytes, limit_s: float, cwd: Path
) -> Answer:
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=pipe, stdout=pipe, stderr=pipe, cwd=cwd
        )
    except FileNotFoundError as error:
        hint = "install it: apt-get install openssh-client"
        raise HostError("there is no ssh on this machine", hint=hint) from error
    try:
        printed, said = await asyncio.wait_for(process.communicate(data), limit_s)
    except TimeoutError:
        why = f"it does not answer within {limit_s:.0f} s"
        return Answer(failure=why, code=_SSH_FAILED, is_reached=False)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Answer(
        printed=printed.decode(errors="replace"),
        code=process.returncode,
        failure=said.decode(errors="replace"),
        is_reached=process.returncode != _SSH_FAILED,
    )


def _sweep(folder: Path) -> None:
    """Remove what runs left that were killed; no run takes as long."""
    for path in folder.glob("run-*"):
        if path.stat().st_mtime < time.time() - _STALE_S:
            shutil.rmtree(path, ignore_errors=True)
