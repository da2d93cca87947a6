"""Leaving word of how to sign in, without touching what others wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from tests.fakes.workdir import FakeWorkdir
from tripleo_cli.domain.events import Event, Noted
from tripleo_cli.domain.overcloud.access import Access, access_to
from tripleo_cli.errors import InvalidInputError, PartialFailureError
from tripleo_cli.workflows.credentials import (
    OWN_CLOUDS,
    Places,
    check_credentials,
    drop_credentials,
    save_credentials,
)

ACCESS = access_to("192.0.2.9", "it's secret")
OTHER = {"auth": {"auth_url": "http://198.51.100.1/v3", "password": "theirs"}}


class Desk:
    """An operator's files."""

    def __init__(self, clouds: object = None) -> None:
        self.places = Places(
            stack=FakeWorkdir(),
            home=FakeWorkdir(),
            clouds=FakeWorkdir(),
            clouds_path="/home/ada/clouds.yaml",
        )
        if clouds is not None:
            text = clouds if isinstance(clouds, str) else yaml.safe_dump(clouds)
            self.places.clouds.write("clouds.yaml", text)

    def save(self, access: Access = ACCESS, name: str = "overcloud") -> list[Event]:
        events: list[Event] = []
        save_credentials(self.places, name, access, events.append)
        return events

    @property
    def clouds(self) -> dict[str, Any]:
        text = self.places.clouds.read("clouds.yaml")
        document: dict[str, Any] = yaml.safe_load(text or "")
        return document


def test_a_new_overcloud_has_an_entry_and_a_file_for_shells() -> None:
    desk = Desk()

    events = desk.save()

    auth = desk.clouds["clouds"]["overcloud"]["auth"]
    assert auth["auth_url"] == "http://192.0.2.9:5000/v3"
    assert auth["password"] == "it's secret"
    rc = desk.places.home.read("overcloudrc") or ""
    assert "export OS_AUTH_URL=http://192.0.2.9:5000/v3\n" in rc
    assert """export OS_PASSWORD='it'"'"'s secret'\n""" in rc
    assert desk.places.stack.read("overcloudrc") == rc
    assert not events


def test_who_signs_in_looks_for_services_in_the_overclouds_region() -> None:
    desk = Desk()

    desk.save(access_to("192.0.2.9", "secret", "east"))

    assert desk.clouds["clouds"]["overcloud"]["region_name"] == "east"
    rc = desk.places.home.read("overcloudrc") or ""
    assert "export OS_REGION_NAME=east\n" in rc


COMMENTED = """\
# Ask Ada before you change this.
clouds:
    other:  # hers
        auth: {auth_url: "http://198.51.100.1/v3", password: theirs}
"""


def test_comments_and_layout_of_others_stay() -> None:
    desk = Desk(COMMENTED)

    desk.save()
    written = desk.places.clouds.read("clouds.yaml") or ""
    drop_credentials(desk.places, "overcloud")

    assert written.startswith(f"{COMMENTED}    overcloud:\n        auth:\n")
    assert desk.places.clouds.read("clouds.yaml") == COMMENTED


def test_a_stack_of_another_name_has_files_of_that_name() -> None:
    desk = Desk()

    desk.save(name="edge")

    assert "edge" in desk.clouds["clouds"]
    assert desk.places.home.read("edgerc")


def test_all_else_in_clouds_yaml_stays() -> None:
    before = {"cache": {"expiration_time": 1}, "clouds": {"undercloud": OTHER}}
    desk = Desk(before)

    desk.save()

    assert desk.clouds["cache"] == before["cache"]
    assert desk.clouds["clouds"]["undercloud"] == OTHER


def test_what_an_operator_added_to_the_entry_stays() -> None:
    desk = Desk()
    desk.save()
    document = desk.clouds
    document["clouds"]["overcloud"]["verify"] = False
    desk.places.clouds.write("clouds.yaml", yaml.safe_dump(document))

    desk.save()

    assert desk.clouds["clouds"]["overcloud"]["verify"] is False


def test_a_cloud_of_somebody_else_by_that_name_stays_and_is_told_of() -> None:
    desk = Desk({"clouds": {"overcloud": OTHER}})

    (note,) = desk.save()

    assert desk.clouds["clouds"]["overcloud"] == OTHER
    assert isinstance(note, Noted)
    assert "OS_CLIENT_CONFIG_FILE=" in note.text
    own = yaml.safe_load(desk.places.stack.read(OWN_CLOUDS) or "")
    assert own["clouds"]["overcloud"]["auth"]["password"] == ACCESS.password


def test_an_overcloud_that_was_made_anew_replaces_its_old_entry() -> None:
    desk = Desk()
    desk.save(access_to("192.0.2.77", "the old one"))

    events = desk.save()

    auth = desk.clouds["clouds"]["overcloud"]["auth"]
    assert auth["password"] == ACCESS.password
    assert not events


def test_a_file_for_shells_that_is_not_ours_stays() -> None:
    desk = Desk()
    desk.places.home.write("overcloudrc", "export OS_CLOUD=mine\n")

    (note,) = desk.save()

    assert desk.places.home.read("overcloudrc") == "export OS_CLOUD=mine\n"
    assert isinstance(note, Noted)
    assert "~/overcloudrc is not ours" in note.text


@pytest.mark.parametrize("text", ["- a\n- b\n", "clouds: [1]\n", "a: {\n"])
def test_a_file_that_is_no_clouds_yaml_stays(text: str) -> None:
    desk = Desk(text)

    (note,) = desk.save()

    assert desk.places.clouds.read("clouds.yaml") == text
    assert isinstance(note, Noted)


@pytest.mark.parametrize("entry", ["it's secret", ["x"], {"auth": "it's secret"}])
def test_an_entry_that_is_none_is_told_of_before_anything_is_written(
    entry: object,
) -> None:
    desk = Desk({"clouds": {"overcloud": entry}})

    with pytest.raises(InvalidInputError, match="not a mapping") as caught:
        check_credentials(desk.places, "overcloud")

    assert caught.value.source == "/home/ada/clouds.yaml"
    assert ACCESS.password not in str(caught.value)
    check_credentials(desk.places, "edge")


def test_an_entry_that_is_none_stays() -> None:
    """It came after the look at it, or the overcloud is going."""
    desk = Desk({"clouds": {"overcloud": "x"}})

    (note,) = desk.save()
    drop_credentials(desk.places, "overcloud")

    assert "has another cloud overcloud" in repr(note)
    assert desk.clouds == {"clouds": {"overcloud": "x"}}


def test_what_we_wrote_may_be_damaged() -> None:
    desk = Desk({"clouds": {"overcloud": OTHER}})
    desk.places.stack.write(OWN_CLOUDS, "clouds: {overcloud: x}")

    drop_credentials(desk.places, "overcloud")
    (note,) = desk.save()

    assert "has another cloud overcloud" in repr(note)


@pytest.mark.parametrize("text", [None, "a: {", "- a"])
def test_a_file_without_clouds_has_no_wrong_entry(text: str | None) -> None:
    check_credentials(Desk(text).places, "overcloud")


def test_what_cannot_be_removed_is_told_and_the_rest_goes() -> None:
    desk = Desk()
    desk.save()
    clouds = desk.places.clouds
    assert isinstance(clouds, FakeWorkdir)
    clouds.is_full = True

    with pytest.raises(PartialFailureError, match="no space left") as caught:
        drop_credentials(desk.places, "overcloud")

    assert "overcloud is gone" in str(caught.value)
    assert caught.value.hint == "openstack overcloud delete --yes overcloud"
    assert desk.places.home.read("overcloudrc") is None
    clouds.is_full = False
    drop_credentials(desk.places, "overcloud")
    assert desk.clouds == {"clouds": {}}


def test_files_that_cannot_be_written_stop_nothing() -> None:
    desk = Desk()
    for folder in (desk.places.home, desk.places.clouds):
        assert isinstance(folder, FakeWorkdir)
        folder.is_full = True

    notes = desk.save()

    assert [isinstance(note, Noted) for note in notes] == [True, True]
    assert all("no space left" in repr(note) for note in notes)
    assert desk.places.stack.read(OWN_CLOUDS)


def test_a_hidden_clouds_yaml_is_left_alone() -> None:
    desk = Desk()
    desk.places = replace(desk.places, clouds_name=".clouds.yaml")

    (note,) = desk.save()
    drop_credentials(desk.places, "overcloud")

    assert ".clouds.yaml is hidden" in repr(note)


def test_no_note_shows_a_password() -> None:
    desk = Desk({"clouds": {"overcloud": OTHER}})

    assert not any(ACCESS.password in repr(event) for event in desk.save())


def test_the_entry_of_an_overcloud_that_is_gone_goes_too() -> None:
    desk = Desk({"clouds": {"other": OTHER}})
    desk.save()

    drop_credentials(desk.places, "overcloud")
    drop_credentials(desk.places, "overcloud")

    assert desk.clouds == {"clouds": {"other": OTHER}}


def test_another_cloud_of_that_name_stays() -> None:
    desk = Desk({"clouds": {"overcloud": OTHER}})
    desk.save()

    drop_credentials(desk.places, "overcloud")

    assert desk.clouds == {"clouds": {"overcloud": OTHER}}


def test_the_file_for_shells_goes_with_its_overcloud() -> None:
    desk = Desk()
    desk.save()
    desk.save(name="edge")

    drop_credentials(desk.places, "overcloud")
    drop_credentials(desk.places, "overcloud")

    assert desk.places.home.read("overcloudrc") is None
    assert desk.places.home.read("edgerc")
    assert desk.places.stack.read("overcloudrc")


def add_another(desk: Desk) -> None:
    """Let another run write its entry just before we write ours."""
    clouds = desk.places.clouds
    assert isinstance(clouds, FakeWorkdir)

    def write() -> None:
        both = {"clouds": {**desk.clouds["clouds"], "another": OTHER}}
        clouds.write("clouds.yaml", yaml.safe_dump(both))

    clouds.meanwhile = write


def test_what_another_run_writes_at_the_same_time_stays() -> None:
    desk = Desk({"clouds": {}})
    add_another(desk)

    desk.save()

    assert set(desk.clouds["clouds"]) == {"another", "overcloud"}


def test_what_another_run_writes_stays_where_an_entry_goes() -> None:
    desk = Desk()
    desk.save()
    add_another(desk)

    drop_credentials(desk.places, "overcloud")

    assert set(desk.clouds["clouds"]) == {"another"}


def test_a_cloud_of_that_name_that_comes_at_the_same_time_stays() -> None:
    desk = Desk()
    clouds = desk.places.clouds
    assert isinstance(clouds, FakeWorkdir)
    theirs = yaml.safe_dump({"clouds": {"overcloud": OTHER}})
    clouds.meanwhile = lambda: clouds.files.update({"clouds.yaml": theirs})

    (note,) = desk.save()

    assert "has another cloud overcloud" in repr(note)
    assert desk.clouds["clouds"]["overcloud"] == OTHER


@pytest.mark.parametrize("more", ["export HTTPS_PROXY=\n", ""])
def test_a_file_for_shells_that_somebody_changed_stays(more: str) -> None:
    desk = Desk()
    desk.save()
    text = f"{desk.places.home.read('overcloudrc')}{more}" if more else "# theirs\n"
    desk.places.home.write("overcloudrc", text)

    drop_credentials(desk.places, "overcloud")

    assert desk.places.home.read("overcloudrc") == text
