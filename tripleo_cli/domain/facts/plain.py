"""Read single values out of data that nobody has checked.

Each gives ``None`` (or an empty text, mapping or list) for what is missing or odd:
what one machine reports strangely must not hide the rest of what it reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

_YES_NO = {
    "1": True,
    "true": True,
    "yes": True,
    "0": False,
    "false": False,
    "no": False,
}


def mapping(value: object) -> Mapping[str, Any]:
    """Give a mapping, empty where it is none."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> Sequence[Any]:
    """Give a list, empty where it is none."""
    return value if isinstance(value, list | tuple) else ()


def text(value: object) -> str:
    """Give a text or a number as a text without blanks around it."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def number(value: Any) -> float | None:
    """Give a finite number, also from a text ("2400.0000")."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def positive(value: object) -> float | None:
    """Give a number above zero: drivers say 0 or -1 for what they do not know."""
    found = number(value)
    return found if found is not None and found > 0 else None


def whole(value: object) -> int | None:
    """Give a whole number above zero."""
    found = positive(value)
    return int(found) if found is not None and found >= 1 else None


def claim(value: object) -> bool | None:
    """Give true or false, also from the texts that tools write for them."""
    if isinstance(value, bool):
        return value
    return _YES_NO.get(text(value).lower())


def mac(value: object) -> str:
    """Give a MAC address in lower case with colons."""
    return text(value).lower().replace("-", ":")
