"""Bring images into Glance, each only if it is not there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.compute import Image
from tripleo_cli.domain.events import (
    Began,
    Finished,
    Noted,
    Progressed,
    Reporter,
    Skipped,
)
from tripleo_cli.errors import ConflictError
from tripleo_cli.inputs.images import DEPLOY_KERNEL, DEPLOY_RAMDISK, ImageFile, checksum
from tripleo_cli.workflows.ports import Images

TASK = "Images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a file needs: nothing, if ``current`` is it already.

    ``old`` are the images that have its name and are something else, or less.
    """

    file: ImageFile
    current: Image | None
    old: tuple[Image, ...]

    @property
    def replaces(self) -> bool:
        """Whether a usable image would lose its name to the new one."""
        return self.current is None and any(_is_usable(image) for image in self.old)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What became of a file."""

    name: str
    image_id: str
    action: str


def plan_images(
    images: Images, files: Iterable[ImageFile], report: Reporter
) -> list[Step]:
    """Compare files with the images of their names; changes nothing."""
    existing = images.images()
    steps = []
    for file in files:
        named = [image for image in existing if image.name == file.name]
        if named:
            report(Progressed(TASK, file.name, f"comparing {file.path}"))
        digest = checksum(file.path) if named else ""
        same = [i for i in named if _is_usable(i) and i.checksum == digest]
        current = min(same, key=lambda image: image.id, default=None)
        old = tuple(image for image in named if image is not current)
        steps.append(Step(file=file, current=current, old=old))
    return steps


def upload_images(
    images: Images,
    files: Sequence[ImageFile],
    report: Reporter,
    *,
    update_existing: bool,
    stamp: str,
) -> list[Upload]:
    """Send what is not there; an image that is replaced is renamed.

    Args:
        images: The image service.
        files: The files, in the order in which they refer to each other.
        report: Who watches.
        update_existing: Whether images that differ from their files are replaced.
        stamp: The time, as it is appended to the names of replaced images.

    Raises:
        ConflictError: Images differ and must not be replaced; nothing was sent.
    """
    report(Began(TASK, len(files)))
    steps = plan_images(images, files, report)
    differing = [step for step in steps if step.replaces]
    if differing and not update_existing:
        raise _difference(differing)
    done: dict[str, Upload] = {}
    for step in steps:
        done[step.file.name] = _carry_out(images, step, done, report)
        # Only now, so that the name always stands for something.
        for image in step.old:
            images.rename(image.id, f"{image.name}_{stamp}")
    if any(step.file.name in (DEPLOY_KERNEL, DEPLOY_RAMDISK) for step in differing):
        report(
            Noted("Nodes keep the deploy kernel and ramdisk they were registered with.")
        )
    return list(done.values())


def _carry_out(
    images: Images, step: Step, done: Mapping[str, Upload], report: Reporter
) -> Upload:
    file = step.file
    links = {key: done[name].image_id for key, name in file.links.items()}
    properties = {**file.properties, **links}
    if step.current is None:
        report(Progressed(TASK, file.name, f"uploading {file.path}"))
        image = images.upload(file.name, file.path, file.disk_format, properties)
        action = "replaced" if step.replaces else "uploaded"
        report(Finished(TASK, file.name, action))
        return Upload(name=file.name, image_id=image.id, action=action)
    if properties.items() <= step.current.properties.items():
        report(Skipped(TASK, file.name, "unchanged"))
        action = "unchanged"
    else:
        images.set_properties(step.current.id, properties)
        action = "linked" if links else "described"
        what = "linked to its kernel and ramdisk" if links else "said what it is"
        report(Finished(TASK, file.name, what))
    return Upload(name=file.name, image_id=step.current.id, action=action)


def _is_usable(image: Image) -> bool:
    """Whether it is whole; an upload that was cut off leaves one that is not."""
    return image.status == "active"


def _difference(steps: Iterable[Step]) -> ConflictError:
    lines = [
        f"  {step.file.name}: {step.file.path} is something else" for step in steps
    ]
    return ConflictError(
        "\n".join(["images of these names exist; nothing was uploaded:", *lines]),
        hint="openstack overcloud image upload --update-existing ...",
    )
