"""What an image is described with, there must be, and this machine must run it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.domain.image.recipes import an_image
from tripleo_cli.domain.image.checks import Supply, description_problems
from tripleo_cli.domain.image.description import Descriptions
from tripleo_cli.errors import Problem

SUPPLY = Supply(
    roles=("Control", "Compute"),
    elements=("vm", "tripleo-node"),
    architectures=("amd64", "x86_64"),
)


def problems(supply: Supply = SUPPLY, **image: Any) -> list[Problem]:
    described = an_image(**image)
    said = Descriptions(said=(("mine.yaml", described),))
    return list(description_problems(described, supply, said))


@pytest.mark.parametrize(
    "image",
    [{}, {"roles": ("all",)}, {"roles": ("Control",)}, {"arch": "x86_64"}],
    ids=str,
)
def test_what_there_is_is_no_problem(image: dict[str, Any]) -> None:
    assert problems(**image) == []


@pytest.mark.parametrize(
    ("image", "where", "what", "remedy"),
    [
        ({"roles": ("Compte", "Control")}, "roles", "no role Compte", '"Compute"'),
        ({"roles": ("X",)}, "roles", "no role X", "--roles-path"),
        ({"elements": ("tripleo-nod",)}, "elements", "tripleo-nod", '"tripleo-node"'),
        ({"elements": ("x1",)}, "elements", "no element x1", "--elements-path"),
        ({"disk_elements": ("x2",)}, "disk_elements", "no element x2", "-path"),
        ({"arch": "arm64"}, "arch", "arm64", "build it on a machine that does"),
    ],
    ids=str,
)
def test_what_there_is_not_is_told_with_its_file_and_a_remedy(
    image: dict[str, Any], where: str, what: str, remedy: str
) -> None:
    (problem,) = problems(**image)

    assert problem.where == f"mine.yaml: disk_images.node.{where}"
    assert what in problem.what
    assert remedy in problem.remedy


def test_elements_that_cannot_be_known_are_no_problem() -> None:
    assert problems(replace(SUPPLY, elements=None), elements=("x1",)) == []
