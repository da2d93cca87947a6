"""Images in a live Glance (OS_CLOUD), through the shell."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.functional.live import connect
from tests.functional.shell import openstack
from tripleo_cli.clients.cloud import LiveCloud

pytestmark = pytest.mark.functional

MIB = 2**20


@pytest.fixture(scope="module")
def cloud() -> LiveCloud:
    return connect()


@pytest.fixture
def image(cloud: LiveCloud, tmp_path: Path) -> Iterator[Path]:
    """Make files of an image; whatever it becomes in Glance is removed."""
    path = tmp_path / f"e-full-{uuid4().hex[:6]}.raw"
    path.write_bytes(os.urandom(3 * MIB))
    path.with_suffix(".vmlinuz").write_bytes(os.urandom(1000))
    path.with_suffix(".initrd").write_bytes(os.urandom(1000))
    yield path
    for found in cloud.images.images():
        if found.name.startswith(path.stem):
            cloud.images.delete(found.id)


def upload(image: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Upload the operating system's files."""
    return openstack(
        *("overcloud", "image", "upload", "-f", "json"),
        *("--image-path", str(image.parent), "--os-image-name", image.name),
        *("--image-type", "os", *words),
    )


def results(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    assert done.returncode == 0, done.stderr
    return {row["Name"]: row["Result"] for row in json.loads(done.stdout)}


def test_an_image_lives_in_glance(cloud: LiveCloud, image: Path) -> None:
    kernel, ramdisk = f"{image.stem}-vmlinuz", f"{image.stem}-initrd"
    names = {kernel, ramdisk, image.stem}
    assert results(upload(image)) == dict.fromkeys(names, "uploaded")
    assert results(upload(image)) == dict.fromkeys(names, "unchanged")

    image.with_suffix(".vmlinuz").write_bytes(b"another kernel")
    refused = upload(image)
    assert refused.returncode == 1
    assert f"{kernel}: " in refused.stderr
    assert "--update-existing" in refused.stderr

    assert results(upload(image, "--update-existing")) == {
        kernel: "replaced",
        ramdisk: "unchanged",
        image.stem: "linked",
    }
    found = {item.name: item for item in cloud.images.images()}
    assert found[image.stem].properties["kernel_id"] == found[kernel].id
    assert [name for name in found if name.startswith(f"{kernel}_")]


def test_missing_files_are_listed_before_anything_is_sent(
    cloud: LiveCloud, image: Path
) -> None:
    image.with_suffix(".initrd").unlink()
    image.with_suffix(".vmlinuz").unlink()

    done = upload(image)

    assert done.returncode == 1
    assert f"{image.stem}.initrd: there is no such file" in done.stderr
    assert f"{image.stem}.vmlinuz: there is no such file" in done.stderr
    names = [item.name for item in cloud.images.images()]
    assert not [name for name in names if name.startswith(image.stem)]
