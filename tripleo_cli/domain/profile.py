"""The tags on a node that say which role it is for.

A node is *tagged* by the capability ``profile:NAME`` or by the trait
``CUSTOM_PROFILE_NAME``; ``NAME_profile:1`` (or ``true``) makes NAME one of its
*possible* profiles. The capabilities are TripleO's; the trait is what Nova's
scheduler can select by.
"""

from __future__ import annotations

import re

from tripleo_cli.domain.node import Node

PROFILE_TRAIT_PREFIX = "CUSTOM_PROFILE_"
PROFILE_CAPABILITY = "profile"
_POSSIBLE_SUFFIX = "_profile"


def custom_name(text: str) -> str:
    """Write a name as Placement wants custom names: ``CUSTOM_`` is not included."""
    return re.sub(r"[^A-Z0-9]", "_", text.upper())


def profile_trait(profile: str) -> str:
    """Name the trait of a profile ("ceph-storage": CUSTOM_PROFILE_CEPH_STORAGE)."""
    return PROFILE_TRAIT_PREFIX + custom_name(profile)


def profile_traits(node: Node) -> frozenset[str]:
    """Give the profiles that a node is tagged with, as traits; rarely several."""
    traits = {trait for trait in node.traits if trait.startswith(PROFILE_TRAIT_PREFIX)}
    if named := node.capabilities.get(PROFILE_CAPABILITY):
        traits.add(profile_trait(named))
    return frozenset(traits)


def current_profiles(node: Node) -> tuple[str, ...]:
    """Name the profiles that a node is tagged with; none, one, or a contradiction."""
    named = node.capabilities.get(PROFILE_CAPABILITY)
    others = profile_traits(node) - ({profile_trait(named)} if named else set())
    return (*([named] if named else []), *sorted(map(profile_of_trait, others)))


def profile_of_trait(trait: str) -> str:
    """Name the profile of a trait; what was not a letter or digit is now ``_``."""
    return trait.removeprefix(PROFILE_TRAIT_PREFIX).lower()


def possible_profiles(node: Node) -> tuple[str, ...]:
    """Name the profiles that a node was found fit for, sorted."""
    return tuple(
        sorted(
            key.removesuffix(_POSSIBLE_SUFFIX)
            for key, value in node.capabilities.items()
            if key.endswith(_POSSIBLE_SUFFIX) and value.lower() in {"1", "true"}
        )
    )
