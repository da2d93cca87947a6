"""Start, stop and restart an undercloud or some of its services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tripleo_cli.domain.events import Began, Failed, Finished, Reporter, Skipped, silent
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.domain.undercloud.health import ServiceHealth, select
from tripleo_cli.domain.undercloud.services import SERVICES, ServiceSpec
from tripleo_cli.errors import InvalidInputError, PartialFailureError, Problem
from tripleo_cli.workflows.undercloud.installed import Undercloud
from tripleo_cli.workflows.undercloud.status import check
from tripleo_cli.workflows.undercloud.supervise import (
    running_services,
    start_supervisor,
    stop_services,
    stop_supervisor,
)

ANSWER_TIMEOUT_S = 300
_POLL_S = 1
_GIVEN_UP = "FATAL"


def start(
    undercloud: Undercloud, names: Sequence[str], report: Reporter = silent
) -> None:
    """Start services, all where none is named, and wait until they answer.

    Raises:
        InvalidInputError: A name is not that of a service.
        HostError: No undercloud is installed.
        PartialFailureError: Some do not come up; names each with its reason.
    """
    with _locked(undercloud, names) as specs:
        _start(undercloud, specs, report)


def stop(
    undercloud: Undercloud, names: Sequence[str], report: Reporter = silent
) -> None:
    """Stop services, those that others stand on last.

    All, and the supervisor, where none is named.

    Raises:
        InvalidInputError: A name is not that of a service.
        HostError: No undercloud is installed.
    """
    with _locked(undercloud, names) as specs:
        _stop(undercloud, specs, report)
        if not names:
            stop_supervisor(undercloud)


def restart(
    undercloud: Undercloud, names: Sequence[str], report: Reporter = silent
) -> None:
    """Stop services and start them again; the others go on.

    Raises:
        InvalidInputError: A name is not that of a service.
        HostError: No undercloud is installed.
        PartialFailureError: Some do not come up; names each with its reason.
    """
    with _locked(undercloud, names) as specs:
        _stop(undercloud, specs, report)
        _start(undercloud, specs, report)


@contextmanager
def _locked(
    undercloud: Undercloud, names: Sequence[str]
) -> Iterator[Sequence[ServiceSpec]]:
    """Hold an undercloud to oneself, and give the services of these names.

    Raises:
        InvalidInputError: A name is not that of a service.
        HostError: No undercloud is installed.
    """
    specs = _specs(names)
    undercloud.check_installed()
    with undercloud.host.lock(undercloud.layout.lock):
        yield specs


def _specs(names: Sequence[str]) -> Sequence[ServiceSpec]:
    known = [spec.name for spec in SERVICES]
    problems = [
        Problem(name, "no such service", did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    if problems:
        hint = f"one of: {', '.join(known)}"
        raise InvalidInputError("SERVICE", problems, hint=hint)
    return select(names)


def _stop(
    undercloud: Undercloud, specs: Sequence[ServiceSpec], report: Reporter
) -> None:
    report(Began("stop", len(specs)))
    running = running_services(undercloud)
    names = [spec.name for spec in specs if spec.name in running]
    for spec in specs:
        if spec.name not in names:
            report(Skipped("stop", spec.name, "is not running"))
    stop_services(undercloud, names)
    for name in names:
        report(Finished("stop", name))
    report(Finished("stop"))


def _start(
    undercloud: Undercloud, specs: Sequence[ServiceSpec], report: Reporter
) -> None:
    report(Began("start", len(specs)))
    fresh = start_supervisor(undercloud)
    processes = {} if fresh else undercloud.supervisor.processes()
    for spec in specs:
        process = processes.get(spec.name)
        if process is None or not process.is_up:
            undercloud.supervisor.start(spec.name)
    _wait_for_answers(undercloud, specs, report)
    report(Finished("start"))


def _wait_for_answers(
    undercloud: Undercloud, specs: Sequence[ServiceSpec], report: Reporter
) -> None:
    began = undercloud.clock.now()
    waited_for = {spec.name: spec for spec in specs}
    failures: dict[str, str] = {}
    while waited_for:
        seconds = undercloud.clock.now() - began
        for one in check(undercloud, tuple(waited_for.values())):
            failure = _failure(one, seconds)
            if one.is_well:
                report(Finished("start", one.name, f"answers after {seconds:.0f} s"))
            elif failure:
                failures[one.name] = failure
                report(Failed("start", one.name, failure))
            else:
                continue
            del waited_for[one.name]
        if waited_for:
            undercloud.clock.sleep(_POLL_S)
    if failures:
        listed = "\n".join(f"  {name}: {why}" for name, why in failures.items())
        raise PartialFailureError(
            f"{len(failures)} of {len(specs)} services did not come up:\n{listed}",
            hint=f"openstack undercloud logs {next(iter(failures))}",
        )


def _failure(one: ServiceHealth, seconds: float) -> str:
    """Say why it is in vain to wait longer; empty where it is not."""
    if one.state == _GIVEN_UP:
        return one.reason or "it ended again and again"
    if seconds < ANSWER_TIMEOUT_S:
        return ""
    if one.state == "RUNNING":
        return f"no answer at {one.endpoint} in {ANSWER_TIMEOUT_S} s"
    return f"{one.state} after {ANSWER_TIMEOUT_S} s: {one.reason}"
