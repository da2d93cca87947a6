"""What can be asked of a machine, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ROOT = "root"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One command to run.

    ``argv`` is world-readable while it runs: secrets go through ``env`` or ``stdin``,
    which are never logged. ``env`` is added to a small, fixed environment. ``user``
    is the system user to run as. ``timeout_s`` is in seconds. An ``interruptible``
    command may be ended half-way, since running it again heals; others are let
    finish. A ``detached`` command starts a daemon, which outlives the run.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    user: str = ROOT
    stdin: str = field(default="", repr=False)
    timeout_s: float = 900
    interruptible: bool = False
    detached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a command ended; ``seconds`` is wall time."""

    returncode: int
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0

    @property
    def succeeded(self) -> bool:
        """Whether it exited with 0."""
        return self.returncode == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it should be: where, what is in it, whose it is, who may read it."""

    path: str
    text: str = field(repr=False)
    owner: str = ROOT
    mode: int = 0o644
