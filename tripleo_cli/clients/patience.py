"""Ask Ironic again while it is busy.

Ironic locks a node for every change, its own periodic tasks included. A crowded
service also drops connections.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

if TYPE_CHECKING:
    from tripleo_cli.workflows.ports import Clock

RETRIES = (0.5, 1, 2, 3, 5, 5, 5, 5, 5)
"""Pauses in seconds before an operation that found a node locked is tried again."""

_WRONG_STATE = re.compile(
    r"can ?not be performed on node|while it is in state|in maintenance mode"
)
_CUT = re.compile(r"the connection was reset|it closed the connection")
_LATER = re.compile(rf"is locked by host|lack of free conductor workers|{_CUT.pattern}")
T = TypeVar("T")


def patiently(
    clock: Clock,
    operation: Callable[[], T],
    find_done: Callable[[], T | None] | None = None,
) -> T:
    """Try again while another operation holds the node or all workers are busy.

    Whether a connection that was cut had done what was asked, ``find_done`` finds
    out when the second attempt is refused.

    Raises:
        ServiceError: It was refused for good, or too often.
    """
    was_cut = False
    for pause in (*RETRIES, None):
        try:
            return operation()
        except ServiceError as error:
            told = _sharpened(error)
            is_refused = isinstance(told, (ConflictError, NotFoundError))
            if was_cut and find_done and is_refused:
                done = find_done()
                if done is not None:
                    return done
            if pause is None or not _LATER.search(str(error)):
                raise told from error.__cause__
            was_cut = was_cut or bool(_CUT.search(str(error)))
        clock.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def _sharpened(error: ServiceError) -> ServiceError:
    """Make a conflict of the 400 that Ironic answers to a verb out of place."""
    if isinstance(error, (ConflictError, NotFoundError)):
        return error
    if _WRONG_STATE.search(str(error)):
        return ConflictError(str(error), hint=error.hint)
    return error
