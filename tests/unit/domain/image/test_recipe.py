"""An image has what its roles need, and a name for all that decides its contents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.domain.image.recipes import (
    INGREDIENTS,
    a_derived_recipe,
    a_recipe,
    an_image,
)
from tripleo_cli.domain.image.recipe import (
    derived_packages,
    unwritten_services,
)
from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.domain.role import Role

ROLES = {
    "Control": Role(name="Control", services=("keystone", "mysql", "ceph-osd")),
    "Compute": Role(name="Compute", services=("nova-compute",)),
}
SERVICES = {
    "keystone": Service(name="keystone", packages=("keystone",), puppet=("pm-k",)),
    "mysql": Service(name="mysql", packages=("mariadb-server", "python3-pymysql")),
    "nova-compute": Service(name="nova-compute", packages=("python3-pymysql", "nova")),
}


def test_packages_come_from_the_services_of_the_named_roles() -> None:
    image = an_image(roles=("Control",), packages=("curl",))

    assert derived_packages(image, ROLES, SERVICES) == {
        "curl": (),
        "keystone": ("keystone",),
        "mariadb-server": ("mysql",),
        "pm-k": ("keystone",),
        "python3-pymysql": ("mysql",),
    }


def test_all_roles_may_be_meant_or_none() -> None:
    both = derived_packages(an_image(roles=("all",)), ROLES, SERVICES)

    assert both["python3-pymysql"] == ("mysql", "nova-compute")
    assert derived_packages(an_image(), ROLES, SERVICES) == {}


def test_services_without_a_file_are_told() -> None:
    image = an_image(roles=("all",))

    assert unwritten_services(image, ROLES, SERVICES) == ("ceph-osd",)


@pytest.mark.parametrize(
    "other",
    [
        {"packages": {"curl": ()}},
        {"elements": ("other",)},
        {"environment": {"DIB_RELEASE": "trixie"}},
        {"ingredients": replace(INGREDIENTS, elements="e2")},
        {"ingredients": replace(INGREDIENTS, sources="deb v bookworm main")},
    ],
    ids=lambda other: next(iter(other)),
)
def test_whatever_decides_the_contents_changes_the_digest(
    other: dict[str, Any],
) -> None:
    assert a_recipe(**other).digest != a_recipe().digest


def test_who_wants_a_package_does_not_matter() -> None:
    one = a_recipe(packages={"curl": ("a",)})
    two = a_recipe(packages={"curl": ("b",)})

    assert one.digest == two.digest
    assert one.packages_digest == two.packages_digest


def test_only_a_disk_gets_what_only_a_disk_needs() -> None:
    files = a_recipe(disk_elements=("kernel",))
    disk = a_derived_recipe("qcow2", disk_elements=("kernel",))

    assert files.elements == ("tripleo-node", "tripleo-rootfs")
    assert disk.elements == ("kernel", "tripleo-whole-disk")
    assert (files.files, disk.files) == (("node.tar.zst",), ("node.qcow2",))


def test_a_ramdisk_is_a_kernel_and_an_initramfs() -> None:
    recipe = a_derived_recipe("ramdisk", disk_elements=("kernel",))

    assert recipe.files == ("node.kernel", "node.initramfs")
    assert recipe.label == "node (ramdisk)"
    assert recipe.base is not None
    assert recipe.packages_digest == recipe.base.packages_digest


def test_what_only_a_disk_needs_does_not_change_the_archive() -> None:
    plain = a_recipe()
    other = a_recipe(disk_elements=("kernel",), formats=("tar", "qcow2"))

    assert other.digest == plain.digest


@pytest.mark.parametrize(
    "other", [{"disk_elements": ("k2",)}, {"packages": {"curl": ()}}]
)
def test_a_disk_is_another_with_other_elements_or_another_archive(
    other: dict[str, Any],
) -> None:
    disk = a_derived_recipe("qcow2", disk_elements=("kernel",))

    assert a_derived_recipe("qcow2", **other).digest != disk.digest
    assert a_derived_recipe("ramdisk", **other).digest != disk.digest
