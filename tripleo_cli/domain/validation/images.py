"""Checks of images: those that servers get, and those that machines deploy with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from tripleo_cli.domain.compute import Image
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.validation.facts import DeploymentFacts, labels
from tripleo_cli.domain.validation.finding import Finding, arguments, error, warning

UPLOAD = "openstack overcloud image upload"
LINKS = {"kernel_id": "ari", "ramdisk_id": "aki"}
"""The properties that name an image's parts, and what the other part's format is."""
DEPLOY = {"deploy_kernel": "bm-deploy-kernel", "deploy_ramdisk": "bm-deploy-ramdisk"}
"""What nodes boot while they are worked on, and the names that uploads have."""
_WITHOUT_RAMDISK = frozenset({"", "fake"})
_SCHEMES = ("http://", "https://", "file://", "oci://")


def images_are_whole(facts: DeploymentFacts) -> Iterator[Finding]:
    """Each image is in Glance, active, one of its name, and so are its parts."""
    for wanted in used_images(facts):
        found = matching(wanted, facts.images)
        if not found:
            yield error(wanted, "there is no such image", UPLOAD)
        elif len(found) > 1:
            ids = ", ".join(image.id for image in found)
            remedy = "openstack image set --name OLD ID"
            yield error(wanted, f"{len(found)} images have this name: {ids}", remedy)
        else:
            yield from _judge(found[0], facts.images)


def used_images(facts: DeploymentFacts) -> list[str]:
    """Name the images of all servers that are planned, or of all roles."""
    if facts.plan:
        return sorted({member.image for member in facts.plan.nodes})
    return sorted({role.image for role in facts.used_roles()})


def matching(wanted: str, images: Iterable[Image]) -> list[Image]:
    """Give the images that a name or an id means, as Heat looks them up."""
    images = list(images)
    by_id = [image for image in images if image.id == wanted]
    return by_id or [image for image in images if image.name == wanted]


def _judge(image: Image, images: Iterable[Image]) -> Iterator[Finding]:
    if image.status != "active":
        yield error(image.name, f"is {image.status}, not active", UPLOAD)
    known = {other.id: other for other in images}
    given = {key: image.properties[key] for key in LINKS if key in image.properties}
    if len(given) == 1:
        (missing,) = LINKS.keys() - given.keys()
        what = f"has {next(iter(given))} and no {missing}"
        remedy = f"openstack image set --property {missing}=ID {image.name}"
        yield error(image.name, what, remedy)
    if len(given) > 1 and len(set(given.values())) == 1:
        yield error(image.name, "has one image as kernel and as ramdisk", UPLOAD)
    for key, target in given.items():
        if flaw := _flaw(known.get(target), LINKS[key]):
            yield error(image.name, f"{key} {target}: {flaw}", UPLOAD)


def _flaw(part: Image | None, wrong_format: str) -> str:
    if part is None:
        return "there is no such image"
    if part.status != "active":
        return f"it is {part.status}, not active"
    if part.disk_format == wrong_format:
        return f"its disk format is {wrong_format}: kernel and ramdisk are mixed up"
    return ""


def deploy_images_are_there(facts: DeploymentFacts) -> Iterator[Finding]:
    """Nodes have a deploy kernel and ramdisk, and those are in Glance."""
    chosen = facts.chosen()
    for key in DEPLOY:
        for value, nodes in sorted(_by_value(chosen, key).items()):
            yield from _judge_deploy_image(key, value, nodes, facts.images)
    bare = [node for node in chosen if _boots(node) and not _deploy_images(node)]
    if bare:
        names = labels(bare)
        what = "has no deploy kernel and ramdisk; Ironic's own are used, if it has any"
        yield warning(names, what, _configure(names))
    for node in chosen:
        if len(given := _deploy_images(node)) == 1:
            (missing,) = DEPLOY.keys() - given.keys()
            what = f"has {next(iter(given))} and no {missing}"
            yield error(labels([node]), what, _configure(labels([node])))


def _judge_deploy_image(
    key: str, value: str, nodes: Iterable[Node], images: Iterable[Image]
) -> Iterator[Finding]:
    names = labels(nodes)
    if value.startswith(_SCHEMES):
        return
    wanted = value.removeprefix("glance://")
    if not _is_uuid(wanted):
        what = f'{key} "{value}" is neither the id of an image nor a URL'
        yield error(names, what, _configure(names))
        return
    found = next((image for image in images if image.id == wanted), None)
    other = "ari" if key == "deploy_kernel" else "aki"
    if flaw := _flaw(found, other):
        yield error(names, f"{key} {wanted}: {flaw}", _configure(names))
    elif current := _newer(DEPLOY[key], found, images):
        what = f"{key} is {found.name if found else wanted}, not {current.name}"
        yield warning(names, what, _configure(names))


def _newer(name: str, found: Image | None, images: Iterable[Image]) -> Image | None:
    """Give the one that took an image's place: uploads rename what they replace."""
    is_old = found is not None and found.name.startswith(f"{name}_")
    named = [image for image in images if image.name == name]
    return named[0] if is_old and len(named) == 1 else None


def _by_value(nodes: Iterable[Node], key: str) -> Mapping[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        if value := node.driver_info.get(key):
            found.setdefault(str(value), []).append(node)
    return found


def _deploy_images(node: Node) -> dict[str, str]:
    return {key: str(node.driver_info[key]) for key in DEPLOY if _has(node, key)}


def _has(node: Node, key: str) -> bool:
    return bool(node.driver_info.get(key))


def _boots(node: Node) -> bool:
    """Whether Ironic boots a ramdisk on the machine at all."""
    return node.interfaces.get("boot_interface", "") not in _WITHOUT_RAMDISK


def _configure(names: Iterable[str]) -> str:
    kernel, ramdisk = (
        f"--{key.replace('_', '-')} {name}" for key, name in DEPLOY.items()
    )
    return f"openstack overcloud node configure {kernel} {ramdisk} {arguments(names)}"


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
