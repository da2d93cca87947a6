"""Which machines boot what they are given, so that it can be configured."""

from __future__ import annotations

from tripleo_cli.domain.node import Node

SIMULATED = "simulated"
BACKING = "simulated_backing"
CONTAINER = "container"
"""The backing of a simulated machine for which a container boots its image."""
NO_HARDWARE = "fake-hardware"
"""Ironic's driver behind which there is no machine."""


def is_configurable(node: Node) -> bool:
    """Whether something boots on it: a simulated machine alone boots nothing."""
    is_backed = node.extra.get(BACKING) == CONTAINER
    is_fake = bool(node.extra.get(SIMULATED)) or node.driver == NO_HARDWARE
    return is_backed or not is_fake
