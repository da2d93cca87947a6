"""Checks of images."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_node
from tests.unit.domain.validation.facts import ROLES, Case, an_image, facts, ids
from tripleo_cli.domain.compute import Image
from tripleo_cli.domain.node import Node
from tripleo_cli.domain.validation.images import (
    deploy_images_are_there,
    images_are_whole,
)

K = "11111111-1111-4111-8111-111111111111"
R = "22222222-2222-4222-8222-222222222222"
OLD = "33333333-3333-4333-8333-333333333333"
KERNEL = an_image("bm-deploy-kernel", id=K, disk_format="aki")
RAMDISK = an_image("bm-deploy-ramdisk", id=R, disk_format="ari")
PARTS = [
    an_image("vmlinuz", id="k", disk_format="aki"),
    an_image("initrd", id="r", disk_format="ari"),
]
BY_ID = {"Controller": replace(ROLES["Controller"], image=K)}
UPLOAD = "openstack overcloud image upload"


def made(*images: Image, **others: Any) -> Any:
    return facts(images=images, **others)


def parted(**properties: str) -> Image:
    return an_image(properties=properties)


def node(name: str = "n0", *, boots: bool = True, **info: Any) -> Node:
    interfaces = {"boot_interface": "ipxe" if boots else "fake"}
    return a_node(name, driver_info=info, interfaces=interfaces)


def on(*nodes: Node) -> Any:
    """All the nodes are chosen."""
    old = an_image("bm-deploy-kernel_20261122", id=OLD, disk_format="aki")
    images = [KERNEL, RAMDISK, old]
    return facts(nodes, counts={"Controller": len(nodes)}, images=images)


OF_ROLES = [
    Case(name="whole", facts=made(an_image())),
    Case(
        name="with its parts", facts=made(parted(kernel_id="k", ramdisk_id="r"), *PARTS)
    ),
    Case(name="named by its id", facts=made(KERNEL, roles=BY_ID)),
    Case(
        name="missing",
        facts=made(an_image("other")),
        told=[("error", ("overcloud-full",), UPLOAD)],
    ),
    Case(
        name="missing, and too few nodes",
        facts=made(counts={"Compute": 9}),
        told=[("error", ("overcloud-full",), UPLOAD)],
    ),
    Case(
        name="several of the name",
        facts=made(an_image(id="a"), an_image(id="b")),
        told=[("error", ("overcloud-full",), "2 images have this name: a, b")],
    ),
    Case(
        name="half uploaded",
        facts=made(an_image(status="queued")),
        told=[("error", ("overcloud-full",), "is queued, not active")],
    ),
    Case(
        name="kernel without ramdisk",
        facts=made(parted(kernel_id="k"), *PARTS),
        told=[("error", ("overcloud-full",), "has kernel_id and no ramdisk_id")],
    ),
    Case(
        name="parts that are gone",
        facts=made(parted(kernel_id="k", ramdisk_id="gone"), *PARTS),
        told=[
            ("error", ("overcloud-full",), "ramdisk_id gone: there is no such image")
        ],
    ),
    Case(
        name="parts mixed up",
        facts=made(parted(kernel_id="r", ramdisk_id="k"), *PARTS),
        told=[
            ("error", ("overcloud-full",), "its disk format is ari"),
            ("error", ("overcloud-full",), "its disk format is aki"),
        ],
    ),
    Case(
        name="one part twice",
        facts=made(parted(kernel_id="x", ramdisk_id="x"), an_image("x", id="x")),
        told=[("error", ("overcloud-full",), "one image as kernel and as ramdisk")],
    ),
    Case(
        name="a part half uploaded",
        facts=made(
            parted(kernel_id="k", ramdisk_id="r"),
            replace(PARTS[0], status="saving"),
            PARTS[1],
        ),
        told=[("error", ("overcloud-full",), "kernel_id k: it is saving")],
    ),
]

OF_NODES = [
    Case(name="there", facts=on(node(deploy_kernel=K, deploy_ramdisk=R))),
    Case(
        name="there, as URLs",
        facts=on(
            node(deploy_kernel=f"glance://{K}", deploy_ramdisk="http://host/ramdisk")
        ),
    ),
    Case(name="not needed", facts=on(node(boots=False))),
    Case(
        name="none, on machines that boot one",
        facts=on(node("n0"), node("n1"), node("n2", deploy_kernel=K, deploy_ramdisk=R)),
        told=[("warning", ("n0", "n1"), "--deploy-ramdisk bm-deploy-ramdisk n0 n1")],
    ),
    Case(
        name="one without the other",
        facts=on(node(boots=False, deploy_ramdisk=R)),
        told=[("error", ("n0",), "has deploy_ramdisk and no deploy_kernel")],
    ),
    Case(
        name="gone from Glance, for several nodes",
        facts=on(
            node("n0", deploy_kernel=f"{K[:-1]}0", deploy_ramdisk=R),
            node("n1", deploy_kernel=f"{K[:-1]}0", deploy_ramdisk=R),
        ),
        told=[("error", ("n0", "n1"), "there is no such image")],
    ),
    Case(
        name="neither id nor URL",
        facts=on(node(deploy_kernel="kernel.img", deploy_ramdisk=R)),
        told=[("error", ("n0",), "neither the id of an image nor a URL")],
    ),
    Case(
        name="mixed up",
        facts=on(node(deploy_kernel=R, deploy_ramdisk=K)),
        told=[
            ("error", ("n0",), f"deploy_kernel {R}: its disk format is ari"),
            ("error", ("n0",), f"deploy_ramdisk {K}: its disk format is aki"),
        ],
    ),
    Case(
        name="replaced by a newer upload",
        facts=on(node(deploy_kernel=OLD, deploy_ramdisk=R)),
        told=[
            (
                "warning",
                ("n0",),
                "deploy_kernel is bm-deploy-kernel_20261122, not bm-deploy-kernel",
            )
        ],
    ),
]


@pytest.mark.parametrize("case", OF_ROLES, ids=ids)
def test_images_of_roles(case: Case) -> None:
    case.check(images_are_whole)


@pytest.mark.parametrize("case", OF_NODES, ids=ids)
def test_images_that_nodes_deploy_with(case: Case) -> None:
    case.check(deploy_images_are_there)
