"""Telling an overcloud's Keystone what it has to know."""

from __future__ import annotations

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.overcloud import BOOTSTRAPPED, FakeOvercloudIdentity
from tripleo_cli.domain.events import Event, Finished, Skipped
from tripleo_cli.domain.overcloud.catalog import (
    INTERFACES,
    Catalogue,
    Change,
    CloudService,
    Domain,
    Endpoint,
    Grant,
    Project,
    Role,
    User,
)
from tripleo_cli.errors import PartialFailureError, ServiceError, UnreachableError
from tripleo_cli.workflows.catalog import PATIENCE_SECONDS, TASK, ensure_catalogue

GLANCE = User(name="glance", project="service", password="g")
WANTED = Catalogue(
    items=(
        Grant(user="glance", role="admin", project="service"),
        GLANCE,
        Project(name="service"),
        Domain(name="heat_stack"),
        User(name="heat", domain="heat_stack", password="h"),
        Role(name="admin"),
        Grant(user="heat", role="admin", domain="heat_stack"),
        CloudService(name="glance", type="image"),
        *(
            Endpoint(
                service="glance", type="image", interface=name, url="http://192.0.2.1"
            )
            for name in INTERFACES
        ),
    )
)


def ensure(
    identity: FakeOvercloudIdentity, clock: FakeClock | None = None
) -> tuple[list[Change], list[Event]]:
    events: list[Event] = []
    done = ensure_catalogue(
        identity, WANTED, clock=clock or FakeClock(), report=events.append
    )
    return list(done), events


def test_a_new_keystone_learns_everything_in_a_possible_order() -> None:
    identity = FakeOvercloudIdentity()

    done, events = ensure(identity)

    present = identity.read().items
    assert set(WANTED.items) <= set(present)
    assert set(BOOTSTRAPPED) <= set(present)
    assert len(done) == 10
    assert events[-1] == Finished(TASK, "", "10 changes")


def test_the_second_time_nothing_changes() -> None:
    identity = FakeOvercloudIdentity()
    ensure(identity)
    identity.saved.clear()

    done, events = ensure(identity)

    assert not done
    assert not identity.saved
    assert isinstance(events[-1], Skipped)


def test_a_password_that_does_not_work_is_set_and_others_are_not() -> None:
    others = User(name="glance", project="service", password="changed by hand")
    identity = FakeOvercloudIdentity()
    ensure(identity)
    identity.put(others)

    done, _ = ensure(identity)

    assert done == [Change(item=GLANCE, is_new=False)]
    assert identity.accepts(GLANCE)


def test_a_keystone_that_just_started_gets_time() -> None:
    identity, clock = FakeOvercloudIdentity(), FakeClock()
    identity.faults = [UnreachableError("connection refused")] * 3

    done, _ = ensure(identity, clock)

    assert done
    assert 0 < clock.slept < PATIENCE_SECONDS


def test_a_keystone_that_does_not_answer_is_told_of() -> None:
    identity = FakeOvercloudIdentity()
    identity.faults = [UnreachableError("connection refused")] * 1000

    with pytest.raises(UnreachableError):
        ensure(identity)


def test_a_wrong_password_of_the_administrator_is_told_at_once() -> None:
    identity, clock = FakeOvercloudIdentity(), FakeClock()
    identity.faults = [ServiceError("HTTP 401")]

    with pytest.raises(ServiceError, match="401"):
        ensure(identity, clock)

    assert clock.slept == 0


def test_a_refused_change_is_named_and_what_needs_it_is_not_tried() -> None:
    identity = FakeOvercloudIdentity()
    identity.refused = {Project(name="service").key: ServiceError("quota exceeded")}

    with pytest.raises(PartialFailureError, match="project service: quota exceeded"):
        ensure(identity)

    assert GLANCE in identity.read().items, "others of its kind are made"
    assert not [change for change in identity.saved if isinstance(change.item, Grant)]


def test_after_a_failure_the_same_run_completes_it() -> None:
    identity = FakeOvercloudIdentity()
    identity.refused = {Project(name="service").key: ServiceError("quota exceeded")}
    with pytest.raises(PartialFailureError):
        ensure(identity)
    identity.refused = {}

    ensure(identity)

    assert set(WANTED.items) <= set(identity.read().items)


def test_a_broken_connection_costs_another_look_and_nothing_is_made_twice() -> None:
    identity = FakeOvercloudIdentity()
    identity.lost = {Project(name="service").key}

    ensure(identity)

    assert set(WANTED.items) <= set(identity.read().items)
    made = [change.item.key for change in identity.saved]
    assert len(made) == len(set(made))


def test_connections_that_always_break_are_told_of() -> None:
    identity = FakeOvercloudIdentity()
    broken = UnreachableError("the connection was reset")
    identity.refused = {Project(name="service").key: broken}

    with pytest.raises(UnreachableError):
        ensure(identity)
