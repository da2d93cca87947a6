"""A plan: which node becomes which server of a stack. Plain data, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tripleo_cli.domain.node import NodeId
from tripleo_cli.domain.overcloud.configuration import (
    RoleConfiguration,
    configuration_from_dict,
    configuration_to_dict,
)
from tripleo_cli.domain.overcloud.layout import BALANCER
from tripleo_cli.domain.role import Role

FORMAT = 1
"""The version of the plan's data; a plan of another one is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedNode:
    """One server, and the very node that it is placed on.

    ``index`` counts within the role. ``flavor``, ``image`` and ``key`` are names, and
    stay what they were when the server was made: another image would reinstall it.
    ``key`` is Nova's key pair that lets us in; empty for a machine that nobody
    configures. ``transport`` is "pull" for a server whose node asks Heat what to
    do, else empty: it cannot be changed without building the server anew.
    """

    hostname: str
    role: str
    index: int
    node_id: NodeId
    node_name: str
    flavor: str
    image: str
    key: str = ""
    transport: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRole:
    """What all servers of a role have in common."""

    name: str
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of a stack; ``is_update`` where the stack existed when it was made.

    Nodes stand in the order of their roles, then of their index. ``parameters``,
    ``registry`` and ``files`` are what environment files gave, for Heat.
    """

    stack: str
    roles: tuple[PlannedRole, ...] = ()
    nodes: tuple[PlannedNode, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    registry: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    is_update: bool = False
    configurations: Mapping[str, RoleConfiguration] = field(default_factory=dict)
    """Of each role whose nodes are configured; of others nothing is said."""

    @property
    def has_vip(self) -> bool:
        """Whether some node holds a virtual address for all others."""
        return any(
            BALANCER in one.service_names for one in self.configurations.values()
        )

    def members(self, role: str) -> tuple[PlannedNode, ...]:
        """Give the nodes of one role, in order."""
        return tuple(node for node in self.nodes if node.role == role)

    def counts(self) -> dict[str, int]:
        """Count the nodes of each role."""
        return {role.name: len(self.members(role.name)) for role in self.roles}

    def without(self, hostnames: frozenset[str]) -> Plan:
        """Leave servers out; a role without servers goes too."""
        nodes = tuple(node for node in self.nodes if node.hostname not in hostnames)
        inhabited = {node.role for node in nodes}
        roles = tuple(role for role in self.roles if role.name in inhabited)
        configurations = {
            name: one for name, one in self.configurations.items() if name in inhabited
        }
        return replace(
            self,
            nodes=nodes,
            roles=roles,
            is_update=True,
            configurations=configurations,
        )


def role_to_plan(role: Role) -> PlannedRole:
    """Keep of a role what the stack says about it."""
    return PlannedRole(
        name=role.name,
        services=role.services,
        tags=tuple(sorted(role.tags)),
        networks=role.networks or ("ctlplane",),
    )


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """Write a plan as JSON data."""
    data = _plain(asdict(replace(plan, configurations={})))
    # A plan of nodes that nobody configures is written as before that was possible.
    for node in data["nodes"]:
        for name in ("key", "transport"):
            if not node[name]:
                del node[name]
    del data["configurations"]
    if plan.configurations:
        data["configurations"] = {
            name: configuration_to_dict(one)
            for name, one in plan.configurations.items()
        }
    return {"format": FORMAT, **data}


def layout_to_dict(plan: Plan) -> dict[str, Any]:
    """Write only which node is which server: what a stack carries of its plan."""
    whole = plan_to_dict(plan)
    return {key: whole[key] for key in ("format", "stack", "roles", "nodes")}


def plan_from_dict(data: Mapping[str, Any]) -> Plan:
    """Read a plan, or what a stack carries of it.

    Raises:
        ValueError: It is not a plan of this format; names the key.
    """
    if data.get("format") != FORMAT:
        raise ValueError(f"format {data.get('format')!r} is not {FORMAT}")
    try:
        return Plan(
            stack=data["stack"],
            roles=tuple(_role(item) for item in data["roles"]),
            nodes=tuple(PlannedNode(**item) for item in data["nodes"]),
            parameters=data.get("parameters", {}),
            registry=data.get("registry", {}),
            files=data.get("files", {}),
            is_update=bool(data.get("is_update", False)),
            configurations={
                name: configuration_from_dict(one)
                for name, one in data.get("configurations", {}).items()
            },
        )
    except KeyError as error:
        raise ValueError(f"{error} is missing") from error
    except TypeError as error:
        raise ValueError(str(error)) from error


def _role(item: Mapping[str, Any]) -> PlannedRole:
    lists = {key: tuple(value) for key, value in item.items() if key != "name"}
    return PlannedRole(name=item["name"], **lists)


def _plain(value: Any) -> Any:
    """Give tuples as lists, so that the data equals what JSON gives back."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
