"""SSH keys of this machine, in memory."""

from __future__ import annotations

from pathlib import Path

PUBLIC = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJlPTc0rh4rOdDnVVPJvdJ2E9vDq1XfpY9fN8gXy1w0C"
)


class FakeKeyFiles:
    """Implements the ``KeyFiles`` port; every key that is made is the same."""

    def __init__(self) -> None:
        self.made: list[Path] = []

    def exists(self, path: Path) -> bool:
        return path in self.made

    def ensure(self, path: Path) -> str:
        if path not in self.made:
            self.made.append(path)
        return PUBLIC
