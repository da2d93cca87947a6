"""Apply a step, or say that there is nothing to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tripleo_cli.node import bundle as bundles
from tripleo_cli.node import puppet, store
from tripleo_cli.node.bundle import Bundle
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.puppet import Run
from tripleo_cli.node.report import Summary
from tripleo_cli.node.system import Site

DONE = ("applied", "unchanged")
MARGIN_S = 60.0
"""How much longer than puppet's own limit a run that was left behind is waited for."""

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """What is asked for: only to look, to repeat what was done, how long puppet may.

    ``bundle`` is one to look at in place of the node's own.
    """

    check: bool = False
    bundle: Path | None = None
    force: bool = False
    timeout_s: float = 1800.0


def apply(site: Site, step: int, asked: Asked) -> Record:
    """Apply a step of the bundle that is there.

    Where a run is at work still, because its sender has gone, it is let finish first:
    its result then counts.

    Returns:
        What is printed and remembered: see ``_record``.

    Raises:
        NodeError: The node cannot be worked on at all.
    """
    with store.locked(site, asked.timeout_s + MARGIN_S) as held:
        bundle = bundles.load(asked.bundle or site.layout.bundle)
        work = bundle.steps.get(step, bundles.Step())
        known = store.records(site.layout).get(step, {})
        is_done = known.get("state") in DONE and known.get("hash") == work.hash
        if is_done and not (asked.force or asked.check):
            return _unchanged(known)
        if not work.manifest.strip():
            return _nothing(site, step, work.hash, asked)
        return _run(held, bundle, step, asked)


def _run(site: Site, bundle: Bundle, step: int, asked: Asked) -> Record:
    wanted = bundle.steps[step].hash
    if not asked.check:
        begun = {"step": step, "state": "running", "hash": wanted}
        store.remember(site.layout, step, begun)
    began = site.now()
    try:
        run = puppet.apply(
            site, bundle, step, noop=asked.check, timeout_s=asked.timeout_s
        )
    except NodeError as error:
        run = Run(Summary(), str(error), error.hint)
    good = "previewed" if asked.check else "applied"
    state = good if run.is_good else "failed"
    record = _record(step, state, wanted, run, (began, site.now()))
    hidden: Record = bundle.secrets.hide(record)
    if not asked.check:
        # The diff is for those who asked, the rest is for everybody after.
        store.remember(site.layout, step, {**hidden, "diff": ""})
    return hidden


def _record(
    step: int, state: str, wanted: str, run: Run, span: tuple[float, float]
) -> Record:
    summary = run.summary
    return {
        "step": step,
        "state": state,
        "hash": wanted,
        "changed": summary.changed,
        "failed": summary.failed,
        "skipped": summary.skipped,
        "seconds": round(span[1] - span[0], 1),
        "failures": [vars(one) for one in summary.failures],
        "slowest": [list(one) for one in summary.slowest],
        "managed": [vars(one) for one in summary.managed],
        "diff": summary.diff,
        "reason": run.reason,
        "hint": run.hint,
        "finished_at": store.utc(span[1]),
        "passed": None,
    }


def _nothing(site: Site, step: int, wanted: str, asked: Asked) -> Record:
    """A step in which the node has no puppet code is done by saying so."""
    now = site.now()
    record = _record(step, "unchanged", wanted, Run(Summary()), (now, now))
    if asked.check:
        return {**record, "state": "previewed"}
    store.remember(site.layout, step, record)
    return record


def _unchanged(known: Record) -> Record:
    """Tell of what was done before; nothing of it was done now."""
    return {**known, "state": "unchanged", "changed": 0, "seconds": 0.0, "diff": ""}
