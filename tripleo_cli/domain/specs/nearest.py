"""Say why no fact meets a line, by the facts that come nearest to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from tripleo_cli.domain.specs.facts import FactIndex
from tripleo_cli.domain.specs.spec import Fact, Line
from tripleo_cli.domain.suggestion import did_you_mean

SHOWN: Final = 3
"""How many texts are listed before the rest is only counted."""

NAMES: Final = ("category", "object", "key")
_VALUE: Final = 3


def nearest_reason(line: Line, index: FactIndex) -> str:
    """Say what is missing, or what the value is instead.

    Fields are looked at in the order category, key, object, value: what a machine
    has none of is said first.
    """
    facts: Sequence[Fact] = index.facts
    if not facts:
        return "the collector found nothing on it, or it was never introspected"
    for field in (0, 2, 1):
        kept = [fact for fact in facts if line.fields[field].accepts(fact[field])]
        if not kept:
            return _missing(line, field, facts)
        facts = kept
    return _values(line, facts)


def _missing(line: Line, field: int, facts: Iterable[Fact]) -> str:
    there = list(dict.fromkeys(fact[field] for fact in facts))
    wanted = line.fields[field]
    meant = did_you_mean(wanted.literal, there) if wanted.literal else ""
    found = meant or f"there {'is' if len(there) == 1 else 'are'} {some(there)}"
    context = [line.fields[at].text for at in (0, 2) if at < field or field == 1]
    of = f" of {'/'.join(context)}" if context and field else ""
    return f'no {NAMES[field]} "{wanted.text}"{of} ({found})'


def _values(line: Line, facts: Sequence[Fact]) -> str:
    wanted = line.fields[_VALUE]
    fitting = [fact for fact in facts if wanted.accepts(fact[_VALUE])]
    if fitting:
        return f"its variables differ within the line in {_path(fitting[0])}"
    shown = [f"{_path(fact)} is {fact[_VALUE]}" for fact in facts]
    return some(shown)


def _path(fact: Fact) -> str:
    return "/".join(fact[:_VALUE])


def some(texts: Iterable[str]) -> str:
    """List a few texts, and count the rest."""
    listed = list(texts)
    more = len(listed) - SHOWN
    shown = ", ".join(listed[:SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
