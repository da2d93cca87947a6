"""Cleaning, RAID, BIOS and maintenance of the fake bare metal service's nodes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.baremetal import FakeBaremetal
from tripleo_cli.domain.cleaning import CleanStep
from tripleo_cli.domain.node import NodeId, ProvisionState, Verb
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

# What the steps of fake-hardware nodes are: its BIOS keeps settings, its other
# interfaces have none of the steps that are used here, but an agent has.
STEPS = frozenset(
    {
        *("bios.apply_configuration", "bios.factory_reset"),
        *("deploy.erase_devices", "deploy.erase_devices_metadata"),
        *("raid.create_configuration", "raid.delete_configuration"),
        "vendor.log_passthrough",
    }
)


class FakeNodeSetup:
    """What Ironic does to nodes at rest; see the module."""

    def __init__(self, baremetal: FakeBaremetal) -> None:
        self._baremetal = baremetal
        self._lock = threading.RLock()
        self._bios: dict[NodeId, dict[str, str]] = {}
        self._raid: dict[NodeId, dict[str, Any]] = {}
        self.cleaned: list[tuple[NodeId, tuple[str, ...]]] = []
        """Nodes and the steps that were begun on them, in order."""

    def clean(self, node: NodeId, steps: Sequence[CleanStep]) -> None:
        with self._lock:
            found = self._find(node)
            if not steps:
                raise ServiceError("clean steps are required for manual cleaning")
            if found.state.maintenance:
                raise ConflictError(f"node {node} is in maintenance mode")
            unknown = [step for step in steps if str(step) not in STEPS]
            if unknown and found.provision is ProvisionState.MANAGEABLE:
                self._end_badly(node, f"does not support this clean step: {unknown}")
                return
            self._baremetal.set_provision_state(node, Verb.CLEAN)
            self.cleaned.append((node, tuple(map(str, steps))))
            self._do(node, steps)

    def set_target_raid(self, node: NodeId, config: Mapping[str, Any]) -> None:
        with self._lock:
            self._find(node)
            if config and not config.get("logical_disks"):
                raise ServiceError("RAID configuration: logical_disks is required")
            self._raid[node] = dict(config)

    def target_raid(self, node: NodeId) -> Mapping[str, Any]:
        with self._lock:
            self._find(node)
            return self._raid.get(node, {})

    def bios_settings(self, node: NodeId) -> Mapping[str, str]:
        with self._lock:
            self._find(node)
            return dict(self._bios.get(node, {}))

    def set_maintenance(self, node: NodeId, reason: str) -> None:
        with self._lock:
            self._find(node)
            self._baremetal.change_state(
                node, maintenance=True, maintenance_reason=reason
            )

    def unset_maintenance(self, node: NodeId) -> None:
        with self._lock:
            self._find(node)
            self._baremetal.change_state(
                node, maintenance=False, maintenance_reason=None
            )

    def _find(self, node: NodeId) -> Any:
        for found in self._baremetal.nodes():
            if found.id == node:
                self._baremetal.calls.pop()
                return found
        raise NotFoundError(f"node {node} could not be found")

    def _do(self, node: NodeId, steps: Sequence[CleanStep]) -> None:
        settings = self._bios.setdefault(node, {})
        for step in steps:
            if str(step) == "bios.factory_reset":
                settings.clear()
            elif str(step) == "bios.apply_configuration":
                # Ironic takes what is applied for all that there is.
                settings.clear()
                given = step.args["settings"]
                settings.update({one["name"]: str(one["value"]) for one in given})

    def _end_badly(self, node: NodeId, why: str) -> None:
        self._baremetal.change_state(
            node, provision=ProvisionState.CLEAN_FAILED, last_error=why
        )
