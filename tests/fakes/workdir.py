"""A stack's folder, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from tripleo_cli.errors import BusyError, HostError


class FakeWorkdir:
    """Holds ``files``; ``held_by`` plays another run, ``is_full`` a full disk."""

    def __init__(self, root: Path = Path("/nowhere/overcloud")) -> None:
        self.root = root
        self.files: dict[str, str] = {}
        self.held_by: str | None = None
        self.is_full = False

    def read(self, name: str) -> str | None:
        return self.files.get(_checked(name))

    def write(self, name: str, text: str) -> Path:
        if self.is_full:
            raise HostError(f"{self.root / name}: no space left on device")
        self.files[_checked(name)] = text
        return self.root / name

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


def _checked(name: str) -> str:
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{name!r} is not a name inside the folder")
    return str(path)
