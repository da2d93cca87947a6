"""Which node has which step to do, and whether the others may go on.

A step is done when it is applied on all its nodes and its checks have passed; only
then does the next one begin anywhere. What a node has done it remembers itself, by
the hash of the work (manifest, and the data that it can see).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tripleo_cli.domain.overcloud.outcome import NodeRecord, Target
from tripleo_cli.domain.overcloud.service import STEPS
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import InvalidInputError, Problem

CATALOGUE_STEP = 3
"""After this one's manifests Keystone answers, and is told of the services."""
TOLERATED_TAG = "compute"
"""Nodes of roles with this tag may fail without holding up the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an operator leaves out, or wants again, of configuring nodes.

    ``step`` is the only step to make, 0 for all; ``limit`` the only hosts, none for
    all. ``tolerance`` is how much percent of the compute nodes may fail before the
    others stop, too.
    """

    step: int = 0
    limit: frozenset[str] = frozenset()
    skipped_checks: frozenset[str] = frozenset()
    force: bool = False
    is_check: bool = False
    tolerance: int = 100

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not (self.step or self.limit or self.is_check or self.skipped_checks)

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps to make, in order."""
        return (self.step,) if self.step else STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A node with what it shall do, and what it has done.

    ``hashes`` are those of its steps; ``record`` is what the node remembers. A
    ``tolerated`` one may fail without holding up the others.
    """

    target: Target
    role: str
    hashes: Mapping[int, str]
    record: NodeRecord = field(default_factory=NodeRecord)
    tolerated: bool = False

    @property
    def hostname(self) -> str:
        """Its short host name."""
        return self.target.hostname

    def has_done(self, step: int) -> bool:
        """Whether the step's work is applied as it is wanted now."""
        done = self.record.steps.get(step)
        return bool(done and done.is_done and done.hash == self.hashes.get(step))

    def has_begun(self, step: int) -> bool:
        """Whether the step was applied in another form, or not to its end."""
        return step in self.record.steps


def due(members: Iterable[Member], step: int, choice: Choice) -> tuple[Member, ...]:
    """Give the nodes that have this step to do."""
    return tuple(
        member
        for member in members
        if step in member.hashes
        and (choice.force or choice.is_check or not member.has_done(step))
    )


def check_choice(hostnames: Collection[str], choice: Choice) -> None:
    """Refuse a choice of what is not there.

    Raises:
        InvalidInputError: A host, or the step, does not exist.
    """
    problems = [
        Problem(f"--limit {name}", "there is no such node", did_you_mean(name, hosts))
        for hosts in [sorted(hostnames)]
        for name in sorted(choice.limit - set(hosts))
    ]
    if choice.step and choice.step not in STEPS:
        what = f"there are steps {STEPS[0]} to {STEPS[-1]}"
        problems.append(Problem(f"--step {choice.step}", what))
    if problems:
        raise InvalidInputError("overcloud deploy", problems)


def chosen(members: Sequence[Member], choice: Choice) -> tuple[Member, ...]:
    """Give the nodes that the operator wants to work on.

    Raises:
        InvalidInputError: A host, or the step, does not exist.
    """
    check_choice({member.hostname for member in members}, choice)
    return tuple(
        member
        for member in members
        if not choice.limit or member.hostname in choice.limit
    )


def why(member: Member, step: int, changed: Sequence[str], choice: Choice) -> str:
    """Say why a node has a step to do.

    Args:
        member: The node.
        step: The step.
        changed: What of its data is another than when it was last sent, as far as
            that is known.
        choice: What the operator asked for.
    """
    before = member.record.steps.get(step)
    if before is None:
        return "not applied yet"
    if member.has_done(step):
        return "asked for again" if choice.force else "as it is"
    is_same = before.hash in ("", member.hashes.get(step))
    if not before.is_done and (is_same or not changed):
        return f"{before.state.value} before"
    return f"{_listed(changed)} changed" if changed else "its configuration changed"


def to_repeat(
    failing: Iterable[tuple[int, Collection[str]]],
    applied: Collection[tuple[str, int]],
) -> tuple[int, tuple[str, ...]]:
    """Say which step to apply once more, and on which nodes.

    Later steps wait: what they have lost may only be what this one has.

    Args:
        failing: The step of each check that fails, and the nodes where applying it
            may help; at least one.
        applied: The nodes and steps that this run has applied already.

    Returns:
        The first step that does not hold, with no nodes where all has been tried.
    """
    failing = list(failing)
    step = min(number for number, _ in failing)
    names = {name for number, nodes in failing if number == step for name in nodes}
    return step, tuple(sorted(name for name in names if (name, step) not in applied))


def stops(
    members: Sequence[Member], failed: Collection[str], tolerance: int
) -> str | None:
    """Say why nothing may go on after failures; ``None`` where the others may.

    A node that is not tolerated stops all; tolerated ones stop all where more than
    ``tolerance`` percent of them failed.
    """
    fatal = [m.hostname for m in members if m.hostname in failed and not m.tolerated]
    if fatal:
        return f"{_listed(fatal)} failed"
    bearing = [member for member in members if member.tolerated]
    lost = [member for member in bearing if member.hostname in failed]
    share = 100 * len(lost) / max(1, len(bearing))
    if lost and len(lost) == len(members):
        return "no node is left"
    if share <= tolerance:
        return None
    return (
        f"{len(lost)} of {len(bearing)} compute nodes failed ({share:.0f} %), "
        f"more than {tolerance} %"
    )


def percent(done: int, total: int) -> int:
    """Say how much of the work is done, in whole percent, rounded down."""
    return 100 if not total else 100 * done // total


def fingerprint(parts: Mapping[str, str]) -> str:
    """Say in short what was checked: the hashes of a step's work, by host."""
    text = "\n".join(f"{name}={parts[name]}" for name in sorted(parts))
    return hashlib.sha256(text.encode()).hexdigest()


def _listed(names: Sequence[str], most: int = 3) -> str:
    """Name a few, and say how many more there are."""
    shown = ", ".join(names[:most])
    more = len(names) - most
    return f"{shown} and {more} more" if more > 0 else shown
