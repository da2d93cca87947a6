"""Orders to servers, as Heat's software deployments; what they tell, by its signals.

A server's own user may read the metadata of its own resource, where Heat lists the
deployments of the server. Deployments have no project of stack users here: with it,
every server of the stack could read them (docs/adr/0020-pulling.md).
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from heatclient import exc
from heatclient.v1.client import Client
from keystoneauth1 import exceptions as keystone

from tripleo_cli.clients.stacks import NESTED_DEPTH
from tripleo_cli.clients.translate import Service, translating
from tripleo_cli.errors import NotFoundError

if TYPE_CHECKING:
    from keystoneauth1.session import Session

GROUP = "tripleo"
MARK = "ordered by tripleo-cli"
"""By this we know our deployments: servers may have others."""
REPORTS = "-reports"
REPORT = "orders"


def connect(session: Session, endpoint: str, stack: str) -> HeatOrders:
    """Build the client; asks nothing of Heat yet."""
    service = Service(
        name="Heat",
        process="heat-api",
        endpoint=endpoint,
        failures=(keystone.ClientException, exc.BaseException),
    )
    heat = Client(session=session, endpoint_override=endpoint)
    return HeatOrders(heat, service, stack)


class HeatOrders:
    """Implements the ``Orders`` port, for the servers of one stack."""

    def __init__(self, heat: Any, service: Service, stack: str) -> None:
        self._heat = heat
        self._service = service
        self._stack = stack
        self._places: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()

    def put(self, server: str, text: str) -> str:
        """Make a deployment of a config of its own."""
        with translating(self._service, f"order something of server {server}"):
            config = self._heat.software_configs.create(
                name=self._config_name, group=GROUP, config=text
            )
            try:
                self._heat.software_deployments.create(
                    server_id=server,
                    config_id=config.id,
                    action="UPDATE",
                    status="IN_PROGRESS",
                    status_reason=MARK,
                )
            except BaseException:
                # Ctrl-C included: it may hold passwords, and nobody would look for it.
                with suppress(*self._service.failures):
                    self._heat.software_configs.delete(config.id)
                raise
        return str(config.id)

    def left(self, server: str) -> Collection[str]:
        """List the server's deployments that are ours."""
        return tuple(one.config_id for one in self._ours(server))

    def take_back(self, server: str, order: str) -> None:
        """Delete the deployment, then its config, which may hold passwords."""
        for one in self._ours(server):
            if one.config_id == order:
                with translating(self._service, f"take back order {order}"):
                    self._heat.software_deployments.delete(one.id)
        self._delete_config(order)

    def sweep(self) -> None:
        """Delete our configs that no deployment names."""
        with translating(self._service, f"list the orders of stack {self._stack}"):
            # Configs first: what is made meanwhile is not looked at.
            configs = self._heat.software_configs.list()
            deployments = self._heat.software_deployments.list()
        named = {one.config_id for one in deployments}
        for one in configs:
            is_ours = (one.name, one.group) == (self._config_name, GROUP)
            if is_ours and one.id not in named:
                self._delete_config(one.id)

    def report(self, server: str) -> str:
        """Read the last signal of the server's handle."""
        stack, resource = self._place(server)
        with translating(self._service, f"read what server {server} tells"):
            metadata = self._heat.resources.metadata(stack, resource + REPORTS)
        told = (metadata or {}).get(REPORT)
        return str(told["data"]) if told else ""

    @property
    def _config_name(self) -> str:
        return f"{self._stack}-order"

    def _delete_config(self, order: str) -> None:
        try:
            with translating(self._service, f"delete order {order}"):
                self._heat.software_configs.delete(order)
        except NotFoundError:
            return

    def _ours(self, server: str) -> Iterator[Any]:
        with translating(self._service, f"list the orders of server {server}"):
            found = self._heat.software_deployments.list(server_id=server)
        return (one for one in found if one.status_reason == MARK)

    def _place(self, server: str) -> tuple[str, str]:
        """Find the nested stack and the resource that a server is; once for all."""
        with self._lock:
            if server not in self._places:
                self._places |= self._find()
            if server in self._places:
                return self._places[server]
        raise NotFoundError(
            f"stack {self._stack} has no server {server}",
            hint=f"openstack stack resource list --nested-depth 2 {self._stack}",
        )

    def _find(self) -> dict[str, tuple[str, str]]:
        with translating(self._service, f"list the resources of stack {self._stack}"):
            found = self._heat.resources.list(self._stack, nested_depth=NESTED_DEPTH)
        return {
            one.physical_resource_id: (_stack_of(one), one.resource_name)
            for one in found
            if one.physical_resource_id
        }


def _stack_of(resource: Any) -> str:
    """Give the stack of a resource as Heat's paths have it: its name and its id."""
    url = next(link["href"] for link in resource.links if link["rel"] == "stack")
    return "/".join(unquote(urlsplit(url).path).split("/")[-2:])
