"""What workflows rely on of the image service."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.contract.conftest import Stage
from tripleo_cli.domain.compute import Image
from tripleo_cli.errors import HostError, NotFoundError, ServiceError

# Three chunks of the library, the last one short.
DATA = bytes(150_000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "disk.raw"
    path.write_bytes(DATA)
    return path


def upload(stage: Stage, file: Path, name: str, **properties: str) -> Image:
    image = stage.cloud.images.upload(name, file, "raw", properties)
    stage.undo.callback(discard, stage, image.id)
    return image


def discard(stage: Stage, image_id: str) -> None:
    if any(image.id == image_id for image in stage.cloud.images.images()):
        stage.cloud.images.delete(image_id)


def show(stage: Stage, image_id: str) -> Image:
    return next(image for image in stage.cloud.images.images() if image.id == image_id)


def test_an_image_arrives_whole(stage: Stage, file: Path) -> None:
    name = stage.name("image")

    image = upload(stage, file, name, kernel_id="k", colour="red")

    assert image == Image(
        id=image.id,
        name=name,
        status="active",
        size_bytes=len(DATA),
        checksum=hashlib.sha512(DATA).hexdigest(),
        disk_format="raw",
        properties={"kernel_id": "k", "colour": "red"},
    )
    assert show(stage, image.id) == image


def test_kernels_and_ramdisks_are_containers_themselves(
    stage: Stage, file: Path
) -> None:
    for disk_format in ("aki", "ari"):
        name = stage.name(disk_format)
        image = stage.cloud.images.upload(name, file, disk_format, {})
        stage.undo.callback(discard, stage, image.id)
        assert image.disk_format == disk_format


def test_an_image_is_renamed_and_tagged(stage: Stage, file: Path) -> None:
    image = upload(stage, file, stage.name("image"), colour="red", shape="round")
    name = stage.name("renamed")

    stage.cloud.images.rename(image.id, name)
    stage.cloud.images.set_properties(image.id, {"colour": "blue", "hash": "x"})

    found = show(stage, image.id)
    assert found.name == name
    assert found.properties == {"colour": "blue", "shape": "round", "hash": "x"}


def test_names_need_not_be_unique(stage: Stage, file: Path) -> None:
    name = stage.name("twin")
    first, second = upload(stage, file, name), upload(stage, file, name)

    assert first.id != second.id


def test_a_deleted_image_is_gone(stage: Stage, file: Path) -> None:
    images = stage.cloud.images
    image = upload(stage, file, stage.name("image"))

    images.delete(image.id)

    assert image.id not in {known.id for known in images.images()}
    with pytest.raises(NotFoundError, match=image.id):
        images.delete(image.id)
    with pytest.raises(NotFoundError, match=image.id):
        images.rename(image.id, "x")
    with pytest.raises(NotFoundError, match=image.id):
        images.set_properties(image.id, {"a": "b"})


def test_a_failed_upload_leaves_nothing(stage: Stage, file: Path) -> None:
    images = stage.cloud.images
    name = stage.name("broken")

    with pytest.raises(ServiceError):
        images.upload(name, file, "painting", {})
    with pytest.raises(ServiceError):
        images.upload(name, file, "qcow2", {})
    with pytest.raises(HostError, match="absent"):
        images.upload(name, file.with_name("absent"), "raw", {})
    with pytest.raises(HostError):
        images.upload(name, file.parent, "raw", {})

    assert name not in {image.name for image in images.images()}
