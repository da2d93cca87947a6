"""Images in Glance become what the files are, and nothing is sent twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.images import FakeImages
from tripleo_cli.domain.compute import Image
from tripleo_cli.domain.events import Event, Noted, silent
from tripleo_cli.errors import ConflictError, InvalidInputError, ServiceError
from tripleo_cli.inputs.images import AGENT, OS, ImageChoice, find_images
from tripleo_cli.workflows.images import Upload, upload_images

STAMP = "20261122T120000"
FILES = (
    "overcloud-full.qcow2",
    "overcloud-full.vmlinuz",
    "overcloud-full.initrd",
    "ironic-python-agent.kernel",
    "ironic-python-agent.initramfs",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_bytes(b"QFI\xfb" if "qcow2" in name else name.encode())
    return tmp_path


def upload(
    images: FakeImages,
    folder: Path,
    *,
    update: bool = False,
    events: list[Event] | None = None,
) -> list[Upload]:
    return upload_images(
        images,
        find_images(ImageChoice(directory=folder)),
        silent if events is None else events.append,
        update_existing=update,
        stamp=STAMP,
    )


def actions(uploads: list[Upload]) -> dict[str, str]:
    return {upload.name: upload.action for upload in uploads}


def by_name(images: FakeImages, name: str) -> str:
    (image,) = (image for image in images.images() if image.name == name)
    return image.id


def test_all_files_become_images_of_tripleo_s_names(folder: Path) -> None:
    images = FakeImages()

    upload(images, folder)

    assert {image.name: image.disk_format for image in images.images()} == {
        "overcloud-full": "qcow2",
        "overcloud-full-vmlinuz": "aki",
        "overcloud-full-initrd": "ari",
        "bm-deploy-kernel": "aki",
        "bm-deploy-ramdisk": "ari",
    }
    full = next(i for i in images.images() if i.name == "overcloud-full")
    assert full.properties == {
        "kernel_id": by_name(images, "overcloud-full-vmlinuz"),
        "ramdisk_id": by_name(images, "overcloud-full-initrd"),
    }


def test_unchanged_files_are_not_sent_again(folder: Path) -> None:
    images = FakeImages()
    upload(images, folder)
    before = images.images()
    images.fault = ServiceError("an upload was begun")

    again = upload(images, folder)

    assert set(actions(again).values()) == {"unchanged"}
    assert images.images() == before


def test_differing_images_are_all_named_and_nothing_is_sent(folder: Path) -> None:
    images = FakeImages()
    upload(images, folder)
    before = images.images()
    (folder / "overcloud-full.qcow2").write_bytes(b"new")
    (folder / "ironic-python-agent.kernel").write_bytes(b"new")

    with pytest.raises(ConflictError) as caught:
        upload(images, folder)

    assert "  overcloud-full: " in str(caught.value)
    assert "  bm-deploy-kernel: " in str(caught.value)
    assert "--update-existing" in str(caught.value.hint)
    assert images.images() == before


def test_replaced_images_are_renamed_and_the_new_ones_linked(folder: Path) -> None:
    images = FakeImages()
    upload(images, folder)
    old = by_name(images, "overcloud-full-vmlinuz")
    (folder / "overcloud-full.vmlinuz").write_bytes(b"new")

    done = actions(upload(images, folder, update=True))

    assert done["overcloud-full-vmlinuz"] == "replaced"
    assert done["overcloud-full"] == "linked"
    assert by_name(images, f"overcloud-full-vmlinuz_{STAMP}") == old
    full = next(i for i in images.images() if i.name == "overcloud-full")
    assert full.properties["kernel_id"] == by_name(images, "overcloud-full-vmlinuz")


def test_a_failed_upload_leaves_the_old_image_its_name(folder: Path) -> None:
    images = FakeImages()
    upload(images, folder)
    old = by_name(images, "bm-deploy-ramdisk")
    (folder / "ironic-python-agent.initramfs").write_bytes(b"new")
    images.fault = ServiceError("connection lost")

    with pytest.raises(ServiceError, match="connection lost"):
        upload(images, folder, update=True)

    assert by_name(images, "bm-deploy-ramdisk") == old


class HalfSent(FakeImages):
    """Glance with an image that a killed upload has left behind."""

    def images(self) -> list[object]:  # type: ignore[override]
        kernel = "overcloud-full-vmlinuz"
        return [
            replace(i, status="queued", checksum="") if i.name == kernel else i
            for i in super().images()
        ]


def test_an_interrupted_upload_is_made_good(folder: Path) -> None:
    images = HalfSent()
    upload(images, folder)

    done = actions(upload(images, folder))

    assert done["overcloud-full-vmlinuz"] == "uploaded"


def test_a_replaced_deploy_image_is_followed_by_a_note(folder: Path) -> None:
    images = FakeImages()
    upload(images, folder)
    (folder / "ironic-python-agent.kernel").write_bytes(b"new")
    events: list[Event] = []

    upload(images, folder, update=True, events=events)

    assert [event for event in events if isinstance(event, Noted)]


def test_a_whole_disk_image_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "disk.img").write_bytes(b"raw bytes")

    (file,) = find_images(
        ImageChoice(
            directory=tmp_path, os_image="disk.img", whole_disk=True, kinds=(OS,)
        )
    )

    assert (file.name, file.disk_format, file.links) == ("disk", "raw", {})


def test_deploy_files_can_be_anywhere(tmp_path: Path) -> None:
    kernel, ramdisk = tmp_path / "k", tmp_path / "r"
    kernel.write_bytes(b"k")
    ramdisk.write_bytes(b"r")

    files = find_images(
        ImageChoice(directory=Path(), kernel=kernel, ramdisk=ramdisk, kinds=(AGENT,))
    )

    assert [file.path for file in files] == [kernel, ramdisk]


def test_all_unusable_files_are_listed(folder: Path) -> None:
    (folder / "overcloud-full.qcow2").write_bytes(b"")
    (folder / "overcloud-full.initrd").unlink()
    (folder / "ironic-python-agent.kernel").unlink()
    (folder / "ironic-python-agent.kernel").mkdir()

    with pytest.raises(InvalidInputError) as caught:
        find_images(ImageChoice(directory=folder))

    assert [str(problem) for problem in caught.value.problems] == [
        f"{folder}/overcloud-full.initrd: there is no such file "
        "(or --whole-disk, for an image with a kernel of its own)",
        f"{folder}/overcloud-full.qcow2: is empty",
        f"{folder}/ironic-python-agent.kernel: cannot be read: Is a directory",
    ]


ARCHIVE = "overcloud-full.tar.zst"
MANIFEST = {
    "format": 1,
    "name": "overcloud-full",
    "digest": "d1",
    "packages_digest": "p1",
    "distro": "debian",
    "elements": [],
    "files": [{"name": ARCHIVE, "form": "tar", "size": 5, "sha512": ""}],
    "versions": {},
    "seconds": 1.0,
    "built_at": "2026-11-23T04:00:00Z",
}


def upload_archive(images: FakeImages, folder: Path) -> tuple[Upload, Image]:
    choice = ImageChoice(directory=folder, os_image=ARCHIVE, kinds=(OS,))
    files = find_images(choice)
    (done,) = upload_images(images, files, silent, update_existing=False, stamp=STAMP)
    (image,) = images.images()
    return done, image


def test_an_archive_is_an_image_without_a_kernel_of_its_own(folder: Path) -> None:
    (folder / ARCHIVE).write_bytes(b"files")

    _, image = upload_archive(FakeImages(), folder)

    assert (image.name, image.disk_format) == ("overcloud-full", "raw")
    assert image.properties == {}


def test_glance_learns_what_an_image_was_built_from(folder: Path) -> None:
    images = FakeImages()
    (folder / ARCHIVE).write_bytes(b"files")
    upload_archive(images, folder)
    (folder / "overcloud-full.tar.zst.json").write_text(json.dumps(MANIFEST))

    done, image = upload_archive(images, folder)

    assert done.action == "described"
    assert image.properties == {
        "tripleo_build": "d1",
        "tripleo_packages": "p1",
        "tripleo_distribution": "debian",
        "tripleo_format": "tar.zst",
    }
    assert upload_archive(images, folder)[0].action == "unchanged"


def test_a_manifest_of_another_file_says_nothing_of_this_one(folder: Path) -> None:
    (folder / ARCHIVE).write_bytes(b"other files")
    (folder / "overcloud-full.tar.zst.json").write_text(json.dumps(MANIFEST))

    assert upload_archive(FakeImages(), folder)[1].properties == {}


def test_kernel_and_ramdisk_that_were_built_together_have_one_manifest(
    folder: Path,
) -> None:
    names = ("ironic-python-agent.kernel", "ironic-python-agent.initramfs")
    built = [
        {"name": name, "form": "ramdisk", "size": len(name), "sha512": ""}
        for name in names
    ]
    manifest = {**MANIFEST, "name": "ironic-python-agent", "files": built}
    (folder / "ironic-python-agent.kernel.json").write_text(json.dumps(manifest))

    files = find_images(ImageChoice(directory=folder, kinds=(AGENT,)))

    formats = [file.properties["tripleo_format"] for file in files]
    assert formats == ["kernel", "initramfs"]
    assert {file.properties["tripleo_build"] for file in files} == {"d1"}
