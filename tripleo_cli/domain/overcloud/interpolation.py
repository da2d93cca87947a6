"""Hiera's own interpolation: which keys a text names, and what comes of it.

Source: https://www.puppet.com/docs/puppet/7/hiera_merging.html and
``hiera_interpolation``: ``%{lookup('key')}`` (``hiera`` is its older name) puts a value
into a text, ``%{alias('key')}`` as a whole text stands for the value itself,
``%{literal('%')}`` for a sign. A dot in a key digs into the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Find = Callable[[str], Any]
"""Gives the value of a key; raises :class:`KeyError` where there is none."""

_CALL = re.compile(
    r"%\{\s*(?P<method>lookup|hiera|alias|literal)\(\s*"
    r"(?P<quote>['\"])(?P<key>.*?)(?P=quote)\s*\)\s*\}"
)
_MANIFEST_CALL = re.compile(
    r"\b(?:lookup|hiera|hiera_array|hiera_hash|hiera_include)\s*\(\s*"
    r"(?:\{\s*['\"]?name['\"]?\s*=>\s*)?"
    r"(?P<quote>['\"])(?P<key>[^'\"$]+)(?P=quote)\s*(?P<more>[,)}])"
)


def names_in(value: Any) -> Iterator[str]:
    """Name the keys that data refers to, however deep in it, in order."""
    if isinstance(value, str):
        for call in _CALL.finditer(value):
            if call["method"] != "literal":
                yield call["key"]
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from names_in(str(key))
            yield from names_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from names_in(inner)


def names_in_manifest(text: str) -> Iterator[tuple[str, bool]]:
    """Name the keys that puppet code looks up under names that stand in it.

    Yields:
        The key, and whether it has to be there: a call with more than the key may
        have a default.
    """
    for call in _MANIFEST_CALL.finditer(text):
        yield call["key"], call["more"] == ")"


def without_lookups(text: str) -> str:
    """Give puppet code with variables for the calls whose keys stand in it."""
    return _MANIFEST_CALL.sub(" $found ", text)


def root_of(name: str) -> str:
    """Give the key that a dotted name begins with."""
    return name.partition(".")[0]


def resolve(value: Any, find: Find) -> Any:
    """Put values where data names keys, as hiera does on a node.

    Raises:
        KeyError: It names a key that ``find`` does not know.
        RecursionError: Keys name each other in a circle.
    """
    if isinstance(value, str):
        return _resolve_text(value, find)
    if isinstance(value, Mapping):
        return {
            resolve(key, find): resolve(inner, find) for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [resolve(inner, find) for inner in value]
    return value


def dig(name: str, keys: Mapping[str, Any]) -> Any:
    """Find a key, or a value within one's value by a dotted name.

    Raises:
        KeyError: There is none.
    """
    if name in keys:
        return keys[name]
    root, *path = name.split(".")
    value = keys[root]
    for part in path:
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (IndexError, ValueError, TypeError) as error:
            raise KeyError(name) from error
    return value


def _resolve_text(text: str, find: Find) -> Any:
    whole = _CALL.fullmatch(text.strip())
    if whole and whole["method"] == "alias":
        return resolve(find(whole["key"]), find)
    return _CALL.sub(lambda call: _replacement(call, find), text)


def _replacement(call: re.Match[str], find: Find) -> str:
    if call["method"] == "literal":
        return call["key"]
    found = resolve(find(call["key"]), find)
    # Puppet writes truth in lower case.
    return str(found).lower() if isinstance(found, bool) else str(found)
