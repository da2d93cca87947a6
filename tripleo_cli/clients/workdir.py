"""The folder of one stack on this machine: plans, rendered templates, reports."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from tripleo_cli.clients.refusals import reason, telling
from tripleo_cli.clients.turns import TURN_SECONDS, turn
from tripleo_cli.errors import BusyError, HostError, InvalidInputError, Problem

FOLDER = "overcloud-deploy"
"""Under the home of whoever deploys; the name is TripleO's own."""

_LOCK = ".lock"
_STACK_NAME = re.compile(r"[A-Za-z][\w.-]{0,254}", re.ASCII)


def workdir_of(stack: str, home: Path) -> LocalWorkdir:
    """Find the folder of a stack; it is made when first written to.

    Raises:
        InvalidInputError: Heat would refuse the name, and so do we: it is a path.
    """
    if not _STACK_NAME.fullmatch(stack):
        rule = "must start with a letter and hold letters, digits, _, - and . only"
        raise InvalidInputError("stack name", [Problem(repr(stack), rule)])
    return LocalWorkdir(home / FOLDER / stack)


class LocalWorkdir:
    """Implements the ``Workdir`` port on a local file system."""

    def __init__(self, root: Path, turn_seconds: float = TURN_SECONDS) -> None:
        self._root = root
        self._turn_seconds = turn_seconds

    def read(self, name: str) -> str | None:
        """Give a file's text as it is, ``None`` where there is none."""
        path = self._path(name)
        try:
            return path.read_bytes().decode()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise HostError(f"cannot read {path}: {reason(error)}") from error

    def write(self, name: str, text: str) -> Path:
        """Write a file whole or not at all; the old one stays where that fails."""
        path = self._path(name)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with telling(f"cannot write {path}", path):
            self._make_folder(path.parent)
            try:
                _write_new(draft, text.encode())
                draft.replace(path)
            except BaseException:
                # Ctrl-C included: drafts would pile up beside the plan.
                with suppress(FileNotFoundError):
                    draft.unlink()
                raise
            _sync(path.parent)
        return path

    def remove(self, name: str) -> None:
        """Remove a file; harmless where there is none."""
        path = self._path(name)
        with telling(f"cannot remove {path}", path):
            path.unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """List the files that are there."""
        files = (path for path in self._root.rglob("*") if path.is_file())
        names = (path.relative_to(self._root) for path in files)
        shown = (name for name in names if not _is_hidden(PurePosixPath(name)))
        return iter(sorted(str(name) for name in shown))

    @contextmanager
    def lock(self, purpose: str) -> Iterator[None]:
        """Hold the stack for this run; the kernel lets go when the process dies."""
        with self._lock_file(_LOCK, self._root) as file:
            with telling(f"cannot lock {self._root}", self._root):
                _hold(file, self._root)
                _note(file, purpose)
            yield

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Have a file for oneself; the kernel lets go when the process dies."""
        path = self._path(name)
        with telling(f"cannot lock {path}", path.parent):
            self._make_folder(path.parent)
        with turn(path, self._turn_seconds):
            yield

    @contextmanager
    def _lock_file(self, name: str, folder: Path) -> Iterator[int]:
        with telling(f"cannot lock {folder}", folder):
            self._make_folder(folder)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            file = os.open(folder / name, flags, 0o600)
        try:
            yield file
        finally:
            os.close(file)

    def _path(self, name: str) -> Path:
        pure = PurePosixPath(name)
        if not name or pure.is_absolute() or ".." in pure.parts or _is_hidden(pure):
            raise ValueError(f"{name!r} is not a name inside the folder")
        return self._root / pure

    def _make_folder(self, folder: Path) -> None:
        """Make a folder and those above it that are missing, for its owner only."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)


def _write_new(path: Path, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)


def _sync(folder: Path) -> None:
    """Make a rename last through a power cut."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _is_hidden(name: PurePosixPath) -> bool:
    return any(part.startswith(".") for part in name.parts)


def _hold(file: int, root: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _busy(os.pread(file, 4096, 0), root) from None


def _note(file: int, purpose: str) -> None:
    """Leave word for whoever finds the lock held."""
    note = {
        "user": _user(),
        "pid": os.getpid(),
        "since": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "purpose": purpose,
    }
    data = json.dumps(note).encode()
    os.pwrite(file, data, 0)
    os.ftruncate(file, len(data))


def _busy(data: bytes, root: Path) -> BusyError:
    try:
        note = json.loads(data)
        who = f"{note['user']} (process {note['pid']})"
        what = f"{who} since {note['since']}, to {note['purpose']}"
        hint = f"wait for it to end, or end it with: kill {note['pid']}"
    except (ValueError, KeyError, TypeError):
        # The holder has not written its note yet.
        what, hint = "another run that has just begun", "wait for it to end"
    return BusyError(f"{root} is held by {what}", hint=hint)


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
