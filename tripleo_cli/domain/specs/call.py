"""Read the functions of spec files: ``gt(10)``, ``and(gt(20), not(in(30, 40)))``."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from tripleo_cli.domain.expression import ExpressionFlawError, expression
from tripleo_cli.domain.specs.condition import (
    Between,
    Compared,
    Condition,
    Either,
    Equal,
    Every,
    InNetwork,
    Matching,
    Not,
    Number,
    OneOf,
    number_in,
)
from tripleo_cli.domain.suggestion import did_you_mean

MAX_DEPTH: Final = 50
"""How deep functions may stand in functions."""


class FlawError(ValueError):
    """A text cannot be read: where (characters before it), what, and the remedy."""

    def __init__(self, offset: int, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.offset = offset
        self.what = what
        self.remedy = remedy


class Cursor:
    """A place in a text that is being read."""

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset
        self.depth = 0

    def skip_space(self) -> None:
        """Go to the next character that is not a space."""
        while self.offset < len(self.text) and self.text[self.offset].isspace():
            self.offset += 1

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Read what a pattern finds right here; ``None`` where it finds nothing."""
        found = pattern.match(self.text, self.offset)
        if not found:
            return None
        self.offset = found.end()
        return found[0]

    def expect_end(self) -> None:
        """Refuse what follows the last bracket."""
        self.skip_space()
        rest = self.text[self.offset :]
        if rest:
            raise FlawError(self.offset, f'"{rest}" follows the last bracket')

    def close(self) -> None:
        """Read the bracket that ends a function."""
        self.skip_space()
        if self.text[self.offset : self.offset + 1] != ")":
            raise self._not_closed()
        self.offset += 1

    def next_argument(self) -> bool:
        """Read a comma; ``False`` where the function ends here instead."""
        self.skip_space()
        if self.text[self.offset : self.offset + 1] != ",":
            return False
        self.offset += 1
        return True

    def argument(self) -> str:
        """Read one text, quoted or not; it ends at a comma or at the bracket."""
        self.skip_space()
        quoted = self.take(_QUOTED)
        if quoted is not None:
            return quoted[1:-1]
        start = self.offset
        depth = 0
        while self.offset < len(self.text):
            character = self.text[self.offset]
            if depth == 0 and character in ",)":
                break
            depth += {"(": 1, ")": -1}.get(character, 0)
            self.offset += 1
        text = self.text[start : self.offset].strip()
        if not text:
            raise FlawError(start, "an argument is missing", 'an empty text is ""')
        return text

    def pattern(self) -> str:
        """Read a regular expression; commas and paired brackets are part of it."""
        self.skip_space()
        quoted = self.take(_QUOTED)
        if quoted is not None:
            return quoted[1:-1]
        start = self.offset
        depth = 0
        while True:
            piece = self.take(_PIECE)
            if piece is None:
                raise self._not_closed()
            depth += {"(": 1, ")": -1}.get(piece, 0)
            if depth < 0:
                self.offset -= 1
                return self.text[start : self.offset]

    def _not_closed(self) -> FlawError:
        if self.offset < len(self.text):
            what = f'")" or "," is missing before "{self.text[self.offset :]}"'
        else:
            what = 'the closing ")" is missing'
        return FlawError(self.offset, what)


def condition_at(cursor: Cursor) -> Condition:
    """Read a function, or a text to be equal to."""
    cursor.skip_space()
    start = cursor.offset
    name = (cursor.take(_OPENING) or "").rstrip("(")
    if not name:
        return _equal(cursor)
    cursor.depth += 1
    if cursor.depth > MAX_DEPTH:
        raise FlawError(start, f"functions are nested deeper than {MAX_DEPTH}")
    condition = _READERS[name](cursor)
    if cursor.next_argument():
        raise FlawError(cursor.offset - 1, f"{name}() takes fewer arguments")
    cursor.close()
    cursor.depth -= 1
    return condition


def refuse_unknown(text: str, offset: int) -> None:
    """Refuse what looks like a function and is none of ours.

    Names of products may end in brackets too (``Gen8 (641016-B21)``, ``Intel(R)``),
    but none was seen that is one word in small letters before them.

    Raises:
        FlawError: It looks like one; the remedy says how to mean the text itself.
    """
    looks = _LOOKS_LIKE_CALL.fullmatch(text)
    if looks:
        remedy = did_you_mean(looks[1], FUNCTIONS)
        remedy = remedy or f'to mean the text itself: in("{text.strip()}")'
        raise FlawError(
            offset + looks.start(1), f'unknown function "{looks[1]}"', remedy
        )


def _equal(cursor: Cursor) -> Condition:
    start = cursor.offset
    is_quoted = _QUOTED.match(cursor.text, start)
    text = cursor.argument()
    if not is_quoted:
        refuse_unknown(text, start)
    return Equal(text=text)


def _number(cursor: Cursor) -> Number:
    cursor.skip_space()
    start = cursor.offset
    text = cursor.argument()
    value = number_in(text)
    if value is None:
        remedy = "numbers stand without unit: GB for disks, bytes for memory"
        if text.startswith("$"):
            remedy = "variables cannot stand in functions"
        raise FlawError(start, f'"{text}" is not a number', remedy)
    return value


def _compared(name: str, cursor: Cursor) -> Condition:
    return Compared(name=name, bound=_number(cursor))


def _between(cursor: Cursor) -> Condition:
    start = cursor.offset
    low = _number(cursor)
    if not cursor.next_argument():
        raise FlawError(cursor.offset, "range() takes two numbers")
    high = _number(cursor)
    if low > high:
        remedy = f"write range({high}, {low})"
        raise FlawError(start, "no number is in this range", remedy)
    return Between(low=low, high=high)


def _one_of(cursor: Cursor) -> Condition:
    texts = [cursor.argument()]
    while cursor.next_argument():
        texts.append(cursor.argument())
    return OneOf(texts=frozenset(texts))


def _in_network(cursor: Cursor) -> Condition:
    cursor.skip_space()
    start = cursor.offset
    text = cursor.argument()
    try:
        return InNetwork(network=ipaddress.ip_network(text, strict=False))
    except ValueError:
        what = f'"{text}" is not a network'
        raise FlawError(start, what, "such as 192.168.2.0/24") from None


def _matching(cursor: Cursor) -> Condition:
    cursor.skip_space()
    start = cursor.offset
    text = cursor.pattern()
    try:
        return Matching(expression=expression(text))
    except ExpressionFlawError as flaw:
        what = f"not a regular expression: {flaw.reason}"
        raise FlawError(start + flaw.position, what) from None


def _not(cursor: Cursor) -> Condition:
    return Not(condition=condition_at(cursor))


def _conditions(cursor: Cursor) -> tuple[Condition, ...]:
    conditions = [condition_at(cursor)]
    while cursor.next_argument():
        conditions.append(condition_at(cursor))
    return tuple(conditions)


def _every(cursor: Cursor) -> Condition:
    return Every(conditions=_conditions(cursor))


def _either(cursor: Cursor) -> Condition:
    return Either(conditions=_conditions(cursor))


_READERS: Final[Mapping[str, Callable[[Cursor], Condition]]] = {
    **{name: partial(_compared, name) for name in ("gt", "ge", "lt", "le")},
    "range": _between,
    "in": _one_of,
    "network": _in_network,
    "regexp": _matching,
    "not": _not,
    "and": _every,
    "or": _either,
}
FUNCTIONS: Final = tuple(_READERS)

_LOOKS_LIKE_CALL: Final = re.compile(r"\s*([a-z_][a-z0-9_]*)\(.*\)\s*", re.DOTALL)
_OPENING: Final = re.compile(rf"(?:{'|'.join(FUNCTIONS)})\(")
# A quote is one only where the argument ends with it: in(5" disk) needs none.
_QUOTED: Final = re.compile(r"""(?:"[^"]*"|'[^']*')(?=\s*[,)])""")
# An escaped character, a set of characters (which may begin with "]"), or any other.
_PIECE: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
