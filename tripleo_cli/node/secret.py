"""Takes secrets out of texts before they leave the node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

MASK = "***"
MIN_LENGTH = 4
"""Shorter texts are words like any other; replacing them would tell more than hide."""

_TELLING = re.compile(r"(pass(word|phrase|wd)?|secret|token|cookie|_key)$", re.I)


class Secrets:
    """Knows the secrets of one bundle; replaces them in whatever is printed."""

    def __init__(self, hiera: Mapping[str, Mapping[str, Any]]) -> None:
        known = {text for text in _secrets(hiera) if len(text) >= MIN_LENGTH}
        known |= {quote(text, safe="") for text in known}
        # The longest first: one may be part of another.
        ordered = sorted(known, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join(map(re.escape, ordered)) or r"(?!)")

    def hide(self, data: Any) -> Any:
        """Replace secrets in a text, or in all texts of JSON data."""
        if isinstance(data, str):
            return self._pattern.sub(MASK, data)
        if isinstance(data, Mapping):
            return {key: self.hide(value) for key, value in data.items()}
        if isinstance(data, (list, tuple)):
            return [self.hide(value) for value in data]
        return data


def _secrets(hiera: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for layer, keys in hiera.items():
        for key, value in keys.items():
            if layer == "passwords":
                yield from _texts(value)
            elif _TELLING.search(key):
                # An operator's own; interpolations name secrets, they are none.
                yield from (text for text in _texts(value) if "%{" not in text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        # Keys of several lines are shown line by line in diffs.
        yield from (line for line in value.splitlines() if line != value)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)
