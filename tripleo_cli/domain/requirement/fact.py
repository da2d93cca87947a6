"""A condition on one fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tripleo_cli.domain.facts.table import Fact, Kind
from tripleo_cli.domain.facts.units import number_text
from tripleo_cli.domain.requirement.check import Among, Bound, Check, Holds, Test
from tripleo_cli.domain.requirement.condition import Medians
from tripleo_cli.domain.requirement.requirement import Judge


@dataclass(frozen=True, slots=True, kw_only=True)
class FactTest:
    """A fact is known, and its value passes a check."""

    fact: Fact
    check: Check
    _read: Callable[[Any], Any] = field(init=False, repr=False, compare=False)
    _test: Test = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Made once, used for every node and every disk.
        object.__setattr__(self, "_read", self.fact.reader())
        object.__setattr__(self, "_test", self.check.test())

    def judge(self) -> Judge:
        """Read the fact and check it."""
        read, test = self._read, self._test

        def holds(owner: Any, _medians: Medians) -> bool:
            value = read(owner)
            return value is not None and test(value)

        return holds

    def reject(self, owner: Any, medians: Medians) -> str | None:
        """Say what the fact is and what is needed."""
        del medians
        value = self._read(owner)
        if value is None:
            return f"has no known {self.fact.noun}, needs {self.check.need}"
        return None if self._test(value) else self._reason(value)

    def _reason(self, value: Any) -> str:
        if isinstance(self.check, Holds):
            verb = "lacks" if self.check.is_wanted else "must not have"
            return f"{verb} {self.check.member} among its {self.fact.noun}"
        return f"has {self._shown(value)}, needs {self.check.need}"

    def describe(self, verb: str) -> str:
        """Say it: "of at least 200 GB", 'with model "X"', "with at least 16 CPUs"."""
        fact, phrase = self.fact, self.check.phrase
        if fact.kind is Kind.YES_NO:
            return fact.noun.replace("{is}", f"{verb} {phrase}".rstrip())
        if isinstance(self.check, Holds):
            return f"{phrase} among its {fact.noun}"
        said = (fact.shown or f"{fact.noun} {{}}").format(phrase)
        return said if said.startswith("of ") else f"with {said}"

    def compared(self) -> frozenset[str]:
        """Compare nothing with others."""
        return frozenset()

    def negated(self) -> FactTest:
        """Ask for the contrary; the fact must be known all the same."""
        return replace(self, check=self.check.negated())

    def _shown(self, value: Any) -> str:
        if isinstance(value, str):
            return f'{self.fact.noun} "{value}"'
        if isinstance(self.check, Bound | Among):
            written = self.check.unit.write(value)
        else:
            written = number_text(value)
        shape = self.fact.shown
        return shape.format(written) if shape else f"{self.fact.noun} {written}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A fact is known, or nobody knows it."""

    fact: Fact
    is_wanted: bool = True

    def judge(self) -> Judge:
        """Look whether there is a value."""
        read, wanted = self.fact.reader(), self.is_wanted
        return lambda owner, _medians: (read(owner) is not None) is wanted

    def reject(self, owner: Any, medians: Medians) -> str | None:
        """Say that it is missing, or that it is there."""
        if self.judge()(owner, medians):
            return None
        article, need = ("no", "one") if self.is_wanted else ("a", "none")
        return f"has {article} known {self.fact.noun}, needs {need}"

    def describe(self, verb: str) -> str:
        """Say it of a part."""
        del verb
        return f"with {'a' if self.is_wanted else 'no'} known {self.fact.noun}"

    def compared(self) -> frozenset[str]:
        """Compare nothing with others."""
        return frozenset()

    def negated(self) -> Known:
        """Ask for the contrary."""
        return replace(self, is_wanted=not self.is_wanted)
