"""Orders that the node has taken: kept on its disk, carried out, and remembered.

An order is begun once. One that ended is never begun again, whatever Heat still lists;
one that was cut off (the machine went down) is, for every verb may be repeated.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import re
import shutil
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tripleo_cli.node import files
from tripleo_cli.node.errors import NodeError, file_error
from tripleo_cli.node.system import Site

FORMAT = 1
PYTHON = "/usr/bin/python3"
TRIES = 3
"""How often an order is begun that is cut off each time."""
KNOWN = 500
"""How many orders are remembered after they were taken back."""
MAX_BYTES = 600_000
"""What an answer may take: Heat refuses requests of more than 1 MiB by default."""
_NAME = re.compile(r"\w[\w.-]{0,99}")

Outcome = Mapping[str, Any]
"""``state``, and once that is ``ended``: ``code``, ``answer``, ``failure``."""
Spawn = Callable[[str, int], None]
"""Begins to carry an order out, apart from us, holding a lock's descriptor."""


@dataclass(frozen=True)
class Order:
    """What to run: ``words`` for a program among the files that come with it."""

    words: tuple[str, ...]
    program: str
    files: Mapping[str, bytes]
    timeout_s: float


def read_order(text: str) -> Order:
    """Read an order.

    Raises:
        NodeError: It is none, damaged, or of a format that came later.
    """
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise NodeError(
                f"the order has format {data['format']}, this agent knows {FORMAT}",
                "deploy the node anew: the agent comes with the server",
            )
        return Order(
            words=tuple(data["words"]),
            program=data["program"],
            files={name: _content(name, one) for name, one in data["files"].items()},
            timeout_s=float(data["timeout_s"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise NodeError(f"that is no order: {error!r}") from error


def _content(name: str, packed: Mapping[str, str]) -> bytes:
    content = zlib.decompress(base64.b64decode(packed["zlib"]))
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a file")
    if hashlib.sha256(content).hexdigest() != packed["sha256"]:
        raise ValueError(f"{name} is damaged")
    return content


class Desk:
    """The orders of this node, each in a folder of its own (0700)."""

    def __init__(self, site: Site, spawn: Spawn) -> None:
        self._site = site
        self._spawn = spawn
        self._folder = site.layout.orders
        self._hopeless: dict[str, Outcome] = {}
        """Orders of which not even the failure can be written down."""

    def see(self, listed: Mapping[str, str]) -> Mapping[str, Outcome]:
        """Take what is new, forget what was taken back, and tell of the rest."""
        self._forget(frozenset(listed))
        found = {name: self._outcome(name, text) for name, text in listed.items()}
        return {name: outcome for name, outcome in found.items() if outcome}

    def _outcome(self, name: str, text: str) -> Outcome | None:
        """Say how an order stands; ``None`` for one that was taken back before."""
        if name in self._hopeless:
            return self._hopeless[name]
        try:
            return None if name in self._gone() else self._advance(name, text)
        except NodeError as error:
            self._hopeless[name] = _failed(f"{error} {error.hint}".strip())
            return self._hopeless[name]

    def _advance(self, name: str, text: str) -> Outcome:
        place = self._folder / _safe(name)
        ended = files.read(place / "outcome.json")
        if ended:
            found: Outcome = json.loads(ended)
            return found
        lock = _lock(place)
        if lock is None:
            return {"state": "running"}
        try:
            # It may have ended between our two looks.
            if (place / "outcome.json").exists():
                return self._advance(name, text)
            return self._begin(name, text, place, lock)
        finally:
            os.close(lock)

    def _begin(self, name: str, text: str, place: Path, lock: int) -> Outcome:
        tries = int(files.read(place / "tries") or 0)
        if tries >= TRIES:
            return _end(place, _failed(f"it was cut off {TRIES} times on the node"))
        order = read_order(text)
        if not order.words:
            return _end(place, _ended(0, "", ""))
        files.write(place / "order.json", text)
        files.write(place / "tries", str(tries + 1))
        self._spawn(name, lock)
        return {"state": "running"}

    def _forget(self, listed: frozenset[str]) -> None:
        """Drop what Heat does not list any more: its sender has the answer."""
        if not self._folder.exists():
            return
        for place in sorted(self._folder.iterdir()):
            if not place.is_dir() or place.name in listed:
                continue
            lock = _lock(place)
            if lock is None:
                continue
            os.close(lock)
            try:
                self._remember(place.name)
            except NodeError:
                # The disk is full: it stays, and is dropped at a later look.
                continue
            shutil.rmtree(place, ignore_errors=True)
        for name in self._hopeless.keys() - listed:
            del self._hopeless[name]

    def _remember(self, name: str) -> None:
        known = [*files.read(self._folder / "gone").split(), name]
        files.write(self._folder / "gone", "\n".join(known[-KNOWN:]))

    def _gone(self) -> frozenset[str]:
        return frozenset(files.read(self._folder / "gone").split())


def carry_out(site: Site, name: str) -> None:
    """Do what an order says, and write down what came of it; in a process of its own.

    Raises:
        NodeError: It cannot be written down.
    """
    place = site.layout.orders / _safe(name)
    try:
        order = read_order(files.read(place / "order.json"))
        for file, content in order.files.items():
            files.write_bytes(site.layout.incoming / file, content)
        program = site.layout.incoming / order.program
        ran = site.run([PYTHON, str(program), *order.words], timeout_s=order.timeout_s)
    except NodeError as error:
        _end(place, _failed(f"{error} {error.hint}".strip()))
        return
    if ran.code is None:
        _end(place, _failed(f"it did not end in {order.timeout_s:.0f} s"))
        return
    _end(place, _ended(ran.code, ran.out, ran.error))


def _ended(code: int, printed: str, said: str) -> Outcome:
    packed = base64.b64encode(zlib.compress(printed.encode(), 9)).decode()
    if len(packed) > MAX_BYTES:
        return _failed(f"its answer takes {len(packed)} bytes, too many for Heat")
    outcome = {"state": "ended", "code": code, "answer": packed}
    return {**outcome, "failure": said[-2000:]}


def _failed(why: str) -> Outcome:
    return {"state": "ended", "code": None, "answer": "", "failure": why}


def _end(place: Path, outcome: Outcome) -> Outcome:
    files.write(place / "outcome.json", json.dumps(outcome))
    # It may hold passwords, and is not needed any more.
    (place / "order.json").unlink(missing_ok=True)
    return outcome


def _lock(place: Path) -> int | None:
    """Lock an order; ``None`` where somebody is at work on it."""
    files.folder(place)
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        file = os.open(place / "lock", flags, files.SECRET)
    except OSError as error:
        raise file_error(f"open {place / 'lock'}", error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def _safe(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise NodeError(f"{name!r} is no name of an order")
    return name
