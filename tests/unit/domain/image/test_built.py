"""What was built is written beside it, and read again."""

from __future__ import annotations

import json

from tripleo_cli.domain.image.built import (
    BuiltFile,
    BuiltImage,
    image_from_dict,
    image_to_dict,
)

IMAGE = BuiltImage(
    name="node",
    digest="d1",
    packages_digest="p1",
    distro="debian",
    elements=("tripleo-node",),
    files=(BuiltFile(name="node.tar.zst", form="tar", size=3, sha512="ab"),),
    versions={"curl": "7.88"},
    seconds=12.5,
    built_at="2026-11-23T04:00:00Z",
)


def test_it_survives_json() -> None:
    assert image_from_dict(json.loads(json.dumps(image_to_dict(IMAGE)))) == IMAGE


def test_another_format_is_not_read() -> None:
    assert image_from_dict({**image_to_dict(IMAGE), "format": 2}) is None
    assert image_from_dict({}) is None
    assert image_from_dict({"format": 1, "name": "node"}) is None
