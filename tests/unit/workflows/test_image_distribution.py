"""Images of another distribution: only its description says what that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.image_builder import FakeImageBuilder, FakeImageStore
from tripleo_cli.clients.dib import LocalImageBuilder
from tripleo_cli.domain.events import Event
from tripleo_cli.domain.image.job import Place, build_call
from tripleo_cli.domain.image.recipe import Recipe
from tripleo_cli.inputs.image_config import load_images
from tripleo_cli.resources import shipped
from tripleo_cli.workflows.image_build import Inputs, Target, Tools, plan_recipes
from tripleo_cli.workflows.image_build import build_images as build

MINE = """
disk_images:
  - imagename: overcloud-full
    distro: mydebian
    elements: [my-debian, my-extras]
    disk_elements: [my-debian]
    environment: {DIB_RELEASE: trixie}
    roles: []
"""
PLACE = Place(
    program="/venv/bin/disk-image-create",
    elements=("/mine", "/shipped"),
    work="/cache/.work",
    temp="/scratch/t",
    kept="/cache/.kept",
    sources="/cache/.work/sources.list",
    settings="/cache/.work/apt.conf",
)
SHIPPED = shipped("templates") / "images"


class Lab:
    """A machine that has the elements of a distribution of one's own."""

    def __init__(self, folder: Path) -> None:
        self.store = FakeImageStore()
        builder = FakeImageBuilder(self.store)
        ours = [each.name for each in (SHIPPED / "elements").iterdir()]
        builder.names = ("vm", "my-debian", "my-extras", *ours)
        self.tools = Tools(
            builder=builder,
            store=self.store,
            clock=FakeClock(),
            elements=(str(folder),),
        )
        self.events: list[Event] = []
        self._description = folder / "mine.yaml"
        self._description.write_text(MINE)

    def recipes(self) -> list[Recipe]:
        said = load_images([], SHIPPED, str(self._description))
        images = [said.images["overcloud-full"]]
        inputs = Inputs(roles={}, services={}, said=said)
        return plan_recipes(self.tools, images, inputs, self.events.append)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def test_its_elements_are_in_place_of_the_shipped_one_s(lab: Lab) -> None:
    archive, disk = lab.recipes()
    files, whole = build_call(archive, PLACE), build_call(disk, PLACE)

    shared = ["tripleo-node", "tripleo-cloud-init", "tripleo-puppet"]
    own = ["tripleo-container", "my-debian", "my-extras", "tripleo-rootfs"]
    assert list(files.argv[-7:]) == [*shared, *own]
    assert whole.argv[-3:] == ("tripleo-disk", "my-debian", "tripleo-whole-disk")
    for call in (files, whole):
        assert "tripleo-debian" not in " ".join((*call.argv, *call.env.values()))
        assert call.env["DIB_RELEASE"] == "trixie"
    assert " trixie" in archive.ingredients.sources
    assert "bookworm" not in archive.ingredients.sources


def test_it_is_built_and_its_manifest_names_it(lab: Lab) -> None:
    target = Target(output=Path("/out"), temp=Path("/scratch"))
    results = build(lab.tools, lab.recipes(), target, lab.events.append)

    assert [result.form for result in results] == ["tar", "qcow2"]
    assert {each.distro for each in lab.store.builds.values()} == {"mydebian"}


def test_no_element_of_ours_needs_the_shipped_one() -> None:
    for element in (SHIPPED / "elements").iterdir():
        needs = element / "element-deps"
        assert "tripleo-debian" not in (needs.read_text() if needs.is_file() else "")


def test_its_elements_decide_the_digest(tmp_path: Path) -> None:
    (tmp_path / "my-debian").mkdir()
    builder = LocalImageBuilder()
    before = builder.digest(["my-debian"], [str(tmp_path)])
    (tmp_path / "my-debian" / "element-provides").write_text("operating-system\n")

    assert builder.digest(["my-debian"], [str(tmp_path)]) != before
