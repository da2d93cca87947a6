"""What building images needs from the world.

All methods raise :class:`~tripleo_cli.errors.HostError` when the machine refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from tripleo_cli.domain.host import Call
from tripleo_cli.domain.image.built import BuiltFile, BuiltImage, Work
from tripleo_cli.domain.image.machine import BuildMachine


class ImageBuilder(Protocol):
    """What builds images on this machine."""

    def machine(self, packages: Sequence[str], temp_dir: str) -> BuildMachine:
        """Find out what this machine has; ``packages`` are those it should have."""

    def version(self) -> str:
        """Tell the builder's version; empty where it is not installed."""

    def program(self) -> str:
        """Find the builder's program."""

    def architectures(self) -> Sequence[str]:
        """List the architectures whose programs this machine runs, by all names."""

    def elements(self, folders: Iterable[str]) -> Mapping[str, str]:
        """List elements, by name, with their folders; the builder's own too."""

    def digest(self, names: Iterable[str], folders: Sequence[str]) -> str:
        """Hash all files of elements, and of those that they need, in folders.

        Elements that are in none of the folders are the builder's own, which its
        version says all of.
        """

    def apt_targets(self) -> Sequence[str]:
        """Give apt's index targets; nothing where there is no apt."""

    def apt_settings(self) -> Sequence[str]:
        """Give apt's settings; nothing where there is no apt."""

    def install(self, packages: Sequence[str]) -> None:
        """Install packages of the distribution."""

    def build(self, call: Call, log: str, on_line: Callable[[str], None]) -> int | None:
        """Run a build to its end and give its exit code; what it says is logged.

        One that takes longer than the call allows is ended, with all that it started,
        and has no exit code.
        """


class ImageStore(Protocol):
    """Images that were built, kept by what they were built from."""

    def find(self, digest: str) -> BuiltImage | None:
        """Look a whole build up."""

    def work(self, temp: Path) -> AbstractContextManager[Work]:
        """Give empty folders for one build, under a lock; they are removed after.

        Args:
            temp: Where the folder for what is temporary is made.

        Raises:
            BusyError: Another build has them.
        """

    def kept(self) -> Path:
        """Give the folder for what later builds need again."""

    def write(self, work: Work, name: str, text: str) -> str:
        """Write a file for a build, and give its path."""

    def read(self, work: Work, name: str) -> str:
        """Read a file that a build wrote."""

    def describe(self, path: Path, form: str) -> BuiltFile:
        """Measure a file."""

    def path(self, image: BuiltImage, name: str) -> str:
        """Tell where a file of a whole build is kept."""

    def keep(self, image: BuiltImage, work: Work) -> None:
        """Make what is in a work folder the build of its digest, all at once."""

    def keep_log(self, log: Path, target: Path) -> Path:
        """Save the log of a build that failed, and give its place."""

    def publish(self, image: BuiltImage, output: Path) -> Sequence[Path]:
        """Put a build's files to where an operator wants them, if they are not."""
