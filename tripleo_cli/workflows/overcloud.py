"""An overcloud that is to be configured, and the tools for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.bundle import Bundle
from tripleo_cli.domain.overcloud.catalog import Catalogue
from tripleo_cli.domain.overcloud.layout import Layout
from tripleo_cli.domain.overcloud.offer import Offered
from tripleo_cli.domain.overcloud.outcome import Target
from tripleo_cli.domain.overcloud.ssh import SSH_SECONDS
from tripleo_cli.domain.overcloud.steps import Choice
from tripleo_cli.workflows.credentials import Places
from tripleo_cli.workflows.node_ports import Nodes
from tripleo_cli.workflows.overcloud_ports import (
    OvercloudIdentity,
    OvercloudUse,
    Probes,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overcloud:
    """All that nodes are told, and what Keystone is; ``bundles`` go by host name.

    ``tolerated`` are roles whose nodes may fail without holding up the others.
    ``catalogue`` is ``None`` where no node runs Keystone; ``access`` leads nowhere
    then. ``offer`` is what users are to find there.
    """

    name: str
    layout: Layout
    bundles: Mapping[str, Bundle]
    access: Access
    catalogue: Catalogue | None = None
    offer: tuple[Offered, ...] = ()
    tolerated: frozenset[str] = frozenset()

    @property
    def targets(self) -> tuple[Target, ...]:
        """Its nodes, in the plan's order."""
        return tuple(
            Target(
                hostname=node.hostname,
                address=node.address,
                identity=node.server,
                pulls=node.pulls,
            )
            for node in self.layout.nodes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """How to reach nodes, and the services on them.

    ``places`` is where the operator finds how to sign in to the overcloud.
    """

    nodes: Nodes
    probes: Probes
    identity: Callable[[Access], OvercloudIdentity]
    use: Callable[[Access], OvercloudUse]
    places: Places | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuring:
    """An overcloud to configure, with what, and what of it."""

    overcloud: Overcloud
    tools: Tools
    choice: Choice = field(default_factory=Choice)
    ssh_seconds: float = SSH_SECONDS
