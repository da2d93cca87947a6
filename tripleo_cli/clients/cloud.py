"""The services of one undercloud, each connected when it is first used.

A command pays for the libraries it uses: every property imports its own client
(docs/adr/0002-late-imports.md).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from keystoneauth1 import session as keystone_session

from tripleo_cli.clients.translate import Service, translating
from tripleo_cli.errors import ServiceError

if TYPE_CHECKING:
    from tripleo_cli.workflows.node_ports import Orders
    from tripleo_cli.workflows.ports import (
        Baremetal,
        Compute,
        Images,
        Inspection,
        Networks,
        NodeSetup,
        Stacks,
    )

CONNECTIONS = 32
"""How many requests one process sends at a time; more would open and close sockets."""


class Instance(Protocol):
    """What is used of python-openstackclient's client manager."""

    @property
    def session(self) -> keystone_session.Session:
        """The authenticated session."""

    @property
    def region_name(self) -> str | None:
        """The region that the operator chose."""

    @property
    def interface(self) -> str | None:
        """The kind of endpoint that the operator chose."""


class LiveCloud:
    """Implements the ``Cloud`` port on OpenStack's own client libraries."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    @cached_property
    def baremetal(self) -> Baremetal:
        """The bare metal service."""
        from tripleo_cli.clients import baremetal

        return baremetal.connect(self._session, self._endpoint("Ironic", "baremetal"))

    @cached_property
    def inspection(self) -> Inspection:
        """Results and rules of inspections."""
        from tripleo_cli.clients import inspection

        return inspection.connect(self._session, self._endpoint("Ironic", "baremetal"))

    @cached_property
    def setup(self) -> NodeSetup:
        """Setting up machines."""
        from tripleo_cli.clients import node_setup

        return node_setup.connect(self._session, self._endpoint("Ironic", "baremetal"))

    @cached_property
    def stacks(self) -> Stacks:
        """The orchestration service."""
        from tripleo_cli.clients import stacks

        return stacks.connect(self._session, self._endpoint("Heat", "orchestration"))

    @cached_property
    def compute(self) -> Compute:
        """The compute service."""
        from tripleo_cli.clients import compute

        nova = self._endpoint("Nova", "compute")
        placement = self._endpoint("Placement", "placement")
        return compute.connect(self._session, nova, placement)

    @cached_property
    def networks(self) -> Networks:
        """The networking service."""
        from tripleo_cli.clients import networks

        return networks.connect(self._session, self._endpoint("Neutron", "network"))

    @cached_property
    def images(self) -> Images:
        """The image service."""
        from tripleo_cli.clients import images

        return images.connect(self._session, self._endpoint("Glance", "image"))

    def orders(self, stack: str) -> Orders:
        """Orders to the servers of a stack."""
        from tripleo_cli.clients import orders

        endpoint = self._endpoint("Heat", "orchestration")
        return orders.connect(self._session, endpoint, stack)

    @cached_property
    def _session(self) -> keystone_session.Session:
        session = self._instance.session
        pool = keystone_session.TCPKeepAliveAdapter(
            pool_connections=8, pool_maxsize=CONNECTIONS
        )
        for scheme in ("http://", "https://"):
            session.session.mount(scheme, pool)
        return session

    def _endpoint(self, name: str, kind: str) -> str:
        """Look an endpoint up once; the libraries would do so for every call.

        Raises:
            ServiceError: Keystone does not answer, or knows no such endpoint.
        """
        region = self._instance.region_name
        keystone = Service(name="Keystone", process="keystone")
        with translating(keystone, f"find the endpoint of {name}"):
            endpoint = self._session.get_endpoint(
                service_type=kind,
                interface=self._instance.interface,
                region_name=region,
            )
        if not endpoint:
            where = f" in region {region}" if region else ""
            raise ServiceError(
                f"the catalogue has no {kind} service ({name}){where}",
                hint="openstack catalog list",
            )
        return endpoint.rstrip("/")
