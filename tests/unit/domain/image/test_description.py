"""Several descriptions of one image become one, as TripleO's did."""

from __future__ import annotations

from tests.unit.domain.image.recipes import an_image
from tripleo_cli.domain.image.description import (
    Descriptions,
    ImageDescription,
    merged,
)


def test_lists_are_joined_and_name_everything_once() -> None:
    first = an_image(elements=("a", "b"), packages=("p",))
    then = ImageDescription(name="node", elements=("b", "c"), packages=("q", "p"))

    image = merged([first, then])["node"]

    assert image.elements == ("a", "b", "c")
    assert image.packages == ("p", "q")


def test_options_may_be_repeated() -> None:
    parts = [an_image(options=("--x", "1")), an_image(options=("--x", "2"))]

    assert merged(parts)["node"].options == ("--x", "1", "--x", "2")


def test_of_everything_else_the_first_that_was_said_stays() -> None:
    first = ImageDescription(name="node", distro="debian", skip_base=False, roles=())
    then = an_image(distro="fedora", arch="arm64", skip_base=True, roles=("all",))

    image = merged([first, then])["node"]

    assert (image.distro, image.arch, image.formats) == ("debian", "arm64", ("tar",))
    assert image.skip_base is False
    assert image.roles == ()


def test_environments_are_joined_and_the_first_value_wins() -> None:
    first = an_image(environment={"A": "1"})
    then = an_image(environment={"A": "2", "B": "3"})

    assert merged([first, then])["node"].environment == {"A": "1", "B": "3"}


def test_images_of_different_names_stay_apart() -> None:
    assert list(merged([an_image(), an_image(name="other")])) == ["node", "other"]


def test_every_value_has_the_file_that_says_it_first() -> None:
    said = Descriptions(
        said=(
            ("mine.yaml", ImageDescription(name="node", elements=("a",), arch="arm64")),
            ("other.yaml", an_image(name="other", elements=("b",))),
            ("shipped.yaml", an_image(elements=("a", "b"), arch="amd64", roles=("C",))),
        )
    )

    assert said.images["node"].elements == ("a", "b")
    assert said.place("node", "elements", "a") == "mine.yaml: disk_images.node.elements"
    assert said.place("node", "elements", "b").startswith("shipped.yaml: ")
    assert said.place("node", "roles", "C").startswith("shipped.yaml: ")
    assert said.place("node", "arch", "arm64").startswith("mine.yaml: ")


def test_what_no_file_says_has_a_place_too() -> None:
    assert Descriptions(said=()).place("x", "arch", "arm64") == "disk_images.x.arch"
