"""Descriptions of images are TripleO's, merged, and checked as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.domain.image.recipe import FORM_ELEMENTS
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.document import Problems
from tripleo_cli.inputs.image_config import (
    check_elements,
    choose_images,
    distributions,
    load_images,
    parse_formats,
    parse_images,
)
from tripleo_cli.resources import shipped

SHIPPED = shipped("templates") / "images"


def problems_of(text: str) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as raised:
        parse_images(text, source="mine.yaml")
    return {problem.where: problem.what for problem in raised.value.problems}


def test_the_shipped_description_is_whole() -> None:
    images = load_images([], SHIPPED, "debian-12").images

    image = images["overcloud-full"]
    assert image.roles == ("all",)
    assert image.formats == ("tar", "qcow2")
    assert image.elements[-1] == "tripleo-debian"
    assert image.environment["DIB_RELEASE"] == "bookworm"


def test_every_key_of_tripleo_s_is_read() -> None:
    (image,) = parse_images(
        """
disk_images:
  - imagename: node
    arch: amd64
    type: qcow2
    distro: debian
    elements: [a]
    packages: [p]
    options: [--checksum]
    environment: {DIB_X: 1, DIB_EMPTY: ""}
    imageext: qcow2
    builder: dib
    skip_base: true
    docker_target: x
""",
        source="mine.yaml",
    )

    assert image.environment == {"DIB_X": "1", "DIB_EMPTY": ""}
    assert image.formats == ("qcow2",)
    assert image.options == ("--checksum",)
    assert image.skip_base is True


def test_all_problems_of_a_file_are_told_at_once() -> None:
    assert problems_of(
        """
disk_images:
  - elements: [a]
    packges: [p]
  - imagename: -x
    type: vhd
    builder: kiwi
    environment: {1x: 1}
    skip_base: maybe
    packages: p
images: []
"""
    ) == {
        "images": "unknown key",
        "disk_images[0].packges": "unknown key",
        "disk_images[0].imagename": "is missing",
        "disk_images[1].builder": "must be dib",
        "disk_images[1].type": "vhd is not built: must be of tar, qcow2, ramdisk",
        "disk_images[1].environment.1x": "is no name of a variable",
        "disk_images[1].skip_base": "must be true or false, not a text",
        "disk_images[1].packages": "must be a list, not a text",
        "disk_images[1].imagename": "must begin with a letter or digit, and hold only"
        " these and . _ -",
    }


def test_a_file_without_images_is_told() -> None:
    assert problems_of("{}") == {"disk_images": "is missing"}


def test_an_operator_s_values_win_and_problems_of_all_files_are_told(
    tmp_path: Path,
) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "disk_images: [{imagename: overcloud-full, type: tar, packages: [vim]}]"
    )
    image = load_images([mine], SHIPPED, "debian-12").images["overcloud-full"]
    assert image.formats == ("tar",)
    assert image.packages == ("vim", "python3-openstackclient")

    bad = tmp_path / "bad.yaml"
    bad.write_text("disk_images: 3")
    with pytest.raises(InvalidInputError) as raised:
        load_images([bad, tmp_path / "none.yaml"], SHIPPED, "debian-21")
    text = str(raised.value)
    assert "3 problems" in text
    assert "bad.yaml" in text
    assert "none.yaml" in text
    assert "debian-12" in text


def test_an_image_must_have_elements_and_a_type(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("disk_images: [{imagename: node}]")

    with pytest.raises(InvalidInputError, match=r"disk_images\.node\.elements"):
        load_images([mine], SHIPPED, "debian-12")


def test_a_disk_must_have_a_kernel_from_somewhere(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "disk_images: [{imagename: node, type: 'tar,qcow2', elements: [vm]}]"
    )

    with pytest.raises(InvalidInputError, match=r"node\.disk_elements.*kernel"):
        load_images([mine], SHIPPED, "debian-12")


def test_images_are_chosen_by_name() -> None:
    images = load_images([], SHIPPED, "debian-12").images

    everything = [image.name for image in choose_images(images, [])]
    assert everything == ["overcloud-full", "ironic-python-agent"]
    with pytest.raises(InvalidInputError, match="overcloud-full"):
        choose_images(images, ["overcloud-ful"])


def test_types_are_read_from_the_command_line_too() -> None:
    problems = Problems("--type")

    assert parse_formats(problems, "", "qcow2,tar") == ("tar", "qcow2")
    parse_formats(problems, "", "iso")
    assert len(problems) == 1


def test_distributions_are_files_beside_the_description() -> None:
    assert distributions(SHIPPED) == ["debian-12"]


OWN = """
disk_images:
  - imagename: overcloud-full
    distro: debian
    elements: [my-debian]
    environment: {DIB_RELEASE: trixie}
"""


def test_a_distribution_of_one_s_own_stands_for_a_shipped_one(tmp_path: Path) -> None:
    mine = tmp_path / "trixie.yaml"
    mine.write_text(OWN)
    images = load_images([], SHIPPED, str(mine))
    image = images.images["overcloud-full"]

    assert image.elements[-1] == "my-debian"
    assert image.environment == {"DIB_RELEASE": "trixie"}
    assert "tripleo-debian" not in (*image.elements, *image.disk_elements)
    assert images.place("overcloud-full", "elements", "my-debian").startswith(str(mine))


def test_a_distribution_is_a_file_by_its_ending_or_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("mine.yaml", "mine"):
        (tmp_path / name).write_text(OWN)

    for named in ("mine.yaml", "./mine", str(tmp_path / "mine")):
        image = load_images([], SHIPPED, named).images["overcloud-full"]
        assert image.environment == {"DIB_RELEASE": "trixie"}
    with pytest.raises(InvalidInputError, match="known: debian-12") as raised:
        load_images([], SHIPPED, "mine")
    assert "--distribution ./mine.yaml" in str(raised.value.hint)
    with pytest.raises(InvalidInputError, match=r"none\.yaml.*\n.*no such file"):
        load_images([], SHIPPED, "none.yaml")


def test_folders_of_elements_that_are_not_there_are_told_with_the_option(
    tmp_path: Path,
) -> None:
    (tmp_path / "elements").mkdir()
    check_elements([tmp_path / "elements"])

    with pytest.raises(InvalidInputError) as raised:
        check_elements([tmp_path / "element", tmp_path / "elements", Path("/nope")])
    assert raised.value.source == "--elements-path"
    assert [each.where for each in raised.value.problems] == [
        str(tmp_path / "element"),
        "/nope",
    ]
    assert 'did you mean "elements"?' in raised.value.problems[0].remedy
    assert raised.value.hint


def test_the_ramdisk_has_the_agent_what_it_measures_with_and_a_kernel() -> None:
    image = load_images([], SHIPPED, "debian-12").images["ironic-python-agent"]

    assert image.formats == ("ramdisk",)
    assert {"tripleo-agent", "tripleo-benchmark"} <= set(image.elements)
    assert "tripleo-kernel" in image.disk_elements
    assert image.roles == ()


def test_every_element_of_ours_that_is_named_is_there() -> None:
    ours = {each.name for each in (SHIPPED / "elements").iterdir()}
    named = {
        name
        for image in load_images([], SHIPPED, "debian-12").images.values()
        for name in (*image.elements, *image.disk_elements)
    }

    assert {name for name in named if name.startswith("tripleo-")} <= ours
    assert set(FORM_ELEMENTS.values()) <= ours


def test_what_is_fetched_into_one_image_has_the_same_versions() -> None:
    elements = SHIPPED / "elements"
    agent = pins((elements / "tripleo-agent/bin/agent.lock").read_text())
    measuring = pins((elements / "tripleo-benchmark/bin/benchmark.lock").read_text())

    assert agent["ironic-python-agent"]
    assert measuring["hardware"]
    both = agent.keys() & measuring.keys()
    assert [name for name in both if agent[name] != measuring[name]] == []


def pins(lock: str) -> dict[str, str]:
    lines = (line.split()[0] for line in lock.splitlines() if "==" in line)
    return dict(line.split("==") for line in lines)
