"""Checks from this machine: together, and each until its time limit."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.overcloud import FakeProbes
from tripleo_cli.domain.events import Event, Progressed
from tripleo_cli.domain.overcloud.access import access_to
from tripleo_cli.domain.overcloud.checks import Asked
from tripleo_cli.domain.overcloud.outcome import CheckOutcome, Target
from tripleo_cli.domain.overcloud.probing import CallAnswer, HttpAnswer
from tripleo_cli.domain.overcloud.service import Check, CheckPlace
from tripleo_cli.workflows.checks import POLL_SECONDS, run_checks
from tripleo_cli.workflows.concurrency import StoppedError

PAGE = "http://192.0.2.1:9292/healthcheck"
MANY = 20_000


def asked(kind: str, host: str = "c-0", timeout_s: float = 30, **values: Any) -> Asked:
    check = Check(
        name=f"{kind} of {host}",
        kind=kind,
        on=CheckPlace.DEPLOYER,
        values=values,
        timeout_s=timeout_s,
    )
    target = Target(hostname=host, address="192.0.2.1")
    return Asked(service="s", check=check, target=target, members=("c-0", "c-1"))


def a_page(**others: Any) -> Asked:
    return asked("http", port=9292, path="/healthcheck", body="OK", **others)


def a_compute(host: str, timeout_s: float = 30) -> Asked:
    expect = {"binary": "nova-compute"}
    return asked("openstack", host, timeout_s, call="compute_services", expect=expect)


def compute(host: str, state: str) -> dict[str, str]:
    return {"binary": "nova-compute", "host": host, "state": state}


class World:
    """Probes, time, and what was reported."""

    def __init__(self) -> None:
        self.probes, self.clock = FakeProbes(), FakeClock()
        self.events: list[Event] = []

    def check(self, *wanted: Asked) -> dict[str, list[CheckOutcome]]:
        access = access_to("192.0.2.1", "secret")
        found = run_checks(
            self.probes, wanted, access, clock=self.clock, report=self.events.append
        )
        return {name: list(outcomes) for name, outcomes in found.items()}


def test_what_answers_well_passes_at_once() -> None:
    world = World()
    world.probes.pages[PAGE] = [HttpAnswer(status=200, body="OK")]
    world.probes.open = {("192.0.2.1", 6080)}

    found = world.check(a_page(), asked("tcp", port=6080))

    assert [outcome.passed for outcome in found["c-0"]] == [True, True]
    assert world.clock.slept == 0


def test_what_is_not_yet_there_is_asked_again() -> None:
    world = World()
    starting = HttpAnswer(failure="connection refused")
    world.probes.pages[PAGE] = [starting, starting, HttpAnswer(status=200, body="OK")]

    found = world.check(a_page())

    assert found["c-0"][0].passed
    assert found["c-0"][0].seconds == 2 * POLL_SECONDS
    assert isinstance(world.events[0], Progressed)


def test_what_does_not_come_true_fails_at_its_limit_and_says_what_was_seen() -> None:
    world = World()
    world.probes.pages[PAGE] = [HttpAnswer(status=503, body="no server")]

    found = world.check(a_page(timeout_s=9))

    (outcome,) = found["c-0"]
    assert not outcome.passed
    assert outcome.detail == "192.0.2.1: HTTP 503, wanted 200: no server"
    assert 9 <= outcome.seconds <= 9 + POLL_SECONDS


def test_one_list_serves_all_nodes_and_each_is_judged_alone() -> None:
    world = World()
    first = CallAnswer(records=(compute("c-0", "up"),))
    second = CallAnswer(records=(*first.records, compute("c-1", "down")))
    world.probes.listings["compute_services"] = [first, second]

    found = world.check(a_compute("c-0"), a_compute("c-1", timeout_s=3))

    assert found["c-0"][0].passed
    assert found["c-1"][0].detail == "192.0.2.1: nova-compute is down"
    assert len(world.probes.asked) == 3, "at 0, 2 and 3 seconds"


def test_a_check_in_a_list_fails_at_its_own_limit() -> None:
    world = World()
    world.probes.listings["compute_services"] = [CallAnswer()]

    found = world.check(a_compute("c-0", timeout_s=4), a_compute("c-1", timeout_s=60))

    assert found["c-0"][0].seconds == 4
    assert found["c-1"][0].seconds == 60


def test_a_kind_that_only_nodes_can_check_is_a_failure_with_a_reason() -> None:
    found = World().check(asked("systemd", timeout_s=1))

    assert "cannot make a check of kind systemd" in found["c-0"][0].detail


def test_ctrl_c_ends_checks_that_would_go_on() -> None:
    world = World()
    is_asked, asks = threading.Event(), 0

    def ask() -> None:
        nonlocal asks
        if threading.current_thread().name.endswith("_0"):
            assert is_asked.wait(60)
            raise KeyboardInterrupt
        is_asked.set()
        asks += 1
        assert asks < MANY
        time.sleep(0.001)

    world.probes.on_ask = ask

    with pytest.raises(StoppedError):
        world.check(asked("tcp", port=1), asked("tcp", port=2, timeout_s=1e9))

    assert asks < MANY


def test_no_checks_ask_nobody() -> None:
    world = World()

    assert world.check() == {}
    assert not world.probes.asked
