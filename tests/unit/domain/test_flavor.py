"""The flavors that roles get."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.compute import Flavor
from tripleo_cli.domain.flavor import flavor_for, flavors_for
from tripleo_cli.domain.role import Needs, Role
from tripleo_cli.errors import InvalidInputError


def test_a_flavor_asks_for_one_whole_node_with_the_role_s_traits() -> None:
    needs = Needs(cpus=8, memory_mb=65536, disk_gb=200, traits=frozenset({"HW_GPU"}))

    flavor = flavor_for(
        Role(name="Gpu", profile="gpu-1", resource_class="gpu.big", needs=needs)
    )

    assert flavor == Flavor(
        name="gpu-1",
        memory_mb=65536,
        vcpus=8,
        disk_gb=200,
        extra_specs={
            "resources:CUSTOM_GPU_BIG": "1",
            "resources:VCPU": "0",
            "resources:MEMORY_MB": "0",
            "resources:DISK_GB": "0",
            "trait:CUSTOM_PROFILE_GPU_1": "required",
            "trait:HW_GPU": "required",
        },
    )


def test_a_role_may_name_its_flavor() -> None:
    assert flavor_for(Role(name="Compute", flavor="m1")).name == "m1"


def test_a_shared_flavor_asks_for_what_its_roles_have_in_common() -> None:
    common = frozenset({"HW_CPU"})
    one = Role(name="A", flavor="baremetal", needs=Needs(cpus=8, traits=common))
    other = Role(name="B", flavor="baremetal", needs=Needs(cpus=2, traits=common))

    (flavor,) = flavors_for([one, other])

    assert flavor.vcpus == 2
    assert [key for key in flavor.extra_specs if key.startswith("trait:")] == [
        "trait:HW_CPU"
    ]


def test_a_flavor_cannot_be_shared_across_resource_classes() -> None:
    roles = [
        Role(name="A", flavor="x"),
        Role(name="B", flavor="x", resource_class="arm"),
    ]

    with pytest.raises(InvalidInputError, match="A baremetal, B arm"):
        flavors_for(roles)
