"""What is asked of an overcloud from outside of it, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpQuestion:
    """A page to get. It is got once, straight from there: no proxy, no redirect."""

    url: str
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What came back; ``failure`` is why nothing did, and then ``status`` is 0.

    ``body`` is cut where it is long.
    """

    status: int = 0
    body: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswer:
    """What an overcloud listed; ``failure`` is why it did not."""

    records: tuple[Record, ...] = ()
    failure: str = ""
