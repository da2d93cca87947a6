"""Which node of the overcloud runs what, and at which address each service is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tripleo_cli.domain.overcloud.configuration import (
    RoleConfiguration,
    configuration_from_dict,
)
from tripleo_cli.domain.overcloud.service import Service

BALANCER = "haproxy"
"""The service whose nodes hold the VIP."""
NETWORK = "ctlplane"
PULL = "pull"
"""The transport of nodes that nobody can log in to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedNode:
    """A server of the stack as its outputs tell of it."""

    hostname: str
    fqdn: str
    role: str
    index: int
    address: str
    """The one on the control plane, where SSH answers."""
    server: str = ""
    """Nova's id: a machine that is made anew has another one, and other host keys."""
    pulls: bool = False
    """Whether it asks Heat what to do, for nobody can log in to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """An overcloud as it stands: nodes in the plan's order, and what roles run.

    ``vip`` is empty where no role runs :data:`BALANCER`.
    """

    configurations: Mapping[str, RoleConfiguration]
    nodes: tuple[DeployedNode, ...]
    vip: str = ""

    @property
    def services(self) -> Mapping[str, Service]:
        """Every service that some node runs, by name, sorted."""
        roles = {node.role for node in self.nodes}
        found = {
            service.name: service
            for role in roles
            for service in self.configurations[role].services
        }
        return dict(sorted(found.items()))

    def members(self, service: str) -> tuple[DeployedNode, ...]:
        """Give the nodes that run a service; the first one is its bootstrap node."""
        return tuple(self._members(service))

    def first(self, service: str) -> DeployedNode | None:
        """Give the first node that runs a service."""
        return next(self._members(service), None)

    def host(self, service: str) -> str:
        """Give the address at which a service is used: the VIP, or its first node.

        Empty where no node runs it.
        """
        if self.vip and self.services[service].listen:
            return self.vip
        first = self.first(service)
        return first.address if first else ""

    def _members(self, service: str) -> Iterator[DeployedNode]:
        roles = {
            name
            for name, one in self.configurations.items()
            if service in one.service_names
        }
        return (node for node in self.nodes if node.role in roles)


def layout_from_outputs(outputs: Mapping[str, Any]) -> Layout:
    """Read the outputs of a stack: ``plan``, ``nodes``, ``configuration``, ``vip``.

    Raises:
        ValueError: Something of them is missing; names the key.
    """
    try:
        return Layout(
            configurations={
                role: configuration_from_dict(_data(text))
                for role, text in outputs["configuration"].items()
            },
            nodes=tuple(_nodes(outputs)),
            vip=str(outputs.get("vip") or ""),
        )
    except KeyError as error:
        raise ValueError(f"the stack's outputs lack {error}") from error


def _data(configuration: Any) -> Mapping[str, Any]:
    """Take a configuration as data: Heat keeps it as text."""
    if isinstance(configuration, str):
        loaded: Mapping[str, Any] = json.loads(configuration)
        return loaded
    return dict(configuration)


def _nodes(outputs: Mapping[str, Any]) -> Iterator[DeployedNode]:
    """Give the nodes that are configured, in the plan's order.

    Mappings come out of Heat in any order.
    """
    for planned in outputs["plan"]["nodes"]:
        if planned["role"] not in outputs["configuration"]:
            continue
        told = outputs["nodes"][planned["role"]][planned["hostname"]]
        yield DeployedNode(
            hostname=told["hostname"],
            fqdn=told["fqdn"],
            role=told["role"],
            index=int(told["index"]),
            address=told["addresses"][NETWORK],
            server=str(told.get("server") or ""),
            pulls=planned.get("transport") == PULL,
        )
