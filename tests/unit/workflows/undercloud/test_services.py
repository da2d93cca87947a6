"""Starting, stopping and describing the services of an undercloud."""

from __future__ import annotations

import pytest

from tests.fakes.undercloud import CONFIG, STARTS_IN_S, FakeUndercloud
from tripleo_cli.domain.events import Event, Failed, Finished
from tripleo_cli.domain.undercloud.health import complaints
from tripleo_cli.domain.undercloud.services import SERVICES
from tripleo_cli.errors import (
    BusyError,
    HostError,
    InvalidInputError,
    PartialFailureError,
)
from tripleo_cli.workflows.undercloud.control import (
    ANSWER_TIMEOUT_S,
    restart,
    start,
    stop,
)
from tripleo_cli.workflows.undercloud.logs import log_lines
from tripleo_cli.workflows.undercloud.status import status
from tripleo_cli.workflows.undercloud.supervise import SYSTEMD, start_supervisor

NAMES = [spec.name for spec in SERVICES]


@pytest.fixture
def fake() -> FakeUndercloud:
    return FakeUndercloud()


def running(fake: FakeUndercloud) -> FakeUndercloud:
    fake.supervisor.boot()
    fake.clock.sleep(STARTS_IN_S)
    return fake


def test_status_describes_every_service_in_order(fake: FakeUndercloud) -> None:
    found = status(running(fake).undercloud)

    assert [one.name for one in found] == NAMES
    assert all(one.is_well for one in found)
    assert not complaints(found)
    keystone = found[NAMES.index("keystone")]
    assert keystone.endpoint == "http://127.0.0.1:5000"
    assert keystone.answers is True
    assert keystone.version == "30.0.0"
    assert keystone.usage is not None
    assert found[NAMES.index("heat-engine")].answers is None


def test_status_of_a_stopped_undercloud_says_how_to_start_it(
    fake: FakeUndercloud,
) -> None:
    found = status(fake.undercloud)

    assert {one.state for one in found} == {"DOWN"}
    assert complaints(found) == [
        "the undercloud does not run; to start it: openstack undercloud start"
    ]


def test_status_names_what_is_wrong_with_each(fake: FakeUndercloud) -> None:
    fake.supervisor.broken["heat-engine"] = "exited too quickly"
    running(fake)
    fake.supervisor.stop("glance")

    assert complaints(status(fake.undercloud)) == [
        "glance is STOPPED",
        "heat-engine is FATAL: exited too quickly",
    ]


def test_a_service_that_runs_and_does_not_answer_is_not_well(
    fake: FakeUndercloud,
) -> None:
    fake.supervisor.boot()

    assert "keystone does not answer at http://127.0.0.1:5000" in complaints(
        status(fake.undercloud)
    )


def test_status_without_an_undercloud(fake: FakeUndercloud) -> None:
    fake.host.remove(CONFIG.state_dir)

    with pytest.raises(HostError, match="no undercloud is installed in /var/lib/uc"):
        status(fake.undercloud)


def test_start_brings_up_the_supervisor_and_waits_for_answers(
    fake: FakeUndercloud,
) -> None:
    events: list[Event] = []

    start(fake.undercloud, [], events.append)

    assert all(one.is_well for one in status(fake.undercloud))
    finished = [one.subject for one in events if isinstance(one, Finished)]
    assert set(finished) == {*NAMES, ""}


def test_start_after_a_kill_ends_what_was_left_first(fake: FakeUndercloud) -> None:
    fake.machine.strays = ["mariadbd (7)"]

    start(fake.undercloud, [])

    assert fake.machine.strays == []


def test_start_changes_nothing_where_all_runs(fake: FakeUndercloud) -> None:
    start(running(fake).undercloud, [])

    assert fake.supervisor.calls == []
    assert fake.host.ran == []


def test_start_under_systemd_goes_through_its_unit(fake: FakeUndercloud) -> None:
    fake.host.files[SYSTEMD] = ""
    fake.host.files[fake.layout.unit_file] = ""

    assert start_supervisor(fake.undercloud)

    assert [call.argv for call in fake.host.ran] == [
        ("systemctl", "start", "uc.service")
    ]


def test_named_services_start_in_the_order_of_need(fake: FakeUndercloud) -> None:
    running(fake)
    for name in ("nova-compute", "keystone"):
        fake.supervisor.stop(name)
    fake.supervisor.calls.clear()

    start(fake.undercloud, ["nova-compute", "keystone"])

    assert fake.supervisor.calls == ["start keystone", "start nova-compute"]


def test_what_others_stand_on_stops_last_and_the_supervisor_ends(
    fake: FakeUndercloud,
) -> None:
    stop(running(fake).undercloud, [])

    assert sorted(fake.supervisor.calls) == sorted(f"stop {name}" for name in NAMES)
    assert fake.supervisor.calls[-3:] == ["stop rabbitmq", "stop epmd", "stop mariadb"]
    assert not fake.supervisor.is_running()


def test_stopping_one_service_leaves_the_others(fake: FakeUndercloud) -> None:
    stop(running(fake).undercloud, ["glance"])

    assert complaints(status(fake.undercloud)) == ["glance is STOPPED"]


def test_stopping_what_is_stopped_is_fine(fake: FakeUndercloud) -> None:
    stop(fake.undercloud, [])
    stop(fake.undercloud, ["glance"])


def test_restart_stops_and_starts_only_what_is_named(fake: FakeUndercloud) -> None:
    restart(running(fake).undercloud, ["ironic"])

    assert fake.supervisor.calls == ["stop ironic", "start ironic"]
    assert not complaints(status(fake.undercloud))


def test_a_service_that_does_not_come_up_is_named_with_its_reason(
    fake: FakeUndercloud,
) -> None:
    fake.supervisor.broken["ironic"] = "no such file"
    events: list[Event] = []

    with pytest.raises(PartialFailureError, match="ironic: no such file") as caught:
        start(fake.undercloud, [], events.append)

    assert caught.value.hint == "openstack undercloud logs ironic"
    assert [one.subject for one in events if isinstance(one, Failed)] == ["ironic"]
    assert complaints(status(fake.undercloud)) == ["ironic is FATAL: no such file"]


def test_waiting_for_an_answer_ends(
    fake: FakeUndercloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    running(fake)
    monkeypatch.setattr(fake.supervisor, "answers", lambda name: name != "glance")

    with pytest.raises(PartialFailureError, match="glance: no answer at http"):
        start(fake.undercloud, [])

    assert fake.clock.slept < ANSWER_TIMEOUT_S + 20


@pytest.mark.parametrize("work", [start, stop, restart])
def test_unknown_services_are_all_named_with_what_was_meant(
    work: object, fake: FakeUndercloud
) -> None:
    assert callable(work)
    with pytest.raises(InvalidInputError) as caught:
        work(fake.undercloud, ["keystoen", "glance", "novaapi"])

    assert 'keystoen: no such service (did you mean "keystone"?)' in str(caught.value)
    assert 'did you mean "nova-api"?' in str(caught.value)
    assert fake.supervisor.calls == []


@pytest.mark.parametrize("work", [start, stop, restart])
def test_an_installation_that_goes_on_is_not_disturbed(
    work: object, fake: FakeUndercloud
) -> None:
    assert callable(work)
    fake.host.lock_holder = "process 7"

    with pytest.raises(BusyError, match="process 7"):
        work(fake.undercloud, [])


def test_start_without_an_undercloud(fake: FakeUndercloud) -> None:
    fake.host.remove(CONFIG.state_dir)

    with pytest.raises(HostError, match="no undercloud is installed"):
        start(fake.undercloud, [])

    assert not fake.host.exists(CONFIG.state_dir)


def test_logs(fake: FakeUndercloud) -> None:
    fake.machine.logs["/var/lib/uc/log/glance.log"] = ["a", "b", "c"]

    assert list(log_lines(fake.undercloud, "glance", 2)) == ["b", "c"]


def test_logs_of_nothing_known(fake: FakeUndercloud) -> None:
    with pytest.raises(InvalidInputError) as caught:
        log_lines(fake.undercloud, "glanc", -1)

    assert 'did you mean "glance"?' in str(caught.value)
    assert "--lines: -1 is negative" in str(caught.value)
