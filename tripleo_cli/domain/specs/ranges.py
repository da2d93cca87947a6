"""Expand ranges: ``10.0.0.10-12`` is three addresses, ``host08-10`` three names.

A CMDB may be written as one entry with ranges, from which one entry for each machine
is made. Keys that begin with ``=`` say what is to be expanded (and lose the sign);
where no key does, every text with a range is, and a list gives its items in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any, Final

Model = Mapping[str, Any]

MARK: Final = "="
MAX_ENTRIES: Final = 100_000

_MAX_DIGITS: Final = 40
_RANGES: Final = re.compile(r"(.*?)([0-9]+-[0-9]+(?::[0-9]+-[0-9]+)*)(.*)", re.DOTALL)
_ADDRESSES: Final = re.compile(r"[0-9:-]+(?:\.[0-9:-]+){3}")


class TooManyError(ValueError):
    """A model has more than :data:`MAX_ENTRIES` entries."""


def generate(model: Model) -> list[dict[str, Any]]:
    """Make one entry for each step of the ranges; the shortest says how many.

    Raises:
        TooManyError: There would be too many.
    """
    entries = _entries(model, is_marked=_has_marks(model))
    if entries is None:
        return [dict(model)]
    made = list(islice(entries, MAX_ENTRIES + 1))
    if len(made) > MAX_ENTRIES:
        raise TooManyError(f"more than {MAX_ENTRIES} entries")
    return made


def generate_by_name(model: Mapping[str, Model]) -> dict[str, dict[str, Any]]:
    """Make named entries: ranges are in the names too, as many as in their values.

    What is said of a name twice is merged, the later over the earlier.

    Raises:
        TooManyError: There would be too many.
    """
    is_marked = _has_marks(model)
    made: dict[str, dict[str, Any]] = {}
    for key, inner in model.items():
        if is_marked and not key.startswith(MARK):
            made[key] = merged(made.get(key, {}), inner)
            continue
        names = _texts(key.removeprefix(MARK)) or iter([key.removeprefix(MARK)])
        for name, entry in zip(names, generate(inner), strict=False):
            made[name] = merged(made.get(name, {}), entry)
    return made


def merged(first: Model, second: Model) -> dict[str, Any]:
    """Put two mappings together; the second wins, lists are joined."""
    result = dict(first)
    for key, value in second.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = merged(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            result[key] = old + value
        else:
            result[key] = value
    return result


def _has_marks(model: Mapping[str, Any]) -> bool:
    return any(
        key.startswith(MARK) or (isinstance(value, Mapping) and _has_marks(value))
        for key, value in model.items()
    )


def _entries(model: Model, *, is_marked: bool) -> Iterator[dict[str, Any]] | None:
    """Expand a mapping; ``None`` where nothing in it is to be expanded."""
    constant: dict[str, Any] = {}
    varying: dict[str, Iterator[Any]] = {}
    for key, value in model.items():
        values = None
        if key.startswith(MARK) or not is_marked:
            values = _values(value, is_marked=is_marked)
        name = key.removeprefix(MARK) if is_marked else key
        constant[name] = value  # keeps the order of keys
        if values is not None:
            varying[name] = values
    if not varying:
        return None
    return _in_step(constant, varying)


def _in_step(
    constant: dict[str, Any], varying: dict[str, Iterator[Any]]
) -> Iterator[dict[str, Any]]:
    for values in zip(*varying.values(), strict=False):
        yield constant | dict(zip(varying, values, strict=True))


def _values(value: object, *, is_marked: bool) -> Iterator[Any] | None:
    if isinstance(value, str):
        return _texts(value)
    if isinstance(value, list):
        return iter(value)
    if isinstance(value, Mapping):
        return _entries(value, is_marked=is_marked)
    return None


def _texts(pattern: str) -> Iterator[str] | None:
    """Expand a text; ``None`` where there is no range in it."""
    if _ADDRESSES.fullmatch(pattern) and re.search("[:-]", pattern):
        # Each part is bounded, or a slip of the hand would fill the memory here.
        parts = [
            list(islice(_numbers(part), MAX_ENTRIES + 1)) for part in pattern.split(".")
        ]
        return (".".join(numbers) for numbers in product(*parts))
    found = _RANGES.fullmatch(pattern)
    if not found:
        return None
    head, numbers, tail = found.groups()
    return (f"{head}{number}{tail}" for number in _numbers(numbers))


def _numbers(ranges: str) -> Iterator[str]:
    """Count through ranges such as ``08-10:20-18``, with their leading zeros."""
    for part in ranges.split(":"):
        low, dash, high = part.partition("-")
        is_range = dash and low.isdigit() and high.isdigit()
        if not is_range or len(part) > _MAX_DIGITS:
            yield part
            continue
        width = len(low) if low.startswith("0") else 0
        step = 1 if int(high) >= int(low) else -1
        for number in range(int(low), int(high) + step, step):
            yield f"{number:0{width}d}"
