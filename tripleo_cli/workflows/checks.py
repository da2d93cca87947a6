"""Make a step's checks from this machine, all at once, each until its time limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Event

from tripleo_cli.domain.events import Progressed, Reporter
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.checks import (
    Asked,
    judge_listing,
    judge_page,
    url_of,
)
from tripleo_cli.domain.overcloud.outcome import CheckOutcome
from tripleo_cli.domain.overcloud.probing import HttpQuestion
from tripleo_cli.workflows.concurrency import each
from tripleo_cli.workflows.overcloud_ports import Probes
from tripleo_cli.workflows.ports import Clock

TASK = "check services"
POLL_SECONDS = 2.0
ONE_ANSWER_SECONDS = 20.0
"""How long one question may take; a check with more time asks again."""
CONCURRENCY = 16

SHORTEST_SECONDS = 0.1
"""A question needs some time even where none is left."""

Settled = tuple[Asked, CheckOutcome]


def run_checks(
    probes: Probes,
    asked: Sequence[Asked],
    access: Access,
    *,
    clock: Clock,
    report: Reporter,
) -> Mapping[str, Sequence[CheckOutcome]]:
    """Make checks (:func:`~tripleo_cli.domain.overcloud.checks.deployer_checks`).

    Those that need the same list of the overcloud share it: a thousand computes cost
    one call. A check that fails is made again until its time limit.

    Returns:
        Outcomes by host name; those of a service's host go by the service's name.
        It does not raise where a check fails.

    Raises:
        StoppedError: Ctrl-C; no check is made again then.
    """
    stopped = Event()
    lines = [
        _Line(
            probes=probes,
            access=access,
            asked=group,
            clock=clock,
            report=report,
            stopped=stopped,
        )
        for group in _groups(asked)
    ]
    found: dict[str, list[CheckOutcome]] = {}
    outcomes = each(lines, _Line.follow, concurrency=CONCURRENCY, on_stop=stopped.set)
    for done in outcomes:
        if done.error:
            raise done.error
        for one, outcome in done.result or ():
            found.setdefault(one.target.hostname, []).append(outcome)
    return found


def _groups(asked: Sequence[Asked]) -> Sequence[Sequence[Asked]]:
    """Put checks together that one answer settles."""
    groups: dict[object, list[Asked]] = {}
    for number, one in enumerate(asked):
        call = one.check.values.get("call") if one.check.kind == "openstack" else None
        groups.setdefault(call or number, []).append(one)
    return list(groups.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """Checks that ask the same question, until each has passed or is late."""

    probes: Probes
    access: Access
    asked: Sequence[Asked]
    clock: Clock
    report: Reporter
    stopped: Event

    def follow(self) -> Sequence[Settled]:
        """Ask until all is settled, or nobody wants to know any more."""
        began = self.clock.now()
        waiting, settled = list(self.asked), []
        while waiting and not self.stopped.is_set():
            details = self._ask(waiting, self._left(waiting, began))
            seconds = self.clock.now() - began
            pending = []
            for one, detail in zip(waiting, details, strict=True):
                if detail and seconds < one.check.timeout_s:
                    pending.append((one, detail))
                else:
                    settled.append((one, _outcome(one, detail, seconds)))
            waiting = [one for one, _ in pending]
            if pending:
                self._wait(*pending[0], self._left(waiting, began))
        return settled

    def _left(self, waiting: Sequence[Asked], began: float) -> float:
        """Say how long the most patient check may still take, in seconds."""
        longest = max(one.check.timeout_s for one in waiting)
        return max(SHORTEST_SECONDS, began + longest - self.clock.now())

    def _ask(self, waiting: Sequence[Asked], left: float) -> Sequence[str]:
        """Ask once; give for each check why it does not pass, or nothing."""
        limit = min(left, ONE_ANSWER_SECONDS)
        check, target = waiting[0].check, waiting[0].target
        match check.kind:
            case "http":
                question = HttpQuestion(url=url_of(waiting[0]), timeout_s=limit)
                return [judge_page(check, self.probes.http(question))]
            case "tcp":
                port = int(check.values["port"])
                return [self.probes.tcp(target.address, port, limit)]
            case "openstack":
                call = str(check.values["call"])
                listing = self.probes.call(self.access, call, limit)
                return [judge_listing(one, listing) for one in waiting]
            case _:
                return [f"this machine cannot make a check of kind {check.kind}"]

    def _wait(self, one: Asked, detail: str, left: float) -> None:
        text = f"{one.check.name}: {detail}" if detail else one.check.name
        self.report(Progressed(TASK, one.target.hostname, text))
        self.clock.sleep(min(POLL_SECONDS, left))


def _outcome(one: Asked, detail: str, seconds: float) -> CheckOutcome:
    return CheckOutcome(
        step=one.step,
        name=one.check.name,
        passed=not detail,
        detail=detail and f"{one.target.address}: {detail}",
        service=one.service,
        seconds=round(seconds, 1),
    )
