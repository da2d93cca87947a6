"""Trying an overcloud as its users will: what is made, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

PREFIX = "tripleo-validate-"
"""How the names of all that trials make begin."""
_NAME = re.compile(rf"{PREFIX}(\d{{8}}T\d{{6}})-[0-9a-f]+")


def trial_name(began: datetime, token: str) -> str:
    """Name a trial, and all that it makes; ``token`` sets it apart from others."""
    return f"{PREFIX}{began:%Y%m%dT%H%M%S}-{token}"


def is_earlier(name: str, ours: str) -> bool:
    """Whether a thing is of a trial that began before ours.

    A name without a time is of a version before there were any.
    """
    if not name.startswith(PREFIX):
        return False
    one, other = _NAME.fullmatch(name), _NAME.fullmatch(ours)
    if one is None:
        return name != ours
    return other is not None and one[1] < other[1]


class Thing(Enum):
    """What users of an overcloud make, each after what it needs."""

    IMAGE = "image"
    NETWORK = "network"
    SUBNET = "subnet"
    ROUTER = "router"
    FLAVOR = "flavor"
    SERVER = "server"

    @property
    def service(self) -> str:
        """The type of the service that has it, as in the catalogue."""
        if self is Thing.IMAGE:
            return "image"
        is_novas = self in (Thing.FLAVOR, Thing.SERVER)
        return "compute" if is_novas else "network"


READY = frozenset({"active", "ACTIVE"})
"""What services call a thing that can be used."""
BROKEN = frozenset({"error", "ERROR", "killed", "deleted", "SHUTOFF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingState:
    """How a thing stands, in its service's word; ``status`` is empty if it is gone."""

    status: str = ""
    reason: str = ""


class Verdict(Enum):
    """What came of one part of a trial."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    """The overcloud has nothing that could do it, or somebody needs what is to go."""
    NOT_TRIED = "not tried"
    """Something that it needs has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One part of a trial; ``seconds`` is wall time."""

    what: str
    verdict: Verdict
    seconds: float = 0.0
    detail: str = ""


def failures(tried: tuple[Tried, ...]) -> tuple[Tried, ...]:
    """Give the parts that failed."""
    return tuple(one for one in tried if one.verdict is Verdict.FAILED)
