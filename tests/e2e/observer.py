"""What the services say, asked from within the tests: quicker than a command each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

import openstack
from openstack.connection import Connection


@dataclass(frozen=True)
class Observer:
    """Looks at one stack and at all nodes of an undercloud."""

    cloud: str
    stack: str

    # Kept in the instance's __dict__: that is why there are no slots.
    @cached_property
    def _connection(self) -> Connection:
        return openstack.connect(cloud=self.cloud)

    def close(self) -> None:
        """Let go of connections."""
        self._connection.close()

    def _stack(self) -> Mapping[str, Any]:
        # By its API: openstacksdk's own stacks warn of what they will lose.
        found = self._connection.orchestration.get(f"/stacks/{self.stack}")
        if found.status_code == HTTPStatus.NOT_FOUND:
            return {}
        stack: Mapping[str, Any] = found.json()["stack"]
        return stack

    def stack_status(self) -> str:
        """Give Heat's word; empty where there is no stack."""
        return str(self._stack().get("stack_status", ""))

    def stack_times(self) -> tuple[str, str]:
        """Give when the stack was made and last changed."""
        stack = self._stack()
        return str(stack["creation_time"]), str(stack["updated_time"])

    def states(self) -> dict[str, str]:
        """Map nodes to their provision states."""
        nodes = self._connection.baremetal.nodes(fields=["name", "provision_state"])
        return {str(node.name): str(node.provision_state) for node in nodes}

    def servers(self) -> dict[str, str]:
        """Map the names of the stack's servers to their ids."""
        return {
            str(server.name): str(server.id)
            for server in self._connection.compute.servers(details=False)
            if str(server.name).startswith(f"{self.stack}-")
        }

    def placed(self) -> dict[str, str]:
        """Map the names of the stack's servers to nodes, as Ironic sees it."""
        nodes = self._connection.baremetal.nodes(fields=["name", "instance_uuid"])
        holders = {str(node.instance_id): str(node.name) for node in nodes}
        return {name: holders[server] for name, server in self.servers().items()}
