"""Recipes for tests: name only what the test is about."""

from __future__ import annotations

from typing import Any

from tripleo_cli.domain.image.description import TAR, ImageDescription
from tripleo_cli.domain.image.recipe import Ingredients, Recipe, archive_of, rest_of

INGREDIENTS = Ingredients(
    elements="e1", builder="3.43.0", sources="deb u bookworm main"
)


def an_image(**given: Any) -> ImageDescription:
    """Give an image of files only, of one element."""
    return ImageDescription(
        **{"name": "node", "formats": (TAR,), "elements": ("tripleo-node",), **given}
    )


def a_recipe(**given: Any) -> Recipe:
    """Give an archive's recipe; fields of the image may be given as well."""
    own = {"packages", "ingredients"}
    image = an_image(**{k: v for k, v in given.items() if k not in own})
    return Recipe(
        image=archive_of(image),
        packages=given.get("packages", {}),
        ingredients=given.get("ingredients", INGREDIENTS),
    )


def a_derived_recipe(form: str, **given: Any) -> Recipe:
    """Give the recipe of another format of the same archive."""
    base = a_recipe(**given)
    own = {"packages", "ingredients"}
    image = an_image(**{k: v for k, v in given.items() if k not in own})
    return Recipe(
        image=rest_of(image, form),
        packages={},
        ingredients=base.ingredients,
        form=form,
        base=base,
    )
