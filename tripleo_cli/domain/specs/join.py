"""Find a fact for every line of a spec, so that all variables agree.

Texts that a line rules out for a variable are ruled out for its other lines too, again
and again until nothing changes. What is left open is tried, the variable with the
fewest texts first. When all shared variables are settled, what remains is to give each
line a fact of its own, which needs no trying (``pairing.py``); the same test is made
before, since it refuses early that eight disks are found where there are seven.

The work is bounded: the problem contains finding a pattern in a graph, for which no way
is known that is always fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tripleo_cli.domain.specs.facts import binding
from tripleo_cli.domain.specs.pairing import pair
from tripleo_cli.domain.specs.spec import Fact, natural
from tripleo_cli.domain.specs.table import Table
from tripleo_cli.errors import TripleoError

MAX_STEPS: Final = 1_000_000
"""How often a text may be tried for a variable; about a second's work."""


class IntractableError(TripleoError):
    """Too many ways to bind the variables; ``variables`` are those left open."""

    def __init__(
        self, variables: Sequence[str], steps: int, *, where: str = ""
    ) -> None:
        self.variables = tuple(variables)
        self.steps = steps
        names = ", ".join(f"${name}" for name in variables)
        what = f"too many ways to choose {names}: gave up after {steps} steps"
        super().__init__(
            f"{where}: {what}" if where else what,
            hint="say more of these variables, such as $disk=in(sda, sdb), or name"
            " fewer of them in one line",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a spec found in a machine: a fact for each line, in the spec's order."""

    facts: tuple[Fact, ...]
    variables: Mapping[str, str]


def solve(
    table: Table, given: Mapping[str, str] | None = None, *, max_steps: int = MAX_STEPS
) -> Solution | None:
    """Meet all lines at once, with some variables given.

    The answer is the same for all orders of the lines (as :func:`a_spec` gives them)
    and prefers facts that come early.

    Raises:
        IntractableError: The limit of work was reached.
    """
    given = given or {}
    join = _Join(table, max_steps)
    state = join.begin(given)
    if state is None or not join.narrow(state, set(range(len(table.lines)))):
        return None
    for component in join.components(state):
        found = join.search(state, component)
        if found is None:
            return None
        state = found
    return _solution(table, state.candidates)


def _solution(table: Table, candidates: Sequence[int]) -> Solution | None:
    pairing = pair(candidates)
    if pairing is None:
        return None
    chosen = [bit.bit_length() - 1 for bit in pairing.settle()]
    facts = tuple(table.index.facts[at] for at in chosen)
    variables: dict[str, str] = {}
    for fact, line in zip(facts, table.lines, strict=True):
        variables |= binding(fact, line)
    ordered = sorted(variables.items(), key=lambda item: natural(item[0]))
    return Solution(facts=facts, variables=dict(ordered))


@dataclass(slots=True)
class _State:
    """What is still possible; ``fixed`` are facts that only one line can have."""

    candidates: list[int]
    domains: dict[str, list[str]]
    fixed: int = 0

    def copy(self) -> _State:
        return _State(self.candidates.copy(), self.domains.copy(), self.fixed)


class _Join:
    def __init__(self, table: Table, max_steps: int) -> None:
        self._table = table
        self._max_steps = max_steps
        self._steps = 0

    def begin(self, given: Mapping[str, str]) -> _State | None:
        """List what the shared and the given variables can stand for."""
        domains = {}
        for name, users in self._table.users.items():
            if name in given or len(users) > 1:
                values = self._table.values(name)
                if name in given:
                    values = [text for text in values if text == given[name]]
                if not values:
                    return None
                domains[name] = values
        return _State(list(self._table.candidates), domains)

    def narrow(self, state: _State, pending: set[int]) -> bool:
        """Rule out what cannot be, beginning with some lines; ``False`` if all is."""
        while pending:
            line = pending.pop()
            left = self._left(state, line)
            if not left:
                return False
            state.candidates[line] = left
            pending |= self._narrow_variables(state, line)
            if left & (left - 1) == 0 and not left & state.fixed:
                state.fixed |= left
                pending |= self._withhold(state, line)
        return True

    def _left(self, state: _State, line: int) -> int:
        left = state.candidates[line]
        for name, support in self._table.support[line].items():
            texts = state.domains.get(name)
            if texts is not None:
                self._steps += len(texts)
                found = 0
                for text in texts:
                    found |= support.get(text, 0)
                left &= found
        return left

    def _narrow_variables(self, state: _State, line: int) -> set[int]:
        """Take the texts from a line's variables that none of its facts has now."""
        changed: set[int] = set()
        left = state.candidates[line]
        for name, support in self._table.support[line].items():
            texts = state.domains.get(name, ())
            kept = [text for text in texts if support.get(text, 0) & left]
            if len(kept) < len(texts):
                state.domains[name] = kept
                changed.update(self._table.users[name])
        return changed - {line}

    def _withhold(self, state: _State, owner: int) -> set[int]:
        """Keep the only fact of a line from all others."""
        bit = state.candidates[owner]
        others = [
            line
            for line, candidates in enumerate(state.candidates)
            if candidates & bit and line != owner
        ]
        for line in others:
            state.candidates[line] &= ~bit
        return set(others)

    def components(self, state: _State) -> list[list[int]]:
        """Split the lines that are open yet into groups that do not touch."""
        groups: list[tuple[int, set[str], list[int]]] = []
        for line, candidates in enumerate(state.candidates):
            if candidates & (candidates - 1) == 0:
                continue
            facts, names, lines = candidates, set(self._open(state, [line])), [line]
            apart = []
            for group in groups:
                if group[0] & facts or group[1] & names:
                    facts |= group[0]
                    names |= group[1]
                    lines = group[2] + lines
                else:
                    apart.append(group)
            groups = [*apart, (facts, names, lines)]
        return [lines for _, _, lines in groups]

    def search(self, state: _State, lines: Sequence[int]) -> _State | None:
        """Settle all variables of a group of lines; ``None`` if there is no way."""
        names = self._open(state, lines)
        self._steps = 0
        waiting = [(state, "", "")]
        while waiting:
            state, name, text = waiting.pop()
            if self._steps > self._max_steps:
                raise IntractableError(names, self._max_steps)
            if name:
                state = state.copy()
                state.domains[name] = [text]
                if not self.narrow(state, set(self._table.users[name])):
                    continue
            self._steps += len(lines)
            if not pair([state.candidates[line] for line in lines]):
                continue
            left = self._open(state, names=names)
            if not left:
                return state
            name = min(left, key=lambda one: len(state.domains[one]))
            texts = reversed(state.domains[name])
            waiting += [(state, name, text) for text in texts]
        return None

    def _open(
        self, state: _State, lines: Sequence[int] = (), names: Sequence[str] = ()
    ) -> list[str]:
        """List variables that can stand for several texts yet, in natural order."""
        asked = {name for line in lines for name in self._table.support[line]}
        found = [
            name for name in asked | set(names) if len(state.domains.get(name, ())) > 1
        ]
        return sorted(found, key=natural)
