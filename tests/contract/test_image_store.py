"""Every store of images keeps builds whole or not at all; ours and that in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.image_builder import FakeImageStore
from tripleo_cli.clients.image_store import LocalImageStore
from tripleo_cli.domain.image.built import LOG, BuiltImage, Work
from tripleo_cli.errors import BusyError, HostError
from tripleo_cli.workflows.image_ports import ImageStore


@dataclass(frozen=True)
class Place:
    """A store, and folders beside it."""

    store: ImageStore
    temp: Path
    output: Path

    def keep(self, digest: str = "d1", at: str = "2026-11-23T04:00:00Z") -> BuiltImage:
        with self.store.work(self.temp) as work:
            image = self.image(work, digest, at)
            self.store.keep(image, work)
        return image

    def image(self, work: Work, digest: str, at: str) -> BuiltImage:
        self.store.write(work, LOG, "log")
        path = Path(self.store.write(work, "node.tar.zst", f"files of {digest}"))
        return BuiltImage(
            name="node",
            digest=digest,
            packages_digest="p1",
            distro="debian",
            elements=("tripleo-node",),
            files=(self.store.describe(path, "tar"),),
            versions={"curl": "7"},
            seconds=1.0,
            built_at=at,
        )


@pytest.fixture(params=["memory", "local"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    local = request.param == "local"
    store = LocalImageStore(tmp_path / "cache") if local else FakeImageStore()
    return Place(store, tmp_path / "temp", tmp_path / "output")


def test_a_build_that_was_kept_is_found(place: Place) -> None:
    assert place.store.find("d1") is None
    image = place.keep()

    assert place.store.find("d1") == image
    assert image.files[0].size > 0


def test_a_build_that_was_not_kept_is_gone(place: Place) -> None:
    with place.store.work(place.temp) as work:
        place.image(work, "d1", "")

    assert place.store.find("d1") is None
    with place.store.work(place.temp) as work, pytest.raises(HostError):
        place.store.read(work, "node.tar.zst")


def test_only_one_build_at_a_time(place: Place) -> None:
    with (
        place.store.work(place.temp),
        pytest.raises(BusyError),
        place.store.work(place.temp),
    ):
        pass


def test_files_are_put_where_they_are_wanted(place: Place) -> None:
    image = place.keep()

    assert place.store.publish(image, place.output) == [place.output / "node.tar.zst"]
