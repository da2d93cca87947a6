"""Heat stacks: status, events, resources.

Source: the Orchestration API, https://docs.openstack.org/api-ref/orchestration/v1/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StackStatus:
    """What Heat does or did last, and how that stands.

    ``action`` is Heat's (CREATE, UPDATE, DELETE, ...), ``status`` one of
    IN_PROGRESS, COMPLETE, FAILED.
    """

    action: str
    status: str

    @property
    def in_progress(self) -> bool:
        """Whether Heat is still at work."""
        return self.status == "IN_PROGRESS"

    @property
    def failed(self) -> bool:
        """Whether the last action went wrong."""
        return self.status == "FAILED"

    def __str__(self) -> str:
        return f"{self.action}_{self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack; times are ISO 8601 in UTC as Heat gives them."""

    id: str
    name: str
    status: StackStatus
    reason: str = ""
    created: str = ""
    updated: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackResource:
    """One resource of a stack or of a stack nested in it.

    ``path`` is where it stands, from the root ("Controller.overcloud-controller-0").
    """

    path: str
    type: str
    physical_id: str
    status: StackStatus
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackEvent:
    """A change of state that Heat recorded, nested stacks included."""

    id: str
    time: str
    path: str
    status: StackStatus
    reason: str = ""
    physical_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackFiles:
    """What Heat is given: a template, the files it refers to, and environments.

    ``files`` maps the names used in the template to their text; ``environment`` is
    the merged environment (``parameter_defaults``, ``resource_registry``, ...).
    """

    template: str
    files: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
