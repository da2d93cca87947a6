"""What is asked of matching: how many nodes for which role, out of which nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.profile import current_profiles, possible_profiles
from tripleo_cli.domain.role import DEFAULT_RESOURCE_CLASS, Role


class Mode(Enum):
    """How strictly nodes are judged.

    In ``POC`` every node that is free fits every role, and only counts matter; in
    ``SCALE`` all rules apply.
    """

    POC = "poc"
    SCALE = "scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The place that an operator chose for a node ("this machine is controller-0").

    ``index`` is the place's number within the role, from 0; ``None`` is any of them.
    """

    role: str
    index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRequest:
    """All that one matching depends on; the order of nothing in it matters.

    ``wanted`` says how many nodes each role is to have; each is a name in ``roles``.
    ``nodes`` are all nodes, in whatever state. ``held`` are nodes that serve a role
    and keep it, whatever its rules say now; where a role holds more than it wants,
    it keeps them all. A node in ``pins`` serves the role of its pin or none.
    ``spread`` names, for roles whose nodes are to stand apart, the value that tells
    nodes apart, such as ``properties.rack`` (see
    :func:`~tripleo_cli.domain.matching.locate.locate`). Where nodes are
    ``for_servers``, what Nova places servers by holds in every mode. ``words`` are
    the operator's options beside the counts, for a remedy that asks the same again.
    """

    wanted: Mapping[str, int]
    roles: Mapping[str, Role]
    nodes: Sequence[Node]
    held: Mapping[NodeId, str] = field(default_factory=dict)
    pins: Mapping[NodeId, Pin] = field(default_factory=dict)
    spread: Mapping[str, str] = field(default_factory=dict)
    mode: Mode = Mode.SCALE
    for_servers: bool = False
    words: tuple[str, ...] = ()


def settle_mode(
    asked: Mode | None, roles: Iterable[Role], nodes: Iterable[Node]
) -> tuple[Mode, str]:
    """Take the mode that was asked for, or choose one.

    Returns:
        The mode, and a sentence that says which it is and why.
    """
    if asked:
        return asked, f"Mode: {asked.value}, as asked for"
    mode, reason = choose_mode(roles, nodes)
    return mode, f"Mode: {mode.value}, because {reason}"


def choose_mode(roles: Iterable[Role], nodes: Iterable[Node]) -> tuple[Mode, str]:
    """Choose the mode for these roles and nodes.

    Returns:
        The mode, and the reason for it in words that follow "because".
    """
    for role in sorted(roles, key=lambda role: role.name):
        if reason := _asks(role):
            return Mode.SCALE, f"the role {role.name} {reason}"
    found = list(nodes)
    if any(current_profiles(node) or possible_profiles(node) for node in found):
        return Mode.SCALE, "nodes are tagged with profiles"
    # Those cannot be deployed to: no role asks for them.
    if others := {node.resource_class for node in found} - {"", DEFAULT_RESOURCE_CLASS}:
        return Mode.SCALE, f'there are nodes of the resource class "{min(others)}"'
    return Mode.POC, "no role asks for anything and no node is tagged with a profile"


def _asks(role: Role) -> str:
    """Say what a role asks of its nodes, empty where any will do."""
    needs = role.needs
    asked = {
        "has requirements": role.requires is not None,
        "asks for traits": bool(needs.traits),
        "asks for a minimum size": bool(needs.cpus or needs.memory_mb or needs.disk_gb),
        f'asks for the resource class "{role.resource_class}"': (
            role.resource_class != DEFAULT_RESOURCE_CLASS
        ),
    }
    return next((what for what, is_asked in asked.items() if is_asked), "")
