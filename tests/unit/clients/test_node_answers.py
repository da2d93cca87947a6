"""What ssh 9.2 and ansible-core 2.19 said, and what is made of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tripleo_cli.clients import node_answers
from tripleo_cli.clients.answer import Answer
from tripleo_cli.clients.node_answers import Way
from tripleo_cli.domain.overcloud.outcome import Account, StepState, Target

WAY = Way(
    target=Target("node-0", "192.0.2.11"),
    user="tripleo-admin",
    key="/home/me/.ssh/key",
    known_hosts="/home/me/known_hosts",
)
RECORD: dict[str, Any] = {
    "step": 3,
    "state": "failed",
    "hash": "h",
    "changed": 1,
    "failed": 1,
    "skipped": 4,
    "seconds": 2.5,
    "failures": [{"resource": "Exec[x]", "message": "no", "file": "/s.pp", "line": 2}],
    "slowest": [["Exec[x]", 2.0]],
    "diff": "",
    "reason": "1 resource failed",
    "hint": "",
    "finished_at": "2026-11-23T04:00:18+00:00",
    "passed": None,
}
REFUSED = (
    "Failed to connect to the host via ssh: Warning: Permanently added 'x'.\n"
    "ssh: connect to host 192.0.2.11 port 22: Connection refused"
)


def printed(value: Any) -> Answer:
    return Answer(printed=json.dumps(value), code=0)


def silent(failure: str) -> Answer:
    return Answer(failure=failure, is_reached=False)


def test_a_steps_record_is_read() -> None:
    outcome = node_answers.step_outcome(3, printed(RECORD), WAY)

    assert outcome.state is StepState.FAILED
    assert outcome.failures[0].resource == "Exec[x]"
    assert outcome.slowest == (("Exec[x]", 2.0),)
    assert (outcome.changed, outcome.skipped, outcome.seconds) == (1, 4, 2.5)


@pytest.mark.parametrize(
    ("failure", "reason", "hint"),
    [
        (REFUSED, "port 22: Connection refused", "openstack server list"),
        (
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\nHost key verification",
            "its SSH host key is not the one that it had before",
            "ssh-keygen -R node-0 -f /home/me/known_hosts",
        ),
        (
            "tripleo-admin@192.0.2.11: Permission denied (publickey).",
            "it does not let tripleo-admin in with the key /home/me/.ssh/key",
            "ssh -i /home/me/.ssh/key",
        ),
        (
            "Connection to 192.0.2.11 closed by remote host.",
            "the connection was lost",
            "deploy again: it is waited for",
        ),
    ],
)
def test_silence_has_a_reason_and_a_remedy(
    failure: str, reason: str, hint: str
) -> None:
    outcome = node_answers.step_outcome(3, silent(failure), WAY)

    assert (outcome.state, outcome.step) == (StepState.UNREACHABLE, 3)
    assert reason in outcome.reason
    assert hint in outcome.hint
    record = node_answers.node_record(silent(failure), WAY)
    assert (record.reason, record.steps) == (outcome.reason, {})
    prepared = node_answers.prepare_outcome(silent(failure), WAY)
    assert not prepared.is_reached
    assert prepared.problems[0].what == outcome.reason
    (check,) = node_answers.check_outcomes(silent(failure), WAY)
    assert (check.name, check.passed) == ("the node answers", False)
    whole = str(node_answers.why_silent(failure, WAY))
    assert whole == check.detail == f"{outcome.reason} ({outcome.hint})"


def test_ansibles_own_words_are_left_out() -> None:
    before = 'Task failed: Data could not be sent to remote host "x". Make sure this '
    around = before + "host can be reached over ssh: "
    dead = silent(f"{around}ssh: connect to host x port 22: No route to host")

    outcome = node_answers.step_outcome(1, dead, WAY)
    cut = node_answers.step_outcome(1, silent(around), WAY)

    assert outcome.reason == "ssh: connect to host x port 22: No route to host"
    assert cut.reason == "the connection was lost: ssh does not say why"


def test_a_full_disk_is_the_nodes_failure_even_if_ansible_cannot_begin() -> None:
    answer = silent("Failed to create temporary directory. No space left on device")

    outcome = node_answers.step_outcome(1, answer, WAY)

    assert outcome.state is StepState.FAILED
    assert outcome.reason == "the node's disk is full"


def test_what_the_program_refuses_is_told_in_its_words() -> None:
    answer = printed({"error": "this node has no bundle", "hint": "deploy"})

    outcome = node_answers.step_outcome(1, answer, WAY)

    assert (outcome.state, outcome.reason, outcome.hint) == (
        StepState.FAILED,
        "this node has no bundle",
        "deploy",
    )


def test_a_node_without_the_program_remembers_nothing() -> None:
    missing = "/usr/bin/python3: can't open file '/var/lib/x.pyz': [Errno 2]"
    answer = Answer(code=2, failure=missing)

    record = node_answers.node_record(answer, WAY)

    assert (record.steps, record.reason) == ({}, "")
    outcome = node_answers.step_outcome(1, answer, WAY)
    assert "was not prepared" in outcome.reason


def test_a_killed_program_is_told() -> None:
    outcome = node_answers.step_outcome(1, Answer(code=-9), WAY)

    assert outcome.reason == "the program was killed by signal 9"


def test_records_and_checks_are_read() -> None:
    record = node_answers.node_record(printed({"steps": {"3": RECORD}}), WAY)
    assert record.steps[3].failed == 1
    check = {
        "step": 4,
        "name": "a",
        "service": "s",
        "passed": False,
        "detail": "d",
        "unit": "u",
        "log": ["l"],
        "resource": "Service[u] (/x.pp:1)",
        "seconds": 1.0,
    }
    (outcome,) = node_answers.check_outcomes(printed([check]), WAY)
    known = Account(unit="u", log=("l",), resource="Service[u] (/x.pp:1)")
    assert (outcome.name, outcome.account) == ("a", known)
    assert (outcome.step, outcome.service) == (4, "s")


def test_a_node_that_cannot_tell_has_no_accounts() -> None:
    refused = Answer(printed='{"error": "no bundle", "hint": ""}', code=1)

    assert node_answers.accounts(refused) == {}
    assert node_answers.accounts(Answer(failure="gone", is_reached=False)) == {}


def test_problems_of_a_node_are_read() -> None:
    problem = {"where": "package x", "what": "missing", "remedy": "add it"}
    found = {"problems": [problem], "changed": [], "seconds": 0.1}

    outcome = node_answers.prepare_outcome(printed(found), WAY)

    assert outcome.is_reached
    assert not outcome.is_ready
    assert str(outcome.problems[0]) == "package x: missing (add it)"


def test_a_machine_that_was_deployed_anew_is_known_by_its_own_name() -> None:
    way = Way(
        target=Target("n", "192.0.2.1", "uuid"), user="u", key="k", known_hosts="f"
    )

    assert "HostKeyAlias=uuid" in way.login
