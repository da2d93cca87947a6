"""Tags on nodes."""

from __future__ import annotations

import pytest

from tests.builders import a_node
from tripleo_cli.domain.profile import (
    current_profiles,
    possible_profiles,
    profile_trait,
)


@pytest.mark.parametrize(
    ("profile", "trait"),
    [
        ("compute", "CUSTOM_PROFILE_COMPUTE"),
        ("ceph-storage", "CUSTOM_PROFILE_CEPH_STORAGE"),
        ("gpu.v2", "CUSTOM_PROFILE_GPU_V2"),
    ],
)
def test_a_profile_has_a_trait(profile: str, trait: str) -> None:
    assert profile_trait(profile) == trait


@pytest.mark.parametrize(
    ("capabilities", "traits", "profiles"),
    [
        ({}, set(), ()),
        ({"profile": "ceph-osd"}, {"CUSTOM_PROFILE_CEPH_OSD"}, ("ceph-osd",)),
        ({}, {"CUSTOM_PROFILE_CEPH_OSD", "CUSTOM_GPU"}, ("ceph_osd",)),
        ({"profile": "a"}, {"CUSTOM_PROFILE_B"}, ("a", "b")),
    ],
)
def test_tags_are_read_from_capability_and_traits(
    capabilities: dict[str, str], traits: set[str], profiles: tuple[str, ...]
) -> None:
    node = a_node(capabilities=capabilities, traits=frozenset(traits))

    assert current_profiles(node) == profiles


def test_possible_profiles_are_those_set_to_true() -> None:
    node = a_node(
        capabilities={"b_profile": "1", "a_profile": "TRUE", "c_profile": "0"}
    )

    assert possible_profiles(node) == ("a", "b")
