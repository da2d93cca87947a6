"""What a field of a spec line asks of the text in the same field of a fact.

All facts are texts, as their collector gives them. Conditions on numbers read the
text as a number, whole or with a fraction, in the unit of the fact (disk sizes are
GB, memory is bytes); a text that is no number fulfils none of them.
"""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from tripleo_cli.domain.expression import Expression

Number = int | float
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

COMPARISONS: Final[Mapping[str, Callable[[Number, Number], bool]]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


class Condition(Protocol):
    """One condition, or several put together."""

    def accepts(self, text: str) -> bool:
        """Say whether a text fulfils it."""


def number_in(text: str) -> Number | None:
    """Read a number; ``None`` where the text is none (``1000GB``, ``nan``)."""
    if "_" in text:  # Python's own way to write 1_000
        return None
    try:
        # Whole numbers stay exact: bytes of memory outgrow what a float tells apart.
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return None
    return None if value != value else value  # noqa: PLR0124 - only nan differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal:
    """The very text."""

    text: str

    def accepts(self, text: str) -> bool:
        """Say whether it is the same text."""
        return text == self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A number above or below a bound; ``name`` is ``gt``, ``ge``, ``lt`` or ``le``."""

    name: str
    bound: Number

    def accepts(self, text: str) -> bool:
        """Say whether it is such a number."""
        value = number_in(text)
        return value is not None and COMPARISONS[self.name](value, self.bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A number from ``low`` to ``high``, both included."""

    low: Number
    high: Number

    def accepts(self, text: str) -> bool:
        """Say whether it is such a number."""
        value = number_in(text)
        return value is not None and self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """One of several texts."""

    texts: frozenset[str]

    def accepts(self, text: str) -> bool:
        """Say whether it is one of them."""
        return text in self.texts


@dataclass(frozen=True, slots=True, kw_only=True)
class InNetwork:
    """An IPv4 or IPv6 address in a network."""

    network: Network

    def accepts(self, text: str) -> bool:
        """Say whether it is such an address."""
        try:
            return ipaddress.ip_address(text) in self.network
        except ValueError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """A text in which a regular expression is found, anywhere."""

    expression: Expression

    def accepts(self, text: str) -> bool:
        """Say whether it is found."""
        return self.expression.found_in(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The opposite of a condition."""

    condition: Condition

    def accepts(self, text: str) -> bool:
        """Say whether the text does not fulfil the inner one."""
        return not self.condition.accepts(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """All of several conditions."""

    conditions: tuple[Condition, ...]

    def accepts(self, text: str) -> bool:
        """Say whether the text fulfils every one."""
        return all(one.accepts(text) for one in self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """At least one of several conditions."""

    conditions: tuple[Condition, ...]

    def accepts(self, text: str) -> bool:
        """Say whether the text fulfils any."""
        return any(one.accepts(text) for one in self.conditions)
