"""Tell an overcloud's Keystone what it has to know, and nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from tripleo_cli.domain.events import Began, Finished, Progressed, Reporter, Skipped
from tripleo_cli.domain.overcloud.catalog import Catalogue, Change, changes
from tripleo_cli.errors import PartialFailureError, UnreachableError
from tripleo_cli.workflows.concurrency import each
from tripleo_cli.workflows.overcloud_ports import OvercloudIdentity
from tripleo_cli.workflows.ports import Clock

TASK = "register services in Keystone"
CONCURRENCY = 6
"""More would wait for each other: a small controller has few workers."""
PATIENCE_SECONDS = 60.0
"""How long Keystone may take to answer; it was just started."""
POLL_SECONDS = 1.0


def ensure_catalogue(
    identity: OvercloudIdentity, wanted: Catalogue, *, clock: Clock, report: Reporter
) -> Sequence[Change]:
    """Make what Keystone lacks, correct what differs; leave all else alone.

    A user's password is set where the user is new, or cannot sign in with it.

    Returns:
        What was changed; empty where all was as it should be.

    Raises:
        UnreachableError: Keystone does not answer.
        ServiceError: It does not let the administrator in, or refuses a change.
        PartialFailureError: It refused some changes; names each with the reason.
    """
    report(Began(TASK))
    done: list[Change] = []
    for is_last in (False, False, True):
        todo = _todo(identity, wanted, clock)
        try:
            done += _apply(identity, todo, report)
            break
        except UnreachableError:
            # What of it was done all the same, the next look shows.
            if is_last:
                raise
            clock.sleep(POLL_SECONDS)
    if done:
        report(Finished(TASK, "", f"{len(done)} changes"))
    else:
        report(Skipped(TASK, "", "everything is there"))
    return done


def _todo(
    identity: OvercloudIdentity, wanted: Catalogue, clock: Clock
) -> Sequence[Change]:
    """Compare with what is there, in an order in which it can be done."""
    current = _read(identity, clock)
    present = {item.key for item in current.items}
    todo = [*changes(current, wanted), *_passwords(identity, wanted, present)]
    return sorted(todo, key=_wave)


def _apply(
    identity: OvercloudIdentity, todo: Sequence[Change], report: Reporter
) -> Sequence[Change]:
    # What comes later needs what comes before: a role before who has it.
    for _, wave in groupby(todo, key=_wave):
        _save(identity, list(wave), report)
    return todo


def _read(identity: OvercloudIdentity, clock: Clock) -> Catalogue:
    deadline = clock.now() + PATIENCE_SECONDS
    while True:
        try:
            return identity.read()
        except UnreachableError:
            if clock.now() >= deadline:
                raise
        clock.sleep(POLL_SECONDS)


def _passwords(
    identity: OvercloudIdentity, wanted: Catalogue, present: set[tuple[str, ...]]
) -> Sequence[Change]:
    """Find the users whose password is another one than ours."""
    known = [user for user in wanted.users if user.key in present]
    outcomes = each(known, identity.accepts, concurrency=CONCURRENCY)
    for outcome in outcomes:
        if outcome.error:
            raise outcome.error
    return [
        Change(item=outcome.subject, is_new=False)
        for outcome in outcomes
        if not outcome.result
    ]


def _wave(change: Change) -> int:
    return change.item.wave


def _save(
    identity: OvercloudIdentity, wave: Sequence[Change], report: Reporter
) -> None:
    outcomes = each(wave, identity.save, concurrency=CONCURRENCY)
    failed = [(one.subject, one.error) for one in outcomes if one.error]
    for outcome in outcomes:
        if not outcome.error:
            report(Progressed(TASK, str(outcome.subject), "done"))
    if failed and all(isinstance(error, UnreachableError) for _, error in failed):
        raise failed[0][1]
    if failed:
        listed = "\n".join(f"  {change.what}: {error}" for change, error in failed)
        raise PartialFailureError(
            f"Keystone refused {len(failed)} of {len(wave)} changes:\n{listed}",
            hint="run the same command again: what is there by now stays",
        )
