"""Removing an undercloud: all that it made, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.fakes.undercloud import CONFIG, FakeUndercloud
from tripleo_cli.domain.events import Event, Noted
from tripleo_cli.errors import (
    BusyError,
    HostError,
    InvalidInputError,
    NotFoundError,
)
from tripleo_cli.workflows.undercloud.belongings import (
    load_belongings,
    note_packages,
    note_user,
)
from tripleo_cli.workflows.undercloud.credentials import HIDDEN, credentials
from tripleo_cli.workflows.undercloud.supervise import SYSTEMD
from tripleo_cli.workflows.undercloud.uninstall import (
    describe,
    plan_removal,
    uninstall,
)

OURS = {"auth": {"auth_url": "http://127.0.0.1:5000/v3", "password": "hush"}}
THEIRS = {"auth": {"auth_url": "https://cloud.example.com/v3"}}


@pytest.fixture
def fake() -> FakeUndercloud:
    fake = FakeUndercloud()
    note_user(fake.host, fake.layout)
    note_packages(fake.host, fake.layout, ["rabbitmq-server", "qemu-utils"])
    fake.host.packages = {"rabbitmq-server", "qemu-utils", "openssh-server"}
    write_clouds(fake, {"undercloud": OURS, "undercloud-system": OURS})
    fake.supervisor.boot()
    return fake


def write_clouds(
    fake: FakeUndercloud, clouds: dict[str, Any], **others: object
) -> None:
    document = {"clouds": clouds, **others}
    fake.host.files[CONFIG.clouds_file] = yaml.safe_dump(document)


def remove(fake: FakeUndercloud, *, with_packages: bool = False) -> list[Event]:
    events: list[Event] = []
    removal = plan_removal(fake.undercloud, with_packages=with_packages)
    uninstall(fake.undercloud, removal, events.append)
    return events


def test_nothing_is_left(fake: FakeUndercloud) -> None:
    fake.machine.strays = ["epmd (9)"]

    remove(fake)

    assert not fake.supervisor.is_running()
    assert fake.machine.strays == []
    assert fake.host.files == {}
    assert fake.host.users == {"root"}


def test_packages_stay_unless_asked_for(fake: FakeUndercloud) -> None:
    events = remove(fake)

    assert len(fake.host.packages) == 3
    assert any(
        isinstance(one, Noted)
        and "apt-get purge rabbitmq-server qemu-utils" in one.text
        for one in events
    )


def test_only_packages_that_the_installation_added_go(fake: FakeUndercloud) -> None:
    remove(fake, with_packages=True)

    assert fake.host.packages == {"openssh-server"}


def test_a_user_that_was_there_before_stays() -> None:
    fake = FakeUndercloud()

    remove(fake)

    assert CONFIG.service_user in fake.host.users


def test_a_user_that_others_use_stays(fake: FakeUndercloud) -> None:
    fake.host.busy_user = CONFIG.service_user

    events = remove(fake)

    assert CONFIG.service_user in fake.host.users
    assert not fake.host.exists(CONFIG.state_dir)
    assert any(isinstance(one, Noted) and "stays" in one.text for one in events)


def test_other_clouds_and_settings_stay(fake: FakeUndercloud) -> None:
    write_clouds(fake, {"undercloud": OURS, "prod": THEIRS}, cache={"class": "memory"})

    remove(fake)

    kept = yaml.safe_load(fake.host.files[CONFIG.clouds_file])
    assert kept == {"clouds": {"prod": THEIRS}, "cache": {"class": "memory"}}
    assert fake.host.modes[CONFIG.clouds_file] == 0o600


def test_comments_on_other_clouds_stay(fake: FakeUndercloud) -> None:
    entry = f"{{auth: {{auth_url: {OURS['auth']['auth_url']}}}}}"
    fake.host.files[CONFIG.clouds_file] = (
        f"clouds:\n  undercloud: {entry}\n  # Ada's\n"
        f"  prod: {{}}  # live\n  undercloud-system: {entry}\n"
    )

    remove(fake)

    left = "clouds:\n  # Ada's\n  prod: {}  # live\n"
    assert fake.host.files[CONFIG.clouds_file] == left


def test_clouds_that_a_deployment_is_about_to_write_are_not_lost(
    fake: FakeUndercloud,
) -> None:
    with (
        fake.host.turn(CONFIG.clouds_file),
        pytest.raises(HostError, match="has held"),
    ):
        remove(fake)

    assert CONFIG.clouds_file in fake.host.files


def test_a_cloud_of_our_name_at_another_address_is_not_ours(
    fake: FakeUndercloud,
) -> None:
    write_clouds(fake, {"undercloud": THEIRS})
    before = fake.host.files[CONFIG.clouds_file]

    remove(fake)

    assert fake.host.files[CONFIG.clouds_file] == before


def test_an_operators_file_in_the_state_folder_stays(fake: FakeUndercloud) -> None:
    fake.host.files[f"{CONFIG.state_dir}/notes.txt"] = "mine"

    events = remove(fake)

    assert fake.host.files == {f"{CONFIG.state_dir}/notes.txt": "mine"}
    assert any(isinstance(one, Noted) and "did not make" in one.text for one in events)


def test_the_systemd_unit_goes(fake: FakeUndercloud) -> None:
    fake.host.files[SYSTEMD] = ""
    fake.host.files[fake.layout.unit_file] = ""

    remove(fake)

    assert not fake.host.exists(fake.layout.unit_file)
    verbs = [call.argv[1] for call in fake.host.ran if call.argv[0] == "systemctl"]
    assert verbs == ["stop", "disable", "daemon-reload"]


def test_without_an_undercloud_there_is_nothing_to_do() -> None:
    fake = FakeUndercloud()
    fake.host.files.clear()

    assert plan_removal(fake.undercloud).is_empty


def test_a_removal_that_was_interrupted_goes_on(fake: FakeUndercloud) -> None:
    fake.supervisor.shutdown()
    for folder in ("etc", "run", "data", "venv", "log"):
        fake.host.remove(f"{CONFIG.state_dir}/{folder}")

    remove(fake)

    assert fake.host.files == {}
    assert fake.host.users == {"root"}


def test_a_removal_does_not_disturb_an_installation(fake: FakeUndercloud) -> None:
    fake.host.lock_holder = "process 7"
    before = dict(fake.host.files)

    with pytest.raises(BusyError):
        remove(fake)

    assert fake.host.files == before
    assert fake.supervisor.is_running()


def test_a_removal_is_described_in_full(fake: FakeUndercloud) -> None:
    removal = plan_removal(fake.undercloud, with_packages=True)

    text = "\n".join(describe(fake.undercloud, removal))

    for part in (
        "/var/lib/uc/data",
        "undercloud, undercloud-system from /root/clouds.yaml",
        "the user uc",
        "the packages rabbitmq-server, qemu-utils",
    ):
        assert part in text


def test_planning_a_removal_changes_nothing(fake: FakeUndercloud) -> None:
    before = dict(fake.host.files)

    plan_removal(fake.undercloud, with_packages=True)

    assert fake.host.files == before
    assert fake.host.ran == []


def test_notes_add_up_and_are_private(fake: FakeUndercloud) -> None:
    note_packages(fake.host, fake.layout, ["qemu-utils", "ipmitool"])

    found = load_belongings(fake.host, fake.layout)

    assert found.has_user
    assert found.packages == ("rabbitmq-server", "qemu-utils", "ipmitool")
    assert fake.host.modes[f"{fake.layout.journal}/belongings.json"] == 0o600


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"has_user": True})])
def test_damaged_notes_are_told(text: str, fake: FakeUndercloud) -> None:
    fake.host.files[f"{fake.layout.journal}/belongings.json"] = text

    with pytest.raises(HostError, match="is damaged"):
        plan_removal(fake.undercloud)


@pytest.mark.parametrize("text", ["clouds: [", "- 1", "clouds: 3"])
def test_a_broken_clouds_file_stops_before_anything_is_removed(
    text: str, fake: FakeUndercloud
) -> None:
    fake.host.files[CONFIG.clouds_file] = text

    with pytest.raises(InvalidInputError, match=CONFIG.clouds_file):
        plan_removal(fake.undercloud)


def test_credentials_hide_the_password_unless_asked(fake: FakeUndercloud) -> None:
    hidden = credentials(fake.undercloud)

    assert hidden["password"] == HIDDEN
    assert "hush" not in str(hidden)
    assert hidden["auth_url"] == "http://127.0.0.1:5000/v3"
    assert hidden["clouds_file"] == CONFIG.clouds_file
    shown = credentials(fake.undercloud, show_password=True)
    assert shown["password"] == "hush"


def test_credentials_that_are_not_there(fake: FakeUndercloud) -> None:
    write_clouds(fake, {"prod": THEIRS})

    with pytest.raises(NotFoundError, match="no cloud 'undercloud'") as caught:
        credentials(fake.undercloud)

    assert caught.value.hint == "openstack undercloud install"
