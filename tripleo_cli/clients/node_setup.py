"""Setting up registered machines by Ironic, through python-ironicclient."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ironicclient.v1.client import Client

from tripleo_cli.clients.baremetal import open_client
from tripleo_cli.clients.clock import LiveClock
from tripleo_cli.clients.patience import patiently
from tripleo_cli.clients.translate import Service, translating
from tripleo_cli.domain.cleaning import CleanStep
from tripleo_cli.domain.node import NodeId, Verb

if TYPE_CHECKING:
    from keystoneauth1.session import Session

    from tripleo_cli.workflows.ports import Clock

_CLEANING = ("cleaning", "clean wait", "clean hold")


def connect(session: Session, endpoint: str) -> IronicNodeSetup:
    """Agree on a version of the API and build the client.

    Raises:
        ServiceError: The service does not answer, or is too old.
    """
    return IronicNodeSetup(*open_client(session, endpoint), LiveClock())


class IronicNodeSetup:
    """Implements the ``NodeSetup`` port."""

    def __init__(self, ironic: Client, service: Service, clock: Clock) -> None:
        self._nodes = ironic.node
        self._service = service
        self._clock = clock

    def clean(self, node: NodeId, steps: Sequence[CleanStep]) -> None:
        """Begin manual cleaning; returns at once."""
        fields = [step.fields() for step in steps]

        def begin() -> bool:
            self._nodes.set_provision_state(node, Verb.CLEAN.value, cleansteps=fields)
            return True

        def has_begun() -> bool | None:
            call = f"read the state of node {node}"
            found: Any = self._ask(
                call, lambda: self._nodes.get(node, fields=["provision_state"])
            )
            return found.provision_state in _CLEANING or None

        # Where the connection is cut, Ironic may have begun before.
        self._ask(f"clean node {node}", begin, has_begun)

    def set_target_raid(self, node: NodeId, config: Mapping[str, Any]) -> None:
        """Say which volumes the next cleaning is to build."""
        self._ask(
            f"set the RAID configuration of node {node}",
            lambda: self._nodes.set_target_raid_config(node, dict(config)),
        )

    def target_raid(self, node: NodeId) -> Mapping[str, Any]:
        """Give what :meth:`set_target_raid` said last; empty where nothing did."""
        call = f"read the RAID configuration of node {node}"
        found = self._ask(
            call, lambda: self._nodes.get(node, fields=["target_raid_config"])
        )
        config: Mapping[str, Any] = found.target_raid_config or {}
        return config

    def bios_settings(self, node: NodeId) -> Mapping[str, str]:
        """Give the settings that Ironic knows of a node's BIOS."""
        found = self._ask(
            f"read the BIOS settings of node {node}",
            lambda: self._nodes.list_bios_settings(node),
        )
        return {setting["name"]: setting["value"] for setting in found}

    def set_maintenance(self, node: NodeId, reason: str) -> None:
        """Put a node under maintenance."""
        self._ask(
            f"put node {node} under maintenance",
            lambda: self._nodes.set_maintenance(node, True, maint_reason=reason),  # noqa: FBT003 - theirs
        )

    def unset_maintenance(self, node: NodeId) -> None:
        """Take a node out of maintenance."""
        self._ask(
            f"take node {node} out of maintenance",
            lambda: self._nodes.set_maintenance(node, False),  # noqa: FBT003 - theirs
        )

    def _ask(
        self,
        call: str,
        request: Callable[[], Any],
        find_done: Callable[[], Any] | None = None,
    ) -> Any:
        def ask() -> Any:
            with translating(self._service, call):
                return request()

        return patiently(self._clock, ask, find_done)
