"""Takes secrets out of texts before they leave the node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

MASK = "***"
MIN_LENGTH = 4
"""Shorter texts are words like any other; replacing them would tell more than hide."""

COMMON = frozenset(
    {"absent", "default", "false", "guest", "none", "null", "present", "true", "undef"}
    | {"<service default>"}
)
"""Values that name no secret, or one that anybody guesses: outputs are full of them."""

_TELLING = re.compile(r"(pass(word|phrase|wd)?|secret|token|cookie|_key)$", re.I)
_LOGIN = re.compile(r"(?:://|,)(?P<user>[^/\s:@,]*):(?P<password>[^@/\s]+)@")
"""Who logs in to a server, of an address that may name several."""
_SHOWN_LOGIN = re.compile(r"(://[^/\s:@]*:)[^@/\s]+@")


class Secrets:
    """Knows the secrets of one bundle; replaces them in whatever is printed."""

    def __init__(self, hiera: Mapping[str, Mapping[str, Any]]) -> None:
        known = {text for text in _secrets(hiera) if _is_one(text)}
        known |= {form for text in known for form in (quote(text, ""), unquote(text))}
        # The longest first: one may be part of another.
        ordered = sorted(known, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join(map(re.escape, ordered)) or r"(?!)")

    def hide(self, data: Any) -> Any:
        """Replace secrets in a text, or in all texts of JSON data."""
        if isinstance(data, str):
            return _SHOWN_LOGIN.sub(rf"\1{MASK}@", self._pattern.sub(MASK, data))
        if isinstance(data, Mapping):
            return {key: self.hide(value) for key, value in data.items()}
        if isinstance(data, (list, tuple)):
            return [self.hide(value) for value in data]
        return data


def _is_one(text: str) -> bool:
    """Whether a text can be told from words that mean something else."""
    return len(text) >= MIN_LENGTH and text.lower() not in COMMON


def _secrets(hiera: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for layer, keys in hiera.items():
        if layer == "passwords":
            yield from _texts(keys)
        else:
            # Interpolations name secrets, they are none.
            yield from (text for text in _own(keys) if "%{" not in text)


def _own(data: Any) -> Iterator[str]:
    """Find an operator's own: by their keys, at any depth, and in addresses."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if _TELLING.search(str(key)):
                yield from _texts(_given(value))
            yield from _own(value)
    elif isinstance(data, (list, tuple)):
        for one in data:
            yield from _own(one)
    elif isinstance(data, str):
        yield from _logins(data)


def _logins(text: str) -> Iterator[str]:
    """Find the passwords of an address."""
    for found in _LOGIN.finditer(text) if "://" in text else ():
        # One that is the user's name would hide that everywhere.
        if found["password"] != found["user"]:
            yield found["password"]


def _given(value: Any) -> Any:
    """Take the value of a setting that says more: ``{value: ..., ensure: ...}``."""
    is_setting = isinstance(value, Mapping) and "value" in value
    return value["value"] if is_setting else value


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
