"""Read what the services of an undercloud have written."""

from __future__ import annotations

from collections.abc import Iterator

from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.domain.undercloud.services import SERVICES
from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.workflows.undercloud.installed import Undercloud

OTHERS = ("install", "supervisord")
"""Logs that are not of a service."""


def log_lines(
    undercloud: Undercloud, name: str, lines: int, *, follow: bool = False
) -> Iterator[str]:
    """Give the last lines of a log and, to follow it, those yet to come.

    Raises:
        InvalidInputError: There is no such log, or ``lines`` is negative.
        HostError: It cannot be read.
    """
    known = (*(spec.name for spec in SERVICES), *OTHERS)
    problems = []
    if name not in known:
        problems.append(Problem(name, "no such service", did_you_mean(name, known)))
    if lines < 0:
        problems.append(Problem("--lines", f"{lines} is negative"))
    if problems:
        hint = f"one of: {', '.join(known)}"
        raise InvalidInputError("openstack undercloud logs", problems, hint=hint)
    path = f"{undercloud.layout.log}/{name}.log"
    return undercloud.machine.tail(path, lines, follow=follow)
