"""Ansible's events, as ansible-runner 2.4 gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tripleo_cli.clients.ansible import Listener, Play
from tripleo_cli.clients.answer import Answer

COMMAND = "ansible.builtin.command"


def heard(*events: tuple[str, dict[str, Any]]) -> tuple[dict[str, Answer], list[str]]:
    told: list[str] = []
    listener = Listener(lambda host, _answer: told.append(host))
    for kind, data in events:
        assert listener({"event": kind, "event_data": data}) is False
    return listener.answers, told


def test_what_the_program_printed_is_the_answer() -> None:
    result = {"stdout": "{}", "stderr": "", "rc": 2}
    answers, told = heard(
        ("playbook_on_start", {}),
        ("runner_on_ok", {"host": "a", "task_action": COMMAND, "res": result}),
    )

    assert answers == {"a": Answer(printed="{}", code=2)}
    assert told == ["a"]


def test_a_file_that_was_sent_is_no_answer() -> None:
    copied = {"host": "a", "task_action": "ansible.builtin.copy", "res": {}}

    assert heard(("runner_on_ok", copied)) == ({}, [])


def test_a_file_that_could_not_be_sent_is_one() -> None:
    result = {"msg": "could not write", "module_stderr": "No space left on device"}
    failed = {"host": "a", "task_action": "ansible.builtin.copy", "res": result}

    answers, _ = heard(("runner_on_failed", failed))

    assert answers["a"] == Answer(failure="could not write\nNo space left on device")


def test_a_node_that_is_not_reached_says_why() -> None:
    gone = {"host": "b", "res": {"msg": "ssh: no route"}}

    answers, _ = heard(("runner_on_unreachable", gone))

    assert answers["b"] == Answer(failure="ssh: no route", is_reached=False)


@pytest.mark.parametrize(
    ("hosts", "limit_s"), [(1, 3900), (20, 3900), (21, 7800), (100, 19500)]
)
def test_hosts_that_wait_for_their_turn_get_their_time_too(
    hosts: int, limit_s: float
) -> None:
    named: dict[str, dict[str, Any]] = {f"n-{number}": {} for number in range(hosts)}
    asked = Play(playbook="", hosts=named, cwd=Path(), forks=20, timeout_s=3900)

    assert asked.limit_s == limit_s
