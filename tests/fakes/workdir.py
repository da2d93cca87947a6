"""A stack's folder, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from tripleo_cli.errors import BusyError, HostError


class FakeWorkdir:
    """Holds ``files``; ``held_by`` plays another run, ``is_full`` a full disk.

    ``meanwhile`` is what another run does just before we get a file for ourselves.
    """

    def __init__(self, root: Path = Path("/nowhere/overcloud")) -> None:
        self.root = root
        self.files: dict[str, str] = {}
        self.held_by: str | None = None
        self.is_full = False
        self.meanwhile: Callable[[], None] = lambda: None
        self._taken: set[str] = set()

    def read(self, name: str) -> str | None:
        return self.files.get(_checked(name))

    def write(self, name: str, text: str) -> Path:
        if self.is_full:
            raise HostError(f"{self.root / name}: no space left on device")
        self.files[_checked(name)] = text
        return self.root / name

    def remove(self, name: str) -> None:
        self.files.pop(_checked(name), None)

    def names(self) -> Iterator[str]:
        return iter(sorted(self.files))

    @contextmanager
    def lock(self, purpose: str) -> Iterator[None]:
        if self.held_by:
            raise BusyError(f"{self.root} is held by {self.held_by}")
        self.held_by = f"this test: {purpose}"
        try:
            yield
        finally:
            self.held_by = None

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        if _checked(name) in self._taken:
            raise HostError(f"another run has held {self.root / name}")
        self.meanwhile()
        self._taken.add(name)
        try:
            yield
        finally:
            self._taken.remove(name)


def _checked(name: str) -> str:
    path = PurePosixPath(name)
    # Parts that begin with a dot: drafts, locks, and "..".
    is_hidden = any(part.startswith(".") for part in path.parts)
    if not name or path.is_absolute() or is_hidden:
        raise ValueError(f"{name!r} is not a name inside the folder")
    return str(path)
