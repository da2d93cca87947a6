"""What an operator asks for when deploying a stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
    environment files.
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
