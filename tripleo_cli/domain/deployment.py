"""What an operator asks for when deploying a stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tripleo_cli.domain.matching import Mode
from tripleo_cli.domain.overcloud.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A wish for one node of a role; either part may be empty.

    ``node`` is a node's name or UUID in Ironic.
    """

    hostname: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCount:
    """What one source (a file, or the flags) says of how many nodes a role gets."""

    role: str
    number: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRequest:
    """A deployment, as flags and files together describe it.

    Roles that ``counts`` does not name keep the number of nodes that they run with,
    or get their default where the stack is new. ``parameters`` are merged
    ``parameter_defaults``, ``registry`` the merged ``resource_registry`` of the
    environment files. ``key`` is Nova's key pair for nodes that are configured; none
    are where it is empty.
    """

    stack: str
    counts: Mapping[str, int] = field(default_factory=dict)
    instances: Mapping[str, tuple[Instance, ...]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    registry: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """Templates that the registry refers to, by the names used there."""
    given: tuple[GivenCount, ...] = ()
    """All that was said about counts, the source that wins last."""
    key: str = ""
    services: Mapping[str, Service] = field(default_factory=dict)
    """What nodes are configured by; where it is empty, none are."""
    mode: Mode | None = None
    """How strictly nodes are judged; ``None`` where it is to be chosen."""
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """A file and a line by key of hiera, by the parameter that gives it."""
    words: tuple[str, ...] = ()
    """The operator's options on roles and mode, as another command repeats them."""

    @property
    def strictness(self) -> Mode:
        """The mode; strict as long as none was chosen."""
        return self.mode or Mode.SCALE
