"""Overcloud nodes in memory: they keep bundles, hashes and records, as real ones do.

They refuse what real ones refuse: a step before ``prepare``, a bundle made for another
node. Faults are set from outside: ``unreachable``,
``lacking`` (packages), ``failing`` (steps), ``sick`` (checks), ``lost`` (answers).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tripleo_cli.domain.overcloud.outcome import (
    CHECKS_S,
    Account,
    CheckOutcome,
    NodeRecord,
    OnOutcome,
    PrepareOutcome,
    ResourceFailure,
    StepOutcome,
    StepState,
    Target,
    unwatched,
)
from tripleo_cli.errors import Problem

REFUSED = "ssh: connect to host {address} port 22: Connection refused"
LOST = "the connection was lost: ssh does not say why"
KEY = "ssh-ed25519 key-of-{}"
HINT = "is the machine up? openstack server list"


class FakeNodes:
    """Implements the ``Nodes`` port; every node exists, at any address."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.bundles: dict[str, dict[str, Any]] = {}
        self.previews: dict[str, dict[str, Any]] = {}
        """What nodes were sent only to look at."""
        self.met: set[Target] = set()
        """The machines that have let us in: their host keys are known."""
        self.records: dict[str, dict[int, StepOutcome]] = {}
        self.calls: list[tuple[str, int, tuple[str, ...]]] = []
        """What was asked for, of which step (0: none), of which nodes, in order."""
        self.unreachable: set[str] = set()
        self.lacking: dict[str, set[str]] = {}
        self.failing: dict[tuple[str, int], str] = {}
        """Messages of what fails, by node and step."""
        self.sick: dict[tuple[str, int], str] = {}
        """Names of checks that fail, by node and step."""
        self.stopped: dict[tuple[str, int], str] = {}
        """Names of checks that fail until the step is applied again."""
        self.lost: dict[str, int] = {}
        """How many of a node's next answers about checks do not arrive, by node."""
        self.tells = False
        """Whether nodes tell what they remember as soon as they are prepared."""
        self.patience: list[float | None] = []
        """How long each call for checks gave each of them, at most."""
        self.limits: list[float] = []
        """How long each call for checks gave a node for all of them."""

    def reach(self, targets: Sequence[Target]) -> Mapping[str, str]:
        self._note("reach", 0, targets)
        self.met |= {one for one in targets if not (self._silence(one) or one.pulls)}
        return {one.hostname: self._silence(one) for one in targets}

    def host_keys(self, targets: Sequence[Target]) -> Mapping[str, Sequence[str]]:
        return {
            one.hostname: [KEY.format(one.identity or one.hostname)]
            if one in self.met
            else []
            for one in targets
        }

    def prepare(
        self, bundles: Mapping[Target, str], *, check: bool = False
    ) -> Mapping[str, PrepareOutcome]:
        self._note("prepare", 0, list(bundles))
        place = self.previews if check else self.bundles
        return {
            one.hostname: self._take(one, text, place) for one, text in bundles.items()
        }

    def states(self, targets: Sequence[Target]) -> Mapping[str, NodeRecord]:
        self._note("states", 0, targets)
        return {one.hostname: self._record(one) for one in targets}

    def apply(
        self,
        targets: Sequence[Target],
        step: int,
        *,
        check: bool = False,
        force: bool = False,
        on_outcome: OnOutcome = unwatched,
    ) -> Mapping[str, StepOutcome]:
        self._note("preview" if check else "apply", step, targets)
        outcomes = {}
        for one in targets:
            outcome = self._apply(one, step, check=check, force=force)
            outcomes[one.hostname] = outcome
            on_outcome(one.hostname, outcome)
        return outcomes

    def check(
        self,
        targets: Sequence[Target],
        *steps: int,
        within_s: float | None = None,
        limit_s: float = CHECKS_S,
    ) -> Mapping[str, Sequence[CheckOutcome]]:
        for step in steps:
            self._note("check", step, targets)
        self.patience.append(within_s)
        self.limits.append(limit_s)
        return {one.hostname: self._checks(one, steps) for one in targets}

    def explain(
        self, asked: Mapping[Target, Collection[str]]
    ) -> Mapping[str, Mapping[str, Account]]:
        self._note("explain", 0, list(asked))
        return {
            one.hostname: {}
            if self._silence(one) or one.hostname not in self.bundles
            else {name: self._account(one, name) for name in services}
            for one, services in asked.items()
        }

    def kill(self, hostname: str, step: int) -> None:
        """Let a run of a step have been killed half-way, or be at work still."""
        with self._lock:
            self.records.setdefault(hostname, {})[step] = StepOutcome(
                step=step, state=StepState.INTERRUPTED
            )

    def reinstall(self, hostname: str) -> None:
        """Let the machine have been deployed anew: it remembers nothing."""
        with self._lock:
            self.bundles.pop(hostname, None)
            self.previews.pop(hostname, None)
            self.records.pop(hostname, None)

    def applied(self, step: int) -> list[str]:
        """Names of the nodes that were asked to apply a step, in order."""
        asked = [c[2] for c in self.calls if c[:2] == ("apply", step)]
        return [hostname for names in asked for hostname in names]

    def _note(self, verb: str, step: int, targets: Sequence[Target]) -> None:
        with self._lock:
            self.calls.append((verb, step, tuple(one.hostname for one in targets)))

    def _silence(self, target: Target) -> str:
        if target.hostname in self.unreachable:
            return REFUSED.format(address=target.address)
        return ""

    def _take(
        self, target: Target, text: str, place: dict[str, dict[str, Any]]
    ) -> PrepareOutcome:
        silence = self._silence(target)
        if silence:
            problem = Problem(target.hostname, silence, HINT)
            return PrepareOutcome(is_reached=False, problems=(problem,))
        bundle = json.loads(text)
        assert bundle["format"] == 1
        assert bundle["hostname"] == target.hostname, "another node's bundle"
        missing = self.lacking.get(target.hostname, set()) & set(bundle["packages"])
        if missing:
            problems = [Problem(f"package {one}", "is not there") for one in missing]
            return PrepareOutcome(problems=tuple(problems))
        with self._lock:
            is_new = place is self.bundles and place.get(target.hostname) != bundle
            place[target.hostname] = bundle
        record = self._record(target) if self.tells else None
        return PrepareOutcome(changed=("bundle",) if is_new else (), record=record)

    def _record(self, target: Target) -> NodeRecord:
        silence = self._silence(target)
        if silence:
            return NodeRecord(reason=silence, hint=HINT)
        return NodeRecord(steps=dict(self.records.get(target.hostname, {})))

    def _apply(
        self, target: Target, step: int, *, check: bool, force: bool
    ) -> StepOutcome:
        silence = self._silence(target)
        if silence:
            state = StepState.UNREACHABLE
            return StepOutcome(step=step, state=state, reason=silence, hint=HINT)
        with self._lock:
            there = self.previews if check else self.bundles
            wanted = _wanted(there, target, step).get("hash", "")
            known = self.records.setdefault(target.hostname, {})
            done = known.get(step, StepOutcome(step=step, state=StepState.UNCHANGED))
            if check:
                return _preview(done, wanted)
            if done.hash != wanted or not done.is_done or force:
                known[step] = self._run(target, step, wanted)
                return known[step]
            return replace(done, state=StepState.UNCHANGED, changed=0)

    def _run(self, target: Target, step: int, wanted: str) -> StepOutcome:
        self.stopped.pop((target.hostname, step), None)
        message = self.failing.get((target.hostname, step))
        if message is None:
            state = StepState.APPLIED
            return StepOutcome(step=step, state=state, hash=wanted, changed=1)
        failure = ResourceFailure(
            resource="Exec[fails]", message=message, file="/step.pp", line=1
        )
        return StepOutcome(
            step=step,
            state=StepState.FAILED,
            hash=wanted,
            failed=1,
            failures=(failure,),
        )

    def _checks(self, target: Target, steps: Sequence[int]) -> Sequence[CheckOutcome]:
        silence, name = self._silence(target), "the node answers"
        if silence:
            return (CheckOutcome(name=name, passed=False, detail=silence),)
        if self.lost.get(target.hostname):
            self.lost[target.hostname] -= 1
            return (CheckOutcome(name=name, passed=False, detail=LOST),)
        return [one for step in steps for one in self._check(target, step)]

    def _account(self, target: Target, service: str) -> Account:
        steps = self.bundles[target.hostname]["steps"].values()
        checks = [one for step in steps for one in step["checks"]]
        units = [
            one["systemd"]["unit"]
            for one in checks
            if one.get("service") == service and "systemd" in one
        ]
        return Account(unit=units[0]) if units else Account()

    def _check(self, target: Target, step: int) -> Sequence[CheckOutcome]:
        place = (target.hostname, step)
        sick = {self.sick.get(place), self.stopped.get(place)}
        checks = _wanted(self.bundles, target, step).get("checks", [])
        made = [one["name"] for one in checks if one.get("on", "node") == "node"]
        return [
            CheckOutcome(name=one, passed=one not in sick, step=step) for one in made
        ]


def _wanted(
    bundles: dict[str, dict[str, Any]], target: Target, step: int
) -> dict[str, Any]:
    assert target.hostname in bundles, f"{target.hostname} is not prepared"
    steps: dict[str, dict[str, Any]] = bundles[target.hostname]["steps"]
    return steps.get(str(step), {})


def _preview(done: StepOutcome, wanted: str) -> StepOutcome:
    diff = "" if done.hash == wanted else f"-none\n+{wanted}"
    changed = 1 if diff else 0
    return StepOutcome(
        step=done.step,
        state=StepState.PREVIEWED,
        hash=wanted,
        diff=diff,
        changed=changed,
    )
