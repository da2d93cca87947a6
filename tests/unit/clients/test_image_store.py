"""Builds on a disk: what was killed, changed by hand or is old does not stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.contract.test_image_store import Place
from tripleo_cli.clients.image_store import KEPT_BUILDS, LocalImageStore
from tripleo_cli.errors import HostError


@pytest.fixture
def place(tmp_path: Path) -> Place:
    store = LocalImageStore(tmp_path / "cache")
    return Place(store, tmp_path / "temp", tmp_path / "output")


def test_files_and_their_manifest_are_copied_once(place: Place, tmp_path: Path) -> None:
    image = place.keep()
    place.store.publish(image, place.output)
    first = (place.output / "node.tar.zst").stat()
    place.store.publish(image, place.output)

    assert (place.output / "node.tar.zst").stat() == first
    assert (
        json.loads((place.output / "node.tar.zst.json").read_text())["digest"] == "d1"
    )
    kept = tmp_path / "cache" / "d1" / "node.tar.zst"
    assert not kept.samefile(place.output / "node.tar.zst")


def test_a_file_that_was_changed_is_put_there_again(place: Place) -> None:
    image = place.keep()
    (path,) = place.store.publish(image, place.output)
    path.write_text("changed by hand")
    place.store.publish(image, place.output)

    assert path.read_text() == "files of d1\n"


def test_a_build_that_lacks_a_file_is_none(place: Place, tmp_path: Path) -> None:
    place.keep()
    (tmp_path / "cache" / "d1" / "node.tar.zst").write_text("cut off")

    assert place.store.find("d1") is None


def test_a_manifest_that_is_not_one_is_none(place: Place, tmp_path: Path) -> None:
    place.keep()
    (tmp_path / "cache" / "d1" / "image.json").write_text("{")

    assert place.store.find("d1") is None


def test_what_killed_builds_left_is_removed(place: Place, tmp_path: Path) -> None:
    left = [tmp_path / "cache" / ".work" / "x", tmp_path / "temp/tripleo-image.0/y"]
    for path in left:
        path.mkdir(parents=True)
    with place.store.work(place.temp):
        assert not any(path.exists() for path in left)

    assert list(place.temp.iterdir()) == []


def test_old_builds_of_an_image_make_room(place: Place) -> None:
    for number in range(KEPT_BUILDS + 1):
        place.keep(f"d{number}", at=f"2026-11-2{number}T00:00:00Z")

    found = [place.store.find(f"d{number}") for number in range(KEPT_BUILDS + 1)]
    assert [each is None for each in found] == [True] + [False] * KEPT_BUILDS


def test_a_build_stays_that_is_the_oldest_by_a_clock_set_back(place: Place) -> None:
    for number in range(KEPT_BUILDS):
        place.keep(f"d{number}", at=f"2026-11-2{number}T00:00:00Z")
    place.keep("new", at="1970-01-01T00:00:00Z")

    kept = [name for name in ("new", "d0", "d1", "d2") if place.store.find(name)]
    assert kept == ["new", "d1", "d2"]


def test_a_folder_that_cannot_be_made_is_told(place: Place, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")

    with (
        pytest.raises(HostError, match="cannot write to"),
        place.store.work(place.temp),
    ):
        pass
