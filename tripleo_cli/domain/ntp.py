"""What a time server answers.

Source: RFC 5905 (NTP version 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PARAMETERS = ("NtpServer", "NtpPool")
"""TripleO's parameters that name time servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAnswer:
    """How far a server's time is ahead of ours, in seconds; or why nobody knows.

    ``failure`` is empty where the server answered.
    """

    offset_seconds: float = 0.0
    failure: str = ""


def servers_in(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the time servers that environment files configure, each once, in order.

    TripleO takes lists, and texts with commas between names.
    """
    names: dict[str, None] = {}
    for key in PARAMETERS:
        value = parameters.get(key) or ()
        listed = value if isinstance(value, list | tuple) else str(value).split(",")
        names |= dict.fromkeys(str(name).strip() for name in listed)
    return tuple(name for name in names if name)
