"""Files of which one has to wait for one's turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tripleo_cli.errors import HostError


class FakeTurns:
    """Files that are had by one at a time; who would have to wait is refused."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    @contextmanager
    def turn(self, path: str) -> Iterator[None]:
        if path in self.taken:
            raise HostError(f"another run has held {path}")
        self.taken.add(path)
        try:
            yield
        finally:
            self.taken.remove(path)
