"""The tags on a node that say which role it is for.

A node is *tagged* by the capability ``profile:NAME`` or by the trait
``CUSTOM_PROFILE_NAME``; ``NAME_profile:1`` (or ``true``) makes NAME one of its
*possible* profiles. The capabilities are TripleO's; the trait is what Nova's
scheduler can select by.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from tripleo_cli.domain.node import Node, ProvisionState

PROFILE_TRAIT_PREFIX = "CUSTOM_PROFILE_"
PROFILE_CAPABILITY = "profile"
_POSSIBLE_SUFFIX = "_profile"
TAGGED_BY = "tripleo_tagged_by"
"""The key of ``extra`` with the stack whose deployment tagged the node by itself."""


def custom_name(text: str) -> str:
    """Write a name as Placement wants custom names: ``CUSTOM_`` is not included."""
    return re.sub(r"[^A-Z0-9]", "_", text.upper())


@lru_cache(maxsize=1024)
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


def tagged(node: Node, profile: str) -> Node:
    """Give the node as it is with the tags of this profile and of no other.

    Whoever tags it takes the tags over from the stack that wrote them before.
    """
    others = {t for t in node.traits if not t.startswith(PROFILE_TRAIT_PREFIX)}
    return replace(
        node,
        traits=frozenset({*others, profile_trait(profile)}),
        capabilities={**node.capabilities, PROFILE_CAPABILITY: profile},
        extra={key: value for key, value in node.extra.items() if key != TAGGED_BY},
    )


def untagged(node: Node) -> Node:
    """Give the node as it is without the tags of any profile.

    What it was found fit for (``NAME_profile:1``) stays: that is not a decision.
    """
    return replace(
        node,
        traits=frozenset(
            t for t in node.traits if not t.startswith(PROFILE_TRAIT_PREFIX)
        ),
        capabilities={
            key: value
            for key, value in node.capabilities.items()
            if key != PROFILE_CAPABILITY
        },
        extra={key: value for key, value in node.extra.items() if key != TAGGED_BY},
    )


def tagged_for_stack(node: Node, profile: str, stack: str) -> Node:
    """Give the node as it is with the tags that a deployment writes.

    Tags that an operator wrote before stay the operator's; others are noted to be
    the stack's, if it is named, and go with it.
    """
    after = tagged(node, profile)
    if not stack or (profile_traits(node) and TAGGED_BY not in node.extra):
        return after
    return replace(after, extra={**after.extra, TAGGED_BY: stack})


def trouble(node: Node) -> str:
    """Say why a node needs an operator before it can serve; empty if it does not."""
    if node.state.maintenance:
        reason = node.state.maintenance_reason
        return f"in maintenance: {reason}" if reason else "in maintenance"
    if node.state.last_error:
        return node.state.last_error
    profiles = current_profiles(node)
    return f"tagged for {' and '.join(profiles)}" if len(profiles) > 1 else ""


def is_candidate(node: Node) -> bool:
    """Whether a node serves a role or could be chosen for one now."""
    usable = {ProvisionState.AVAILABLE, ProvisionState.ACTIVE}
    return node.provision in usable and not node.state.maintenance
