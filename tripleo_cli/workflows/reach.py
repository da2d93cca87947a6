"""Wait until nodes let us in, and give them what they need before step 1."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tripleo_cli.domain.events import Began, Failed, Finished, Progressed
from tripleo_cli.domain.overcloud.bundle import Bundle, bundle_to_dict, without_checks
from tripleo_cli.domain.overcloud.outcome import NodeRecord, PrepareOutcome, Target
from tripleo_cli.rendering.hosts import known_hosts_of
from tripleo_cli.workflows.overcloud import Configuring
from tripleo_cli.workflows.run import Run

POLL_SECONDS = 3.0
TASK = "reach nodes"
PREPARE = "prepare nodes"


def await_nodes(
    run: Run, wish: Configuring, targets: Sequence[Target]
) -> Mapping[str, str]:
    """Wait for SSH, for at most the time that was given.

    Returns:
        The nodes that did not answer by then, with the reason.
    """
    run.report(Began(TASK, len(targets)))
    waiting = {target.hostname: target for target in targets}
    deadline = run.clock.now() + wish.ssh_seconds
    while True:
        found = wish.tools.nodes.reach(list(waiting.values()))
        for name in [name for name in waiting if not found[name]]:
            del waiting[name]
            run.report(Finished(TASK, name))
        reasons = {name: found[name] for name in waiting}
        if not waiting:
            return {}
        if run.clock.now() >= deadline:
            return _given_up(run, wish, reasons)
        for name, reason in reasons.items():
            run.report(Progressed(TASK, name, reason))
        run.clock.sleep(POLL_SECONDS)


def prepare_nodes(
    run: Run, wish: Configuring, targets: Sequence[Target]
) -> Mapping[str, PrepareOutcome]:
    """Send nodes their bundles, and compare their packages with what they need.

    For a look they stay as they are.
    """
    run.report(Began(PREPARE, len(targets)))
    bundles = wish.overcloud.bundles
    skip = wish.choice.skipped_checks
    known = _known_hosts(wish)
    sent = {
        target: _text(
            replace(without_checks(bundles[target.hostname], skip), known_hosts=known)
        )
        for target in targets
    }
    outcomes = wish.tools.nodes.prepare(sent, check=wish.choice.is_check)
    for name, outcome in outcomes.items():
        _tell(run, name, outcome)
    return outcomes


def records_of(
    wish: Configuring,
    targets: Sequence[Target],
    prepared: Mapping[str, PrepareOutcome],
) -> Mapping[str, NodeRecord]:
    """Give what nodes remember; those are asked that have not told by themselves."""
    told = {name: one.record for name, one in prepared.items() if one.record}
    known = {
        one.hostname: told[one.hostname] for one in targets if one.hostname in told
    }
    unknown = [one for one in targets if one.hostname not in told]
    return {**known, **wish.tools.nodes.states(unknown)} if unknown else known


def _known_hosts(wish: Configuring) -> str:
    """Write down the host keys of all nodes that we have met, not only of chosen ones.

    As with ``/etc/hosts``, no step sees them: a node more does no step again.
    """
    overcloud = wish.overcloud
    keys = wish.tools.nodes.host_keys(overcloud.targets)
    return known_hosts_of(overcloud.layout, keys)


def _tell(run: Run, name: str, outcome: PrepareOutcome) -> None:
    if outcome.is_ready:
        run.report(Finished(PREPARE, name, ", ".join(outcome.changed)))
    else:
        text = "; ".join(str(problem) for problem in outcome.problems)
        run.report(Failed(PREPARE, name, text))


def _text(bundle: Bundle) -> str:
    """Write a bundle; equal ones give equal texts, so that none is sent twice."""
    return json.dumps(bundle_to_dict(bundle), indent=1, sort_keys=True) + "\n"


def _given_up(
    run: Run, wish: Configuring, reasons: Mapping[str, str]
) -> Mapping[str, str]:
    texts = {}
    for name, reason in reasons.items():
        text = f"does not let us in after {wish.ssh_seconds:.0f} s: {reason}"
        run.report(Failed(TASK, name, text))
        texts[name] = f"{name} {text}"
    return texts
