"""Hiera's data for one node: only what its services and manifests name.

So that a changed value changes only those who use it, and a node holds no password
that it does not need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tripleo_cli.domain.overcloud.bundle import LAYERS
from tripleo_cli.domain.overcloud.interpolation import names_in, root_of
from tripleo_cli.domain.overcloud.keys import (
    all_nodes_keys,
    network_keys,
    node_keys,
    role_keys,
)
from tripleo_cli.domain.overcloud.layout import Layout

OPTIONS = "lookup_options"
"""The key by which hiera is told how to merge; it counts for every lookup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """All data that a node could see, by layer; of a key the first layer counts."""

    by_layer: Mapping[str, Mapping[str, Any]] = field(repr=False)

    def find(self, name: str) -> str | None:
        """Give the key that a name stands for: itself, or what its dots begin with."""
        for key in (name, root_of(name)):
            if any(key in data for data in self.by_layer.values()):
                return key
        return None

    def values(self) -> dict[str, Any]:
        """Give the value that counts of every key."""
        found: dict[str, Any] = {}
        for layer in reversed(LAYERS):
            found |= self.by_layer.get(layer, {})
        return found

    def reach(self, names: Iterable[str]) -> frozenset[str]:
        """Give keys, the keys that their values name, and so on."""
        values = self.values()
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            key = self.find(waiting.pop())
            if key is not None and key not in seen:
                seen.add(key)
                waiting.extend(names_in(values[key]))
        return frozenset(seen)

    def only(self, keys: frozenset[str]) -> dict[str, dict[str, Any]]:
        """Give the layers with no other keys, sorted."""
        return {
            layer: {
                key: value
                for key, value in sorted(self.by_layer.get(layer, {}).items())
                if key in keys
            }
            for layer in LAYERS
        }


def layers_of(layout: Layout, passwords: Mapping[str, str]) -> dict[str, Layers]:
    """Give all data that each node of an overcloud could be told, by hostname."""
    if not layout.nodes:
        return {}
    shared = {
        "network": network_keys(layout),
        "passwords": dict(passwords),
        "all_nodes": all_nodes_keys(layout),
    }
    of_role = {role: _role_layers(layout, role) for role in layout.configurations}
    return {
        node.hostname: Layers(
            by_layer={"node": node_keys(node), **of_role[node.role], **shared}
        )
        for node in layout.nodes
    }


def _role_layers(layout: Layout, role: str) -> dict[str, dict[str, Any]]:
    """Give the layers that all nodes of a role share.

    A service may look up a parameter that another role's service declares.
    """
    configuration = layout.configurations[role]
    configs: dict[str, Any] = {}
    for one in layout.configurations.values():
        configs |= one.parameters
    for service in configuration.services:
        configs |= service.hiera
    return {
        "role": {**role_keys(layout, role), **configuration.extra},
        "service_configs": configs,
    }


def module_of(key: str) -> str:
    """Give the puppet module that hiera's key belongs to, empty for plain keys."""
    module, colons, _ = key.removeprefix("::").partition("::")
    return module if colons else ""
