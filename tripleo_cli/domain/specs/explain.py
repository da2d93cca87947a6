"""Say why a machine does not match a spec: the first line that fails, and why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from tripleo_cli.domain.specs.cmdb import USED, Entry, as_text
from tripleo_cli.domain.specs.facts import FactIndex
from tripleo_cli.domain.specs.join import IntractableError, solve
from tripleo_cli.domain.specs.nearest import nearest_reason, some
from tripleo_cli.domain.specs.spec import Line, Spec
from tripleo_cli.domain.specs.table import Table, make_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a profile was not given; ``line`` is ``None`` where it is not for a line."""

    profile: str
    reason: str
    line: Line | None = None

    def __str__(self) -> str:
        if self.line is None:
            return f"{self.profile}: {self.reason}"
        return f"{self.profile} line {self.line.number} {self.line}: {self.reason}"


def explain(
    spec: Spec, index: FactIndex, entries: Sequence[Entry] | None = None
) -> Refusal:
    """Find the first line, in the order of the file, that cannot be met.

    That is a line that no fact meets, or else one that cannot be met together with
    those before it. ``entries`` is the CMDB; it is to blame where all lines are met.
    """
    lines = spec.as_written
    table = make_table(lines, index)
    for line, candidates in zip(lines, table.candidates, strict=True):
        if not candidates:
            reason = nearest_reason(line, index)
            return Refusal(profile=spec.profile, line=line, reason=reason)
    try:
        together = _conflict(table)
    except IntractableError as error:
        return Refusal(profile=spec.profile, reason=str(error))
    if together:
        reason = _clash(table, together)
        line = lines[together[-1]]
        return Refusal(profile=spec.profile, line=line, reason=reason)
    return Refusal(profile=spec.profile, reason=_no_entry(spec, table, entries or ()))


def _conflict(table: Table) -> list[int]:
    """Find lines that cannot be met together, as few and as early as can be.

    Returns:
        Their places in order, such that any of them left out makes the others
        possible; none where all lines can be met.
    """

    def fails(places: Sequence[int]) -> bool:
        return solve(table.part(places)) is None

    count = len(table.lines)
    first = bisect_left(range(count), 1, key=lambda at: fails(range(at + 1)))
    if first == count:
        return []
    needed = [first]
    rest = list(range(first))
    while not fails(needed):
        # The shortest beginning of the rest that fails with what is needed so far.
        length = bisect_left(
            range(len(rest)), 1, key=lambda at: fails(sorted(rest[: at + 1] + needed))
        )
        needed.append(rest[length])
        rest = rest[:length]
    return sorted(needed)


def _clash(table: Table, places: Sequence[int]) -> str:
    """Say what a few lines want that cannot be had together."""
    part = table.part(places)
    numbers = [str(line.number) for line in part.lines[:-1]]
    noun = "line" if len(numbers) == 1 else "lines"
    return f"cannot be met together with {noun} {', '.join(numbers)}: {_shortage(part)}"


def _shortage(part: Table) -> str:
    shared = sorted(name for name, users in part.users.items() if len(users) > 1)
    if not shared:
        facts = 0
        for candidates in part.candidates:
            facts |= candidates
        count = len(part.lines)
        return f"they need {count} facts, and only {facts.bit_count()} fit any of them"
    empty = next((name for name in shared if not part.values(name)), None)
    if empty is None:
        return f"no choice of {', '.join(f'${name}' for name in shared)} fits all"
    left = [
        f"line {part.lines[at].number} allows {some(part.support[at][empty])}"
        for at in part.users[empty]
    ]
    return f"for ${empty} {', '.join(left)}"


def _no_entry(spec: Spec, table: Table, entries: Sequence[Entry]) -> str:
    free = sum(USED not in entry for entry in entries)
    cmdb = f"{spec.profile}.cmdb ({len(entries)} entries, {free} free)"
    for name in sorted(spec.recorded):
        values = table.values(name)
        if not any(
            name in entry and as_text(entry[name]) in values for entry in entries
        ):
            return f"no entry of {cmdb} has {some(values)} as {name}"
    names = ", ".join(f"$${name}" for name in sorted(spec.recorded))
    fitting = f" that fits {names}" if names else ""
    return f"no free entry{fitting} in {cmdb}"
