"""Put each line to a fact of its own, by augmenting paths.

Sets of facts are whole numbers with one bit for each fact: the machines that specs are
written for have hundreds of facts, and their intersections are what matching does most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence


def bits(mask: int) -> Iterator[int]:
    """Give the single bits of a set, the lowest first."""
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


def pair(candidates: Sequence[int]) -> Pairing | None:
    """Find a fact for each line, no fact twice.

    Returns:
        ``None`` where there is no way to do it.
    """
    pairing = Pairing(candidates)
    for line in range(len(candidates)):
        if not pairing.place(line, blocked=0):
            return None
    return pairing


class Pairing:
    """Which line has which fact; ``chosen`` holds one bit for each line."""

    def __init__(self, candidates: Sequence[int]) -> None:
        self._candidates = candidates
        self.chosen = [0] * len(candidates)
        self._owner: dict[int, int] = {}
        self._taken = 0

    def place(self, line: int, *, blocked: int) -> bool:
        """Find a fact for one more line; others move where they must.

        ``blocked`` are facts that must stay with those who have them.
        """
        seen = blocked
        reached_by: dict[int, int] = {}
        waiting = deque([line])
        while waiting:
            current = waiting.popleft()
            reach = self._candidates[current] & ~seen
            free = reach & ~self._taken
            if free:
                bit = free & -free
                reached_by[bit] = current
                self._taken |= bit
                self._shift(bit, reached_by)
                return True
            seen |= reach
            for bit in bits(reach):
                reached_by[bit] = current
                waiting.append(self._owner[bit])
        return False

    def _shift(self, bit: int, reached_by: dict[int, int]) -> None:
        while bit:
            line = reached_by[bit]
            left = self.chosen[line]
            self.chosen[line] = bit
            self._owner[bit] = line
            bit = left

    def settle(self) -> Sequence[int]:
        """Give the earliest facts that can be had: to the first line, then the next.

        The answer depends on the candidates alone, not on how it was found.
        """
        fixed = 0
        for line, candidates in enumerate(self._candidates):
            earlier = candidates & (self.chosen[line] - 1) & ~fixed
            for bit in bits(earlier):
                if self._take(line, bit, fixed):
                    break
            fixed |= self.chosen[line]
        return self.chosen

    def _take(self, line: int, bit: int, fixed: int) -> bool:
        """Give a fact to a line, if who has it can do with another."""
        old = self.chosen[line]
        other = self._owner.get(bit)
        del self._owner[old]
        self.chosen[line], self._owner[bit] = bit, line
        self._taken = (self._taken & ~old) | bit
        if other is None:
            return True
        self.chosen[other] = 0
        if self.place(other, blocked=fixed | bit):
            return True
        self.chosen[line], self._owner[old] = old, line
        self.chosen[other], self._owner[bit] = bit, other
        self._taken |= old
        return False
