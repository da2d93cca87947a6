"""What the stack's folder keeps of steps: for the table, and for saying what changed.

The truth is on the nodes. A lost ledger costs a round of checks, nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tripleo_cli.domain.overcloud.bundle import LAYERS, Bundle
from tripleo_cli.domain.overcloud.outcome import NodeRecord, StepOutcome, StepState

FORMAT = 1
WAITING = "waiting"
"""A step that no run has come to yet."""
_DONE = frozenset({StepState.APPLIED.value, StepState.UNCHANGED.value})
OUTDATED = "outdated"
"""A step that was applied, and that has something else to do by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one step stands on one node.

    ``state`` is a :class:`~tripleo_cli.domain.overcloud.outcome.StepState`'s value,
    :data:`WAITING` or :data:`OUTDATED`; ``checks`` is "passed", "failed" or empty.
    ``finished_at`` is the node's time in UTC (ISO 8601).
    """

    hostname: str
    role: str
    step: int
    state: str = WAITING
    changed: int = 0
    seconds: float = 0.0
    finished_at: str = ""
    checks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The table of a stack.

    ``passed`` has, for each step, the fingerprint of the work whose checks passed;
    ``seen`` a digest of each thing that nodes were sent, by node.
    """

    rows: tuple[Row, ...] = ()
    passed: Mapping[int, str] = field(default_factory=dict)
    seen: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def row(self, hostname: str, step: int) -> Row | None:
        """Give how a step stands on a node."""
        found = (r for r in self.rows if (r.hostname, r.step) == (hostname, step))
        return next(found, None)

    def standing(self, hostname: str) -> str:
        """Say in short how far a node is: how many of its steps are done, and trouble.

        Empty where nothing is known of it.
        """
        rows = [row for row in self.rows if row.hostname == hostname]
        done = [row for row in rows if row.state in _DONE]
        left = [row for row in rows if row.state not in {*_DONE, WAITING}]
        texts = [f"{len(done)}/{len(rows)}"] if rows else []
        texts += [f"step {row.step} {row.state}" for row in left[:1]]
        bad = [row for row in done if row.checks == "failed"]
        texts += [f"checks of step {row.step} failed" for row in bad[:1]]
        return ", ".join(texts)

    def with_row(self, row: Row) -> Ledger:
        """Put a row in the place of the one there was."""
        place = (row.hostname, row.step)
        rows = [row if (r.hostname, r.step) == place else r for r in self.rows]
        return replace(self, rows=tuple(rows if row in rows else [*rows, row]))

    def with_outcome(self, hostname: str, outcome: StepOutcome) -> Ledger:
        """Take note of how a step ended on a node.

        What was applied before keeps its time and its numbers.
        """
        there = self.row(hostname, outcome.step)
        if there is None:
            return self
        row = replace(there, state=outcome.state.value)
        if outcome.seconds or outcome.finished_at:
            is_news = outcome.finished_at != there.finished_at
            row = replace(
                row,
                changed=outcome.changed,
                seconds=outcome.seconds,
                finished_at=outcome.finished_at,
                checks="" if is_news else there.checks,
            )
        return self.with_row(row)

    def with_record(
        self, hostname: str, record: NodeRecord, hashes: Mapping[int, str]
    ) -> Ledger:
        """Take over what a node remembers; what it did in another form is outdated."""
        ledger = self
        for step, outcome in record.steps.items():
            ledger = ledger.with_outcome(hostname, outcome)
            row = ledger.row(hostname, step)
            if row and outcome.is_done and outcome.hash != hashes.get(step):
                ledger = ledger.with_row(replace(row, state=OUTDATED, checks=""))
        return ledger

    def with_checks(
        self, step: int, hostnames: Iterable[str], *, passed: bool
    ) -> Ledger:
        """Take note of how a step's checks went on nodes."""
        ledger = self
        for hostname in hostnames:
            if there := self.row(hostname, step):
                text = "passed" if passed else "failed"
                ledger = ledger.with_row(replace(there, checks=text))
        return ledger

    def with_passed(self, step: int, fingerprint: str) -> Ledger:
        """Take note that all checks of a step passed for this work."""
        return replace(self, passed={**self.passed, step: fingerprint})

    def for_nodes(self, places: Sequence[tuple[str, str, int]]) -> Ledger:
        """Have a row for each node, role and step, in this order, and no others."""
        known = {(row.hostname, row.step): row for row in self.rows}
        rows = tuple(
            replace(known.get((name, step), Row(hostname=name, role=role, step=step)))
            for name, role, step in places
        )
        hostnames = {name for name, _, _ in places}
        seen = {name: told for name, told in self.seen.items() if name in hostnames}
        return replace(self, rows=rows, seen=seen)


def ledger_to_json(ledger: Ledger) -> str:
    """Write a ledger as the text of ``steps.json``."""
    data = {
        "format": FORMAT,
        "rows": [asdict(row) for row in ledger.rows],
        "passed": {str(step): text for step, text in ledger.passed.items()},
        "seen": {name: dict(told) for name, told in ledger.seen.items()},
    }
    return json.dumps(data, indent=2, sort_keys=True) + "\n"


def ledger_from_json(text: str | None) -> Ledger:
    """Read a ledger; one that is damaged, or of another format, counts as lost."""
    try:
        data: dict[str, Any] = json.loads(text or "{}")
        if data.get("format") != FORMAT:
            return Ledger()
        return Ledger(
            rows=tuple(Row(**row) for row in data["rows"]),
            passed={int(step): told for step, told in data["passed"].items()},
            seen=data["seen"],
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Ledger()


def digests(bundle: Bundle) -> dict[str, str]:
    """Give a digest of each key and manifest of a bundle: no secret can be read."""
    parts: dict[str, Any] = {}
    for layer in reversed(LAYERS):
        parts |= bundle.hiera.get(layer, {})
    for step, work in bundle.steps.items():
        parts[f"the manifest of step {step}"] = work.manifest
    return {name: _digest(value) for name, value in parts.items()}


def changed_keys(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Name what is new, gone or another; nothing where nothing was known before.

    Parameters come first: an operator set them.
    """
    if not before:
        return ()
    names = before.keys() | now.keys()
    found = [name for name in names if before.get(name) != now.get(name)]
    return tuple(sorted(found, key=lambda name: ("::" in name, " " in name, name)))


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
