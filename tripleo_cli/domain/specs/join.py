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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tripleo_cli.domain.specs.facts import binding
from tripleo_cli.domain.specs.pairing import pair
from tripleo_cli.domain.specs.spec import Fact, natural
from tripleo_cli.domain.specs.table import Support, Table
from tripleo_cli.errors import TripleoError

MAX_STEPS: Final = 400_000
"""How many texts may be looked at in vain; about a second's work."""


_SHOWN: Final = 20


class IntractableError(TripleoError):
    """Too many ways to bind the variables; ``variables`` are those left open."""

    def __init__(
        self, variables: Sequence[str], steps: int, *, where: str = ""
    ) -> None:
        self.variables = tuple(variables)
        self.steps = steps
        names = ", ".join(f"${name}" for name in variables[:_SHOWN])
        if len(variables) > _SHOWN:
            names += f" and {len(variables) - _SHOWN} more"
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
    """What is still possible.

    ``seen`` are the candidates from which consequences were drawn last; ``domains``
    are the texts left for each variable, as the keys of a dictionary for their order;
    ``fixed`` are facts that only one line can have.
    """

    candidates: list[int]
    seen: list[int]
    domains: dict[str, dict[str, None]]
    fixed: int = 0

    def copy(self) -> _State:
        return _State(
            self.candidates.copy(), self.seen.copy(), self.domains.copy(), self.fixed
        )


class _Join:
    def __init__(self, table: Table, max_steps: int) -> None:
        self._table = table
        self._max_steps = max_steps
        self._steps = 0

    def begin(self, given: Mapping[str, str]) -> _State | None:
        """List what the shared and the given variables can stand for."""
        table = self._table
        state = _State(list(table.candidates), list(table.candidates), {})
        for name, users in table.users.items():
            if name not in given and len(users) == 1:
                continue
            values = table.values(name)
            if name in given:
                values = [text for text in values if text == given[name]]
            state.domains[name] = dict.fromkeys(values)
            for line in users:
                support = table.support[line][name]
                state.candidates[line] &= _union(support, values)
        return state if all(state.domains.values()) else None

    def narrow(self, state: _State, pending: set[int]) -> bool:
        """Draw all consequences, beginning with some lines; ``False`` if none is left.

        A text that no fact of a line supports any more is taken from the variable,
        and with it the facts of its other lines; a line's only fact is kept from all
        other lines.
        """
        while pending:
            line = pending.pop()
            left = state.candidates[line]
            if not left:
                return False
            pending |= self._drop_unsupported(state, line)
            if left & (left - 1) == 0 and not left & state.fixed:
                state.fixed |= left
                pending |= self._withhold(state, line)
        return True

    def _drop_unsupported(self, state: _State, line: int) -> set[int]:
        left = state.candidates[line]
        gone = state.seen[line] & ~left
        state.seen[line] = left
        touched: set[int] = set()
        for name, support in self._table.support[line].items():
            domain = state.domains.get(name)
            if domain is None or not gone:
                continue
            texts = self._table.texts(line, name, gone)
            self._steps += len(texts)
            lost = [text for text in texts if text in domain]
            lost = [text for text in lost if not support[text] & left]
            if lost:
                touched |= self._drop(state, name, lost)
        return touched

    def _drop(self, state: _State, name: str, lost: Sequence[str]) -> set[int]:
        """Take texts from a variable; gives the lines that lose facts thereby."""
        gone = set(lost)
        state.domains[name] = {
            text: None for text in state.domains[name] if text not in gone
        }
        touched = set()
        for line in self._table.users[name]:
            facts = _union(self._table.support[line][name], lost)
            self._steps += len(lost)
            if state.candidates[line] & facts:
                state.candidates[line] &= ~facts
                touched.add(line)
        return touched

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
        waiting = [(state, "", "")]
        has_failed = False
        while waiting:
            found = self._tried(*waiting.pop(), lines)
            if found:
                left = self._open(found, names=names)
                if not left:
                    return found
                # The fewest texts first: what must fail then fails soon.
                name = min(left, key=lambda one: len(found.domains[one]))
                waiting += [
                    (found, name, text) for text in reversed(found.domains[name])
                ]
            elif not has_failed:
                # Only what is tried in vain counts: the first way down is short.
                has_failed, self._steps = True, 0
            if has_failed and self._steps > self._max_steps:
                raise IntractableError(names, self._max_steps)
        return None

    def _tried(
        self, state: _State, name: str, text: str, lines: Sequence[int]
    ) -> _State | None:
        """Let a variable stand for a text; ``None`` where this cannot be."""
        if name:
            state = state.copy()
            others = [other for other in state.domains[name] if other != text]
            if not self.narrow(state, self._drop(state, name, others)):
                return None
        self._steps += len(lines)
        return state if pair([state.candidates[line] for line in lines]) else None

    def _open(
        self, state: _State, lines: Sequence[int] = (), names: Sequence[str] = ()
    ) -> list[str]:
        """List variables that can stand for several texts yet, in natural order."""
        asked = {name for line in lines for name in self._table.support[line]}
        found = [
            name for name in asked | set(names) if len(state.domains.get(name, ())) > 1
        ]
        return sorted(found, key=natural)


def _union(support: Support, texts: Iterable[str]) -> int:
    facts = 0
    for text in texts:
        facts |= support.get(text, 0)
    return facts
