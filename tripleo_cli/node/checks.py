"""Checks of services, each repeated until it passes or its time is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from tripleo_cli.node import bundle as bundles
from tripleo_cli.node import store
from tripleo_cli.node.account import account
from tripleo_cli.node.bundle import Bundle
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.probes import PROBES, Seen
from tripleo_cli.node.system import Site

POLL_S = 1.0
ATTEMPT_S = 15.0
"""How long one attempt may take: one that hangs is killed, and made again."""
AT_ONCE = 6
WAIT_S = 5.0

Check = Mapping[str, Any]
Outcome = Mapping[str, Any]


def check(
    site: Site, steps: Sequence[int], within_s: float | None = None
) -> list[Outcome]:
    """Make all checks of some steps, some at a time.

    Args:
        site: The node.
        steps: Their numbers.
        within_s: How long each may take at most, where that is less than its own time.

    Returns:
        What became of each, in the bundle's order: ``step``, ``name``, ``service``,
        ``passed``, ``detail``, ``unit``, ``log``, ``resource``, ``seconds``.

    Raises:
        NodeError: The node has no bundle.
    """
    bundle = bundles.load(site.layout.bundle)
    works = {step: bundle.steps.get(step, bundles.Step()) for step in steps}
    asked = [
        {**one, "step": step}
        for step, work in works.items()
        for one in work.checks
        if one.get("on", "node") == "node"
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = pool.map(lambda one: make(site, bundle, one, within_s), asked)
        outcomes = list(made)
    with suppress(NodeError):
        # What was seen matters, the note of it does not.
        _remember(site, works, outcomes)
    hidden: list[Outcome] = bundle.secrets.hide(outcomes)
    return hidden


def make(
    site: Site, bundle: Bundle, asked: Check, within_s: float | None = None
) -> Outcome:
    """Make one check until it passes, for at most its own time."""
    began = site.now()
    limit = float(asked.get("timeout_s", ATTEMPT_S))
    limit = limit if within_s is None else min(limit, within_s)
    seen = _poll(site, asked, began + limit)
    service = asked.get("service", "")
    about = {"unit": seen.unit, "log": [], "resource": ""}
    return {
        "step": asked.get("step", 0),
        "name": asked.get("name", ""),
        "service": service,
        "passed": seen.passed,
        "detail": seen.detail if seen.passed else f"{seen.detail} (for {limit:.0f} s)",
        **(about if seen.passed else account(site, bundle, service, seen.unit)),
        "seconds": round(site.now() - began, 1),
    }


def _poll(site: Site, asked: Check, deadline: float) -> Seen:
    kind = next((one for one in PROBES if one in asked), None)
    if kind is None:
        return Seen(passed=False, detail=f"this program knows no such check: {asked}")
    while True:
        seen = _attempt(site, kind, asked[kind], deadline)
        left = deadline - site.now()
        if seen.passed or left <= 0:
            return seen
        site.sleep(min(POLL_S, left))


def _attempt(site: Site, kind: str, values: Any, deadline: float) -> Seen:
    limit = max(1.0, min(ATTEMPT_S, deadline - site.now()))
    try:
        return PROBES[kind](site, values, limit)
    except (NodeError, OSError, KeyError, ValueError) as error:
        return Seen(passed=False, detail=f"{kind}: {_words(error)}")


def _words(error: Exception) -> str:
    missing: str | None = f"no {error} given" if isinstance(error, KeyError) else None
    return missing or str(error) or type(error).__name__


def _remember(
    site: Site, works: Mapping[int, bundles.Step], outcomes: Sequence[Outcome]
) -> None:
    """Note it in the steps' records, if those are still the ones that were checked."""
    with store.locked(site, WAIT_S):
        for step, known in store.records(site.layout).items():
            if step in works and known.get("hash") == works[step].hash:
                passed = all(one["passed"] for one in outcomes if one["step"] == step)
                store.remember(site.layout, step, {**known, "passed": passed})
