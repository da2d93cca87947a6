"""Units of facts, and the suffixes that an operator may write instead."""

from __future__ import annotations

import re
from typing import Final

_FAMILIES: Final = (
    {
        "MB": 1000**2,
        "GB": 1000**3,
        "TB": 1000**4,
        "MiB": 1024**2,
        "GiB": 1024**3,
        "TiB": 1024**4,
    },
    {"MHz": 10**6, "GHz": 10**9},
    {"Mbit/s": 10**6, "Gbit/s": 10**9},
)
_AMOUNT: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z/]+)")


def alternatives(unit: str) -> tuple[str, ...]:
    """List the units that measure the same thing, the given one included."""
    return tuple(name for family in _FAMILIES if unit in family for name in family)


def convert(number: float, unit: str, base: str) -> float:
    """Give an amount of ``unit`` in ``base``; both measure the same thing."""
    if unit == base:
        return number
    family = next(family for family in _FAMILIES if unit in family)
    # In this order bytes stay whole numbers, so that 240 GB is what a disk of
    # 240 * 1000³ bytes has.
    return number * family[unit] / family[base]


def split_amount(text: str) -> tuple[float, str] | None:
    """Split "200 GB" into its number and its unit, whatever that is."""
    found = _AMOUNT.fullmatch(text.strip())
    return (float(found[1]), found[2]) if found else None


def number_text(value: float) -> str:
    """Write a number for people: at most two digits after the point."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
