"""Read what there is of a stack: the stack itself is the truth.

Each stack carries its own plan (the output ``plan`` of its template), so a lost
working directory costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tripleo_cli.domain.compute import Server
from tripleo_cli.domain.plan import Plan, PlannedNode, plan_from_dict
from tripleo_cli.domain.planning import Running
from tripleo_cli.domain.stack import Stack, StackFiles, StackResource
from tripleo_cli.errors import ConflictError, NotFoundError
from tripleo_cli.inputs.document import parse_document
from tripleo_cli.rendering.heat import configurations_in, is_role_file
from tripleo_cli.workflows.ports import Cloud

SERVER_TYPE = "OS::Nova::Server"
BROKEN = frozenset({"ERROR", "DELETED", "SOFT_DELETED"})
"""What Nova says of a server that is of no use any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A stack, what it was made from, and its servers by hostname."""

    stack: Stack
    files: StackFiles
    plan: Plan
    resources: Sequence[StackResource] = ()
    servers: Mapping[str, Server] = field(default_factory=dict)

    @property
    def running(self) -> Running:
        """The plan, and which of its servers have their node for good."""
        return Running(
            plan=self.plan,
            placed=frozenset(
                name
                for name, server in self.servers.items()
                if server.node and server.status not in BROKEN
            ),
        )

    def unplaced(self, plan: Plan) -> tuple[PlannedNode, ...]:
        """Give the nodes of a plan that have no server on them yet."""
        placed = self.running.placed
        return tuple(node for node in plan.nodes if node.hostname not in placed)

    def server_ids(self, hostnames: Collection[str]) -> tuple[str, ...]:
        """Give the ids of servers that Heat made, those that are gone included."""
        return tuple(
            resource.physical_id
            for resource in self.resources
            if resource.type == SERVER_TYPE
            and resource.physical_id
            and hostname(resource) in hostnames
        )

    def lost(self) -> frozenset[str]:
        """Name servers that Heat made and that are gone from Nova."""
        return frozenset(
            hostname(resource)
            for resource in self.resources
            if resource.type == SERVER_TYPE
            and resource.status.status == "COMPLETE"
            and resource.status.action in {"CREATE", "UPDATE"}
            and hostname(resource) not in self.servers
        )

    def broken(self) -> tuple[Server, ...]:
        """Give servers that were up once and that Nova calls broken now."""
        sound = {
            hostname(resource)
            for resource in self.resources
            if resource.status.status == "COMPLETE"
        }
        return tuple(
            server
            for name, server in self.servers.items()
            if name in sound and server.status in BROKEN
        )


def observe(cloud: Cloud, name: str) -> Observed | None:
    """Read a stack; ``None`` where there is none.

    Raises:
        ConflictError: The stack was not made by this project.
    """
    stack = cloud.stacks.find(name)
    if stack is None:
        return None
    files = cloud.stacks.files(name)
    resources = cloud.stacks.resources(stack.id)
    by_id = {server.id: server for server in cloud.compute.servers()}
    return Observed(
        stack=stack,
        files=files,
        plan=plan_of(stack, files),
        resources=resources,
        servers={
            hostname(resource): by_id[resource.physical_id]
            for resource in resources
            if resource.type == SERVER_TYPE and resource.physical_id in by_id
        },
    )


def require(cloud: Cloud, name: str) -> Observed:
    """Read a stack that has to be there.

    Raises:
        NotFoundError: There is no stack of that name.
    """
    observed = observe(cloud, name)
    if observed is None:
        raise NotFoundError(f'there is no stack "{name}"', hint="openstack stack list")
    return observed


def hostname(resource: StackResource) -> str:
    """Name the server that a resource is: resources are named by hostname."""
    return resource.path.rpartition(".")[2]


def plan_of(stack: Stack, files: StackFiles) -> Plan:
    """Read the plan out of a stack's own template.

    Raises:
        ConflictError: There is none: the stack is somebody else's.
    """
    template = _parsed(files.template)
    outputs = template.get("outputs") if isinstance(template, dict) else None
    carried = ((outputs or {}).get("plan") or {}).get("value") or {}
    environment = files.environment
    try:
        return replace(
            plan_from_dict(carried),
            parameters=environment.get("parameter_defaults", {}),
            registry=environment.get("resource_registry", {}),
            files={n: text for n, text in files.files.items() if not is_role_file(n)},
            is_update=True,
            configurations=configurations_in(files.files),
        )
    except ValueError as error:
        raise ConflictError(
            f'stack "{stack.name}" was not made by `openstack overcloud deploy`: '
            f"its plan cannot be read ({error})",
            hint="give another name with --stack",
        ) from error


def same_files(one: StackFiles, other: StackFiles) -> bool:
    """Whether Heat would make the same of both.

    Heat gives templates back as data, so their text is not compared.
    """
    return _meaning(one) == _meaning(other)


def _meaning(files: StackFiles) -> tuple[Any, ...]:
    return (
        _parsed(files.template),
        {name: _parsed(text) for name, text in files.files.items()},
        {key: value for key, value in files.environment.items() if value},
    )


def _parsed(text: str) -> Any:
    return parse_document(text, source="template")
