"""What the value of one fact must be.

A check judges values that are known and says itself in words. ``phrase`` follows a
noun ("of at least 200 GB", "with model matching ..."), ``need`` follows "needs".
"""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache, partial
from typing import Any, Final, Protocol

from tripleo_cli.domain.expression import expression
from tripleo_cli.domain.facts.units import convert, number_text

Test = Callable[[Any], bool]
Scalar = str | float
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Check(Protocol):
    """A frozen value that judges the value of a fact."""

    @property
    def phrase(self) -> str:
        """The check in words that follow what it is about."""

    @property
    def need(self) -> str:
        """The check in words that follow "needs"."""

    def test(self) -> Test:
        """Give a function that tells whether a value passes."""

    def negated(self) -> Check:
        """Give the check that exactly the other values pass."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What numbers are shown in, and what they are compared in."""

    shown: str = ""
    stored: str = ""

    def to_stored(self, number: float) -> float:
        """Convert a number as shown into one that can be compared."""
        return convert(number, self.shown, self.stored)

    def write(self, stored: float) -> str:
        """Write a stored number with its unit."""
        amount = convert(stored, self.stored, self.shown)
        return f"{number_text(amount)} {self.shown}".rstrip()


class Relation(Enum):
    """How a number stands to a limit, in words."""

    AT_LEAST = "at least"
    ABOVE = "more than"
    AT_MOST = "at most"
    BELOW = "less than"


# A value is the second operand: limit <= value.
_TESTS: Final = {
    Relation.AT_LEAST: operator.le,
    Relation.ABOVE: operator.lt,
    Relation.AT_MOST: operator.ge,
    Relation.BELOW: operator.gt,
}
_OPPOSITE: Final = {
    Relation.AT_LEAST: Relation.BELOW,
    Relation.BELOW: Relation.AT_LEAST,
    Relation.AT_MOST: Relation.ABOVE,
    Relation.ABOVE: Relation.AT_MOST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A number on one side of a limit, which is in the unit that is shown."""

    relation: Relation
    limit: float
    unit: Unit = Unit()

    @property
    def phrase(self) -> str:
        """Say it: "at least 200 GB"."""
        amount = f"{number_text(self.limit)} {self.unit.shown}".rstrip()
        return f"{self.relation.value} {amount}"

    @property
    def need(self) -> str:
        """Say it after "needs"."""
        return self.phrase

    def test(self) -> Test:
        """Compare with the limit."""
        return partial(_TESTS[self.relation], self.unit.to_stored(self.limit))

    def negated(self) -> Bound:
        """Take the other side of the limit."""
        return replace(self, relation=_OPPOSITE[self.relation])


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """One of some values, or none of them; texts without regard to case."""

    values: tuple[Scalar, ...]
    is_wanted: bool = True
    unit: Unit = Unit()

    @property
    def phrase(self) -> str:
        """Say it: '"uefi"', 'neither "HP" nor "Dell"'."""
        shown = [self._show(value) for value in self.values]
        if self.is_wanted:
            return " or ".join(shown)
        other = f"neither {' nor '.join(shown)}"
        return f"other than {shown[0]}" if len(shown) == 1 else other

    @property
    def need(self) -> str:
        """Say it after "needs"."""
        alone = len(self.values) == 1 and not self.is_wanted
        return f"one {self.phrase}" if alone else self.phrase

    def test(self) -> Test:
        """Look the value up."""
        known = {_fold(self._stored(value)) for value in self.values}
        if self.is_wanted:
            return lambda value: _fold(value) in known
        return lambda value: _fold(value) not in known

    def negated(self) -> Among:
        """Ask for any other value."""
        return replace(self, is_wanted=not self.is_wanted)

    def _stored(self, value: Scalar) -> Scalar:
        return value if isinstance(value, str) else self.unit.to_stored(value)

    def _show(self, value: Scalar) -> str:
        if isinstance(value, str):
            return f'"{value}"'
        return f"{number_text(value)} {self.unit.shown}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A text that a regular expression is found in, or is not."""

    expression: str
    is_wanted: bool = True

    @property
    def phrase(self) -> str:
        """Say it: 'matching "^ProLiant"'."""
        return f'{"" if self.is_wanted else "not "}matching "{self.expression}"'

    @property
    def need(self) -> str:
        """Say it after "needs"."""
        return f"one {self.phrase}"

    def test(self) -> Test:
        """Search the text."""
        found_in = expression(self.expression).found_in
        return lambda value: found_in(value) is self.is_wanted

    def negated(self) -> Pattern:
        """Ask for texts in which it is not found."""
        return replace(self, is_wanted=not self.is_wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class InNetworks:
    """An address in one of some networks, or in none of them."""

    networks: tuple[Network, ...]
    is_wanted: bool = True

    @property
    def phrase(self) -> str:
        """Say it: "in 10.0.0.0/8"."""
        names = " or ".join(map(str, self.networks))
        return f"{'in' if self.is_wanted else 'outside'} {names}"

    @property
    def need(self) -> str:
        """Say it after "needs"."""
        return f"one {self.phrase}"

    def test(self) -> Test:
        """Look whether a network has the address; what is no address is in none."""
        networks = self.networks
        wanted = self.is_wanted

        def is_in(value: Any) -> bool:
            address = _address(value)
            if address is None:
                return False
            return any(address in network for network in networks) is wanted

        return is_in

    def negated(self) -> InNetworks:
        """Ask for addresses outside."""
        return replace(self, is_wanted=not self.is_wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """A set that has a member, or has not; texts exactly as they are."""

    member: Scalar
    is_wanted: bool = True

    @property
    def phrase(self) -> str:
        """Say it: "with vmx"."""
        return f"{'with' if self.is_wanted else 'without'} {self.member}"

    @property
    def need(self) -> str:
        """Say it after "needs"."""
        return f"{'' if self.is_wanted else 'none of '}{self.member}"

    def test(self) -> Test:
        """Look for the member."""
        member, wanted = self.member, self.is_wanted
        return lambda value: (member in value) is wanted

    def negated(self) -> Holds:
        """Ask for sets of the other sort."""
        return replace(self, is_wanted=not self.is_wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement that is true, or is not."""

    expected: bool

    @property
    def phrase(self) -> str:
        """Say it after a verb: nothing, or "not"."""
        return "" if self.expected else "not"

    @property
    def need(self) -> str:
        """Say it after "needs"."""
        return str(self.expected).lower()

    def test(self) -> Test:
        """Compare."""
        return partial(operator.is_, self.expected)

    def negated(self) -> Claim:
        """State the contrary."""
        return Claim(expected=not self.expected)


def _fold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
