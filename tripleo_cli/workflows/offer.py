"""Give users of an overcloud what its operator asked for, and change nothing there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tripleo_cli.domain.events import (
    Began,
    Finished,
    Noted,
    Progressed,
    Reporter,
    Skipped,
)
from tripleo_cli.domain.overcloud.offer import Offered, differences
from tripleo_cli.errors import ServiceError, StepFailedError
from tripleo_cli.workflows.overcloud_ports import OvercloudUse

TASK = "flavors and networks"
_AGAIN = "run the same `openstack overcloud deploy` again: what is there by then stays"


def ensure_offer(use: OvercloudUse, offer: Sequence[Offered], report: Reporter) -> None:
    """Make what is not there, known by its name; say of the rest how it differs.

    Args:
        use: The overcloud, as its administrator.
        offer: What is asked for.
        report: Told of what was made.

    Raises:
        StepFailedError: A service refused something, or does not answer.
    """
    if not offer:
        return
    report(Began(TASK, len(offer)))
    made = [_ensure(use, one, report) for one in offer]
    if sum(made):
        report(Finished(TASK, "", f"{sum(made)} made"))
    else:
        report(Skipped(TASK, "", "all are there"))


def _ensure(use: OvercloudUse, wanted: Offered, report: Reporter) -> int:
    """Have a thing, with its parts; gives how many of them were made."""
    thing_id, made = _have(use, wanted, {}, report)
    for part in wanted.parts:
        _, more = _have(use, part, {"network_id": thing_id}, report)
        made += more
    return made


def _have(
    use: OvercloudUse,
    wanted: Offered,
    place: Mapping[str, Any],
    report: Reporter,
) -> tuple[str, int]:
    """Have a thing at its place; gives its id, and 1 if it was made."""
    try:
        for found in use.named(wanted.thing, wanted.name):
            record = use.record(wanted.thing, found)
            if all(record.get(key) == value for key, value in place.items()):
                _tell(wanted, record, report)
                return found, 0
        fields = {"name": wanted.name, **wanted.fields, **place}
        made = use.make(wanted.thing, fields)
    except ServiceError as error:
        raise StepFailedError(f"{wanted}: {error}", hint=_AGAIN) from error
    report(Progressed(TASK, str(wanted), "made"))
    return made, 1


def _tell(wanted: Offered, record: Mapping[str, Any], report: Reporter) -> None:
    differing = differences(wanted, record)
    if differing:
        report(Noted(f"{wanted} is there, and stays as it is: {'; '.join(differing)}"))
