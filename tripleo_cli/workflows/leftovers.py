"""Take away what trials of an overcloud have made, also those that were killed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

from tripleo_cli.domain.overcloud.trial import PREFIX, Thing, is_earlier
from tripleo_cli.errors import ConflictError, ServiceError, UnreachableError
from tripleo_cli.workflows.overcloud_ports import OvercloudUse
from tripleo_cli.workflows.ports import Clock

POLL_SECONDS = 2.0
REMOVAL_SECONDS = 180.0
IN_USE_SECONDS = 30.0
"""What uses a thing of an earlier trial for longer is there to stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How many things of a kind are gone, and by id why the others are not."""

    number: int = 0
    stays: Mapping[str, ServiceError] = field(default_factory=dict)


@dataclass(kw_only=True)
class Cleared:
    """What came of earlier trials; what is left is named, with the reason."""

    number: int = 0
    trials: set[str] = field(default_factory=set)
    in_use: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        gone = f"{self.number} things of {', '.join(sorted(self.trials))}"
        texts = {
            gone: self.number,
            f"in use, and left: {', '.join(self.in_use)}": self.in_use,
            f"not removed: {', '.join(self.failed)}": self.failed,
        }
        return "; ".join(text for text, counts in texts.items() if counts)


def remove_earlier(use: OvercloudUse, name: str, clock: Clock) -> Cleared:
    """Remove all things of trials that began before this one.

    One that stays keeps no other from going.

    Args:
        use: The overcloud.
        name: This trial's.
        clock: Time.
    """
    cleared = Cleared()
    for thing in reversed(Thing):
        try:
            if use.has(thing.service):
                _clear(use, thing, name, clock, cleared)
        except ServiceError as error:
            cleared.failed.append(f"{thing.value} ({error})")
    return cleared


def _clear(
    use: OvercloudUse, thing: Thing, name: str, clock: Clock, cleared: Cleared
) -> None:
    """Remove earlier trials' things of a kind, and note how that went."""
    names = _earlier(use, thing, name)
    find = partial(_earlier, use, thing, name)
    removed = remove_found(use, thing, find, clock, in_use_s=IN_USE_SECONDS)
    cleared.number += removed.number
    cleared.trials |= set(names.values())
    for one, why in removed.stays.items():
        kept = cleared.in_use if isinstance(why, ConflictError) else cleared.failed
        kept.append(f"{thing.value} {names.get(one, one)} ({why})")


def remove_found(
    use: OvercloudUse,
    thing: Thing,
    find: Callable[[], Collection[str]],
    clock: Clock,
    in_use_s: float = REMOVAL_SECONDS,
) -> Removed:
    """Remove the things of a kind that are found; one that stays keeps no other.

    Args:
        use: The overcloud.
        thing: The kind.
        find: Gives the ids of those that are there.
        clock: Time.
        in_use_s: How long to wait for something to be used no more.

    Raises:
        ServiceError: What is there cannot be listed, or nobody answers.
    """
    began = clock.now()
    found = find()
    number = len(found)
    why: Mapping[str, ServiceError] = {}
    while found:
        why = _ask(use, thing, found)
        found = find()
        waited = clock.now() - began
        if not any(waited < _patience(why.get(one), in_use_s) for one in found):
            break
        clock.sleep(POLL_SECONDS)
    late = ServiceError(f"still there after {REMOVAL_SECONDS:.0f} s")
    stays = {one: why.get(one, late) for one in found}
    return Removed(number=number - len(stays), stays=stays)


def _patience(why: ServiceError | None, in_use_s: float) -> float:
    """Say how long a thing is waited for: what is asked for in vain, not at all."""
    if why is None:
        return REMOVAL_SECONDS
    return in_use_s if isinstance(why, ConflictError) else 0.0


def _earlier(use: OvercloudUse, thing: Thing, name: str) -> dict[str, str]:
    there = use.beginning(thing, PREFIX)
    return {one: called for one, called in there.items() if is_earlier(called, name)}


def _ask(
    use: OvercloudUse, thing: Thing, found: Collection[str]
) -> dict[str, ServiceError]:
    """Ask once for each; give what was refused: what is in use may go later.

    Raises:
        UnreachableError: Nobody answers; the others are not asked for.
    """
    refused: dict[str, ServiceError] = {}
    for one in found:
        try:
            use.remove(thing, one)
        except UnreachableError:
            raise
        except ServiceError as error:
            refused[one] = error
    return refused
