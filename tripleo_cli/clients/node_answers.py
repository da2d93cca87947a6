"""What nodes answer, as values; and what SSH complains of, in words with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tripleo_cli.clients.answer import Answer, as_json
from tripleo_cli.domain.overcloud.outcome import (
    Account,
    CheckOutcome,
    NodeRecord,
    PrepareOutcome,
    ResourceFailure,
    StepOutcome,
    StepState,
    Target,
)
from tripleo_cli.errors import Problem

_FULL = "No space left on device"
_NO_PROGRAM = "can't open file"
_BY_ANSIBLE = "over ssh:"
"""Before it are Ansible's words, after it ssh's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a node is reached; for remedies that can be typed."""

    target: Target
    user: str
    key: str
    known_hosts: str
    console: str = ""
    """What to type on its console, for a node that nobody logs in to."""

    @property
    def alias(self) -> str:
        """The name under which the node's host key is known."""
        return self.target.identity or self.target.hostname

    @property
    def login(self) -> str:
        """A command that logs in by hand, or looks at the console."""
        if self.console:
            return f"on its console: {self.console}"
        return (
            f"ssh -i {self.key} -o UserKnownHostsFile={self.known_hosts} "
            f"-o HostKeyAlias={self.alias} {self.user}@{self.target.address}"
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """Why a node did nothing for us, and what to do; not reached, or refused."""

    reason: str
    hint: str = ""
    is_reached: bool = False

    def __str__(self) -> str:
        """Say both in one line."""
        return f"{self.reason} ({self.hint})" if self.hint else self.reason


def why_silent(text: str, way: Way) -> Silence:
    """Say what keeps us from a node, from what ssh or Ansible printed."""
    said = text.rpartition(_BY_ANSIBLE)[2].strip()
    for signs, explain in _COMPLAINTS:
        if any(sign in text for sign in signs):
            return explain(said, way)
    if not said:
        # So it is where a connection that was open ends.
        return _lost("ssh does not say why", way)
    return Silence(_last(said), f"is it up? openstack server list; {way.login}")


def _key_changed(_text: str, way: Way) -> Silence:
    hint = f"ssh-keygen -R {way.alias} -f {way.known_hosts}"
    reason = "its SSH host key is not the one that it had before"
    return Silence(reason, f"if the machine was deployed anew: {hint}")


def _not_let_in(_text: str, way: Way) -> Silence:
    reason = f"it does not let {way.user} in with the key {way.key}"
    hint = "the key is put there when the machine first boots: look at its console"
    return Silence(reason, f"{hint}; try {way.login}")


def _full(_text: str, way: Way) -> Silence:
    hint = f"make room: {way.login} df -h"
    return Silence("the node's disk is full", hint, is_reached=True)


def _lost(text: str, _way: Way) -> Silence:
    hint = "what was begun there goes on; deploy again: it is waited for"
    return Silence(f"the connection was lost: {_last(text)}", hint)


def step_outcome(step: int, answer: Answer, way: Way) -> StepOutcome:
    """Read what ``apply`` printed."""
    data = _object(answer)
    if data and "state" in data:
        return outcome_of(data)
    silence = _silence(data, answer, way)
    state = StepState.FAILED if silence.is_reached else StepState.UNREACHABLE
    return StepOutcome(step=step, state=state, reason=silence.reason, hint=silence.hint)


def outcome_of(data: Mapping[str, Any]) -> StepOutcome:
    """Read one step's record."""
    return StepOutcome(
        step=int(data["step"]),
        state=StepState(data["state"]),
        hash=data.get("hash", ""),
        changed=data.get("changed", 0),
        failed=data.get("failed", 0),
        skipped=data.get("skipped", 0),
        seconds=data.get("seconds", 0.0),
        failures=tuple(ResourceFailure(**one) for one in data.get("failures", ())),
        slowest=tuple((name, spent) for name, spent in data.get("slowest", ())),
        diff=data.get("diff", ""),
        reason=data.get("reason", ""),
        hint=data.get("hint", ""),
        finished_at=data.get("finished_at", ""),
    )


def is_prepared(answer: Answer) -> bool:
    """Whether the node has the program and the bundle that it was asked about."""
    data = _object(answer)
    return data is not None and "wanted" not in data


def prepare_outcome(answer: Answer, way: Way) -> PrepareOutcome:
    """Read what ``prepare`` printed."""
    data = _object(answer)
    if data and "problems" in data:
        problems = tuple(Problem(**one) for one in data["problems"])
        changed = tuple(data["changed"])
        return PrepareOutcome(
            problems=problems,
            changed=changed,
            seconds=data["seconds"],
            record=_record(data) if "steps" in data else None,
        )
    silence = _silence(data, answer, way)
    where = way.target.hostname
    problem = Problem(where, silence.reason, silence.hint)
    return PrepareOutcome(is_reached=silence.is_reached, problems=(problem,))


def node_record(answer: Answer, way: Way) -> NodeRecord:
    """Read what ``state`` printed; a node without the program remembers nothing."""
    data = _object(answer)
    if data and "steps" in data:
        return _record(data)
    if answer.is_reached and _NO_PROGRAM in answer.failure:
        return NodeRecord()
    silence = _silence(data, answer, way)
    return NodeRecord(reason=silence.reason, hint=silence.hint)


def _record(data: Mapping[str, Any]) -> NodeRecord:
    steps = {int(number): outcome_of(one) for number, one in data["steps"].items()}
    return NodeRecord(steps=steps)


def check_outcomes(answer: Answer, way: Way) -> Sequence[CheckOutcome]:
    """Read what ``check`` printed."""
    data = _value(answer)
    if isinstance(data, list):
        return tuple(_check(one) for one in data)
    silence = _silence(data, answer, way)
    name = "the node's checks are made" if silence.is_reached else "the node answers"
    return (CheckOutcome(name=name, passed=False, detail=str(silence)),)


def _check(data: Mapping[str, Any]) -> CheckOutcome:
    return CheckOutcome(
        step=data["step"],
        name=data["name"],
        passed=data["passed"],
        detail=data["detail"],
        service=data["service"],
        account=_account(data),
        seconds=data["seconds"],
    )


def accounts(answer: Answer) -> Mapping[str, Account]:
    """Read what ``explain`` printed, by service; nothing where it is something else."""
    data = _object(answer) or {}
    told = {name: one for name, one in data.items() if isinstance(one, Mapping)}
    return {name: _account(one) for name, one in told.items()}


def _account(data: Mapping[str, Any]) -> Account:
    return Account(unit=data["unit"], log=tuple(data["log"]), resource=data["resource"])


def _value(answer: Answer) -> Any:
    try:
        return as_json(answer)
    except ValueError:
        return None


def _object(answer: Answer) -> Mapping[str, Any] | None:
    data = _value(answer)
    return data if isinstance(data, Mapping) else None


def _silence(data: Any, answer: Answer, way: Way) -> Silence:
    if isinstance(data, Mapping) and "error" in data:
        return Silence(data["error"], data.get("hint", ""), is_reached=True)
    if not answer.is_reached or _FULL in answer.failure:
        return why_silent(answer.failure, way)
    if _NO_PROGRAM in answer.failure:
        reason = "the program is not on the node: it was not prepared"
        return Silence(reason, "openstack overcloud deploy", is_reached=True)
    return Silence(_last_words(answer), f"look: {way.login}", is_reached=True)


def _last_words(answer: Answer) -> str:
    if answer.code is not None and answer.code < 0:
        return f"the program was killed by signal {-answer.code}"
    return _last(answer.failure or answer.printed) or "it printed nothing"


def _last(text: str) -> str:
    """The line that says it; ssh's warnings come before."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    spoken = [line for line in lines if not line.startswith("Warning:")]
    line = (spoken or lines or [""])[-1]
    return line.removeprefix("Failed to connect to the host via ssh:").strip()


_COMPLAINTS: Sequence[tuple[Sequence[str], Callable[[str, Way], Silence]]] = (
    (("HOST IDENTIFICATION HAS CHANGED", "Host key verification"), _key_changed),
    (("Permission denied",), _not_let_in),
    ((_FULL,), _full),
    (
        (
            *("closed by remote host", "Broken pipe", "Connection reset"),
            *("not responding", "Shared connection"),
        ),
        _lost,
    ),
)
"""What ssh says, by what it means; the first that fits."""
