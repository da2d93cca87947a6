"""What to tell an operator of steps: why one failed, and where the time went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tripleo_cli.domain.overcloud.outcome import (
    CheckOutcome,
    NodeRecord,
    PrepareOutcome,
    ResourceFailure,
    StepOutcome,
    StepState,
)

MOST_FAILURES = 5
"""One broken resource may take many others with it: the first ones tell."""
MOST_LOG_LINES = 10
SLOWEST = 3
LONG_SECONDS = 2.0
"""What takes less is not named among the slowest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """Where the time of one step went, in seconds of wall time."""

    step: int
    applying: float = 0.0
    registering: float = 0.0
    checking: float = 0.0
    outcomes: Mapping[str, StepOutcome] = field(default_factory=dict)


def outcome_text(outcome: StepOutcome) -> str:
    """Say in short how a step ended on a node."""
    if outcome.state is StepState.PREVIEWED:
        return f"would change {outcome.changed}"
    parts = [f"{outcome.changed} changed"] if outcome.changed else ["no changes"]
    parts += [f"{outcome.failed} failed"] if outcome.failed else []
    parts += [f"{outcome.skipped} skipped"] if outcome.skipped else []
    parts += [f"{outcome.seconds:.0f} s"] if outcome.seconds else []
    return ", ".join(parts)


def silence(hostname: str, record: NodeRecord) -> str:
    """Say why a node could not be asked what it has done, and what to do."""
    return "\n".join([f"{hostname}: {record.reason}", *_remedy(record.hint)])


def step_failure(hostname: str, outcome: StepOutcome) -> str:
    """Say what failed in a step on a node: resource, file and line, message."""
    lines = [f"step {outcome.step} of {hostname}: {_why(outcome)}"]
    shown = outcome.failures[:MOST_FAILURES]
    lines += [f"  {line}" for failure in shown for line in _resource(failure)]
    if more := len(outcome.failures) - len(shown):
        lines.append(f"  and {more} more")
    return "\n".join([*lines, *_remedy(outcome.hint)])


def check_failure(hostname: str, step: int, check: CheckOutcome) -> str:
    """Say which check failed where, and what is known of the unit in question."""
    account = check.account
    by = f" on {check.told_by}" if check.told_by else ""
    about = f" (unit {account.unit}{by})" if account.unit else ""
    seconds = f" after {check.seconds:.0f} s" if check.seconds else ""
    lines = [
        f'step {step} of {hostname}: check "{check.name}" failed{seconds}{about}: '
        f"{_indented(check.detail or 'no detail')}"
    ]
    lines += [f"  puppet's {account.resource}"] if account.resource else []
    lines += [f"    {line}" for line in account.log[-MOST_LOG_LINES:]]
    return "\n".join(lines)


def prepare_failure(hostname: str, outcome: PrepareOutcome) -> str:
    """Say everything that keeps a node from being configured."""
    listed = "".join(f"\n  {problem}" for problem in outcome.problems)
    return f"{hostname}:{listed}"


def previews(outcomes: Mapping[str, StepOutcome]) -> Iterator[str]:
    """Show what puppet would change on each node."""
    for hostname, outcome in outcomes.items():
        head = f"step {outcome.step} of {hostname}: {outcome_text(outcome)}"
        yield f"{head}\n{outcome.diff}" if outcome.diff else head


def summary(times: Sequence[StepTime], waiting: float) -> Iterator[str]:
    """Say where the time went, one line for each step that took some.

    Args:
        times: Of each step that was looked at, in order.
        waiting: How long it took until all nodes were ready for step 1.
    """
    yield f"nodes ready for their steps after {waiting:.0f} s"
    for time in times:
        if not time.outcomes and not time.registering:
            continue
        changes = sum(outcome.changed for outcome in time.outcomes.values())
        parts = [f"applying {time.applying:.0f} s ({changes} changes)"]
        if time.registering:
            parts.append(f"registering services {time.registering:.0f} s")
        parts.append(f"checks {time.checking:.0f} s")
        yield f"step {time.step}: {', '.join(parts)}{_slowest(time)}"


def _remedy(hint: str) -> list[str]:
    return [f"  what to do: {hint}"] if hint else []


def _why(outcome: StepOutcome) -> str:
    if outcome.reason:
        return f"{outcome.state.value}: {_indented(outcome.reason)}"
    skipped = f", {outcome.skipped} skipped because of it" if outcome.skipped else ""
    return f"{outcome.state.value}: {outcome.failed} resources failed{skipped}"


def _resource(failure: ResourceFailure) -> Iterator[str]:
    place = f"{failure.file}:{failure.line}" if failure.line else failure.file
    name = failure.resource or "the manifest"
    yield f"{name} ({place}):" if place else f"{name}:"
    yield f"  {_indented(failure.message, '      ')}"


def _slowest(time: StepTime) -> str:
    found = sorted(_resources(time.outcomes.items()), reverse=True)[:SLOWEST]
    if not found:
        return ""
    listed = ", ".join(f"{name} {seconds:.0f} s" for seconds, name in found)
    return f"; slowest: {listed}"


def _resources(
    outcomes: Iterable[tuple[str, StepOutcome]],
) -> Iterator[tuple[float, str]]:
    for hostname, outcome in outcomes:
        for resource, seconds in outcome.slowest:
            if seconds >= LONG_SECONDS:
                yield seconds, f"{resource} of {hostname}"


def _indented(text: str, by: str = "    ") -> str:
    """Keep a message of several lines apart from what comes after it."""
    return f"\n{by}".join(text.strip().splitlines())
