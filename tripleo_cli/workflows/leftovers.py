"""Take away what trials of an overcloud have made, also those that were killed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from tripleo_cli.domain.overcloud.trial import PREFIX, Thing, is_earlier
from tripleo_cli.errors import ConflictError, ServiceError
from tripleo_cli.workflows.overcloud_ports import OvercloudUse
from tripleo_cli.workflows.ports import Clock

POLL_SECONDS = 2.0
REMOVAL_SECONDS = 180.0


def remove_earlier(use: OvercloudUse, name: str, clock: Clock) -> str:
    """Remove all things of trials that began before this one.

    Args:
        use: The overcloud.
        name: This trial's.
        clock: Time.

    Returns:
        What was removed; empty where nothing was there.

    Raises:
        ServiceError: Something is left; it names what, and why.
    """
    trials: set[str] = set()
    number = 0
    for thing in reversed(Thing):
        found = _earlier(use, thing, name)
        trials |= set(found.values())
        if found:
            find = partial(_earlier, use, thing, name)
            number += remove_found(use, thing, find, clock)
    return f"{number} things of {', '.join(sorted(trials))}" if number else ""


def remove_found(
    use: OvercloudUse, thing: Thing, find: Callable[[], Collection[str]], clock: Clock
) -> int:
    """Remove the things of a kind that are found; gives how many there were.

    Raises:
        ServiceError: They are still there when their time is over.
    """
    deadline = clock.now() + REMOVAL_SECONDS
    found = find()
    number = len(found)
    while found:
        why = _ask(use, thing, found)
        found = find()
        if found and clock.now() >= deadline:
            raise ServiceError(why or f"still there after {REMOVAL_SECONDS:.0f} s")
        if found:
            clock.sleep(POLL_SECONDS)
    return number


def _earlier(use: OvercloudUse, thing: Thing, name: str) -> dict[str, str]:
    there = use.beginning(thing, PREFIX)
    return {one: called for one, called in there.items() if is_earlier(called, name)}


def _ask(use: OvercloudUse, thing: Thing, found: Collection[str]) -> str:
    """Ask once; what is in use goes later, when its users are gone."""
    try:
        for one in found:
            use.remove(thing, one)
    except ConflictError as error:
        return str(error)
    return ""
