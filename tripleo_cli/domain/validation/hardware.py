"""Checks of the machines that are to be set to work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tripleo_cli.domain.node import Node, ProvisionState, exclusion, label
from tripleo_cli.domain.profile import (
    current_profiles,
    is_candidate,
    profile_trait,
    profile_traits,
)
from tripleo_cli.domain.transition import RECOVERABLE
from tripleo_cli.domain.validation.facts import DeploymentFacts, labels
from tripleo_cli.domain.validation.finding import Finding, arguments, error, warning
from tripleo_cli.domain.validation.images import matching

_EXACT_HINTS = ("wwn", "serial", "name")


def profiles_fit(facts: DeploymentFacts) -> Iterator[Finding]:
    """Nodes are tagged for one role, for one that exists, and can serve it."""
    free = [node for node in facts.related() if node.instance_id is None]
    for node in free:
        if len(profiles := current_profiles(node)) > 1:
            what = f"is tagged for {' and '.join(profiles)}"
            yield warning(label(node), what, _untag([node]))
    known = {trait for role in facts.roles.values() for trait in role.accepted_traits}
    strange = [node for node in free if profile_traits(node) - known]
    for profile, nodes in sorted(_by_profile(strange, known).items()):
        what = f'is tagged for "{profile}", which no role has'
        yield warning(labels(nodes), what, _untag(nodes))
    yield from _tagged_in_vain(facts, free)


def _by_profile(nodes: Iterable[Node], known: set[str]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        unknown = profile_traits(node) - known
        for profile in current_profiles(node):
            if profile_trait(profile) in unknown:
                found.setdefault(profile, []).append(node)
    return found


def _tagged_in_vain(facts: DeploymentFacts, free: list[Node]) -> Iterator[Finding]:
    for role in facts.used_roles():
        mine = [node for node in free if profile_traits(node) & role.accepted_traits]
        if unfit := [node for node in mine if _state(node)]:
            states = sorted({_state(node) for node in unfit})
            what = f"is tagged for {role.name}, but is {' or '.join(states)}"
            yield warning(labels(unfit), what, "openstack overcloud node list")


def nodes_are_well(facts: DeploymentFacts) -> Iterator[Finding]:
    """No node is in maintenance or has failed; such ones are left out."""
    free = [node for node in facts.related() if node.instance_id is None]
    if kept := [node for node in free if node.state.maintenance]:
        reasons = sorted({node.state.maintenance_reason or "" for node in kept} - {""})
        said = f": {'; '.join(reasons[:3])}" if reasons else ""
        remedy = f"openstack overcloud node maintenance unset {arguments(labels(kept))}"
        yield warning(labels(kept), f"is in maintenance{said}", remedy)
    failed = [n for n in free if n.provision.is_failure and not n.state.maintenance]
    for state, nodes in sorted(_grouped(failed, lambda n: n.provision.value).items()):
        reason = nodes[0].state.last_error
        what = f"is {state}" + (f": {reason}" if reason else "")
        yield warning(labels(nodes), what, _recovery(nodes))
    chosen = [node for node in facts.chosen() if node.state.last_error]
    for reason, nodes in sorted(_grouped(chosen, _last_error).items()):
        remedy = f"openstack baremetal node show {labels(nodes)[0]}"
        what = f"chosen, and its last error is: {reason}"
        yield warning(labels(nodes), what, remedy)


def _recovery(nodes: list[Node]) -> str:
    """Say what makes nodes of one failed state available again."""
    names = arguments(labels(nodes))
    if nodes[0].provision in RECOVERABLE:
        return f"openstack overcloud node provide {names}"
    return f"openstack baremetal node undeploy {names}"


def inventories_known(facts: DeploymentFacts) -> str:
    """Say of how many nodes it is known what is in them; empty where none counts."""
    chosen = facts.chosen()
    known = sum(node.facts is not None for node in chosen)
    return f"{known} of {len(chosen)} nodes looked at" if chosen else ""


def root_disks_are_certain(facts: DeploymentFacts) -> Iterator[Finding]:
    """A node with several disks says which one gets the system."""
    unsure = []
    for node in facts.chosen():
        hints = node.properties.get("root_device") or {}
        disks = node.facts.disks if node.facts else ()
        if len(disks) > 1 and not hints:
            unsure.append(node)
        for key in _EXACT_HINTS if disks else ():
            wanted = _exact(hints.get(key))
            # The ramdisk compares hints without regard to case.
            present = {getattr(disk, key).lower() for disk in disks}
            if wanted and wanted.lower() not in present:
                what = f'no disk has {key} "{wanted}", which its root_device asks for'
                remedy = _configure([node], "--overwrite-root-device-hints ")
                yield error(label(node), what, remedy)
    if unsure:
        what = "has several disks and no root_device hint: any may get the system"
        yield warning(labels(unsure), what, _configure(unsure))


def _exact(hint: Any) -> str:
    """Give what a hint asks for literally; empty where it has an operator."""
    text = str(hint or "").strip()
    return "" if " " in text else text


def power_is_known(facts: DeploymentFacts) -> Iterator[Finding]:
    """Ironic reaches the BMCs: Nova leaves nodes out whose power is unknown."""
    chosen = {node.id for node in facts.chosen()}
    silent = [
        node
        for node in facts.related()
        if node.provision is ProvisionState.AVAILABLE
        and node.state.power_on is None
        and not node.state.maintenance
    ]
    for is_chosen, judge in ((True, error), (False, warning)):
        nodes = [node for node in silent if (node.id in chosen) is is_chosen]
        for reason, alike in sorted(_grouped(nodes, _last_error).items()):
            what = "its power state is unknown" + (f": {reason}" if reason else "")
            remedy = f"openstack baremetal node power off {labels(alike)[0]}"
            yield judge(labels(alike), what, remedy)


def boot_modes_agree(facts: DeploymentFacts) -> Iterator[Finding]:
    """Nodes of a role boot alike, as their images and last inspections say."""
    known = {node.id: node for node in facts.nodes}
    for role in facts.used_roles():
        members = [m for m in facts.new if m.role == role.name and m.node_id in known]
        nodes = [known[member.node_id] for member in members]
        modes = _grouped([node for node in nodes if boot_mode(node)], boot_mode)
        if len(modes) > 1:
            listed = "; ".join(f"{m}: {', '.join(labels(n))}" for m, n in modes.items())
            remedy = "openstack overcloud node configure --boot-mode uefi NODE"
            what = f"its nodes boot in different modes: {listed}"
            yield warning(role.name, what, remedy)
        for image in matching(role.image, facts.images)[:1]:
            wanted = image.properties.get("hw_firmware_type", "")
            if odd := [n for n in nodes if wanted and boot_mode(n) not in ("", wanted)]:
                what = f"image {image.name} is for {wanted}, the node boots otherwise"
                yield error(labels(odd), what, _boot_mode_remedy(odd, wanted))
    for node in facts.chosen():
        found = node.facts.boot_mode if node.facts else ""
        said = node.capabilities.get("boot_mode", "")
        if found and said and found != said:
            what = f"boot_mode is {said}, but it was inspected in {found} mode"
            yield warning(label(node), what, _boot_mode_remedy([node], found))


def boot_mode(node: Node) -> str:
    """Say how a node boots: as an operator has set it, else as it was inspected."""
    seen = node.facts.boot_mode if node.facts else ""
    return node.capabilities.get("boot_mode", "") or seen


def _boot_mode_remedy(nodes: Iterable[Node], mode: str) -> str:
    names = arguments(labels(nodes))
    return f"openstack overcloud node configure --boot-mode {mode} {names}"


def _grouped(nodes: Iterable[Node], key: Any) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        found.setdefault(key(node), []).append(node)
    return found


def _last_error(node: Node) -> str:
    return node.state.last_error or ""


def _state(node: Node) -> str:
    """Say why matching leaves a node out; empty where it does not."""
    if node.state.maintenance:
        return "in maintenance"
    if reason := exclusion(node):
        return f"excluded ({reason})"
    return "" if is_candidate(node) else node.provision.value


def _untag(nodes: Iterable[Node]) -> str:
    return f"openstack overcloud profiles unset {arguments(labels(nodes))}"


def _configure(nodes: Iterable[Node], more: str = "") -> str:
    names = arguments(labels(nodes))
    return f"openstack overcloud node configure --root-device smallest {more}{names}"
