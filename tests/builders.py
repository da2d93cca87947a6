"""Values for tests; name only what the test is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tripleo_cli.domain.node import Node, NodeId, NodeState, ProvisionState


def a_node(  # noqa: PLR0913 - a builder: each test names one or two of them
    name: str = "node-0",
    *,
    memory_gb: int = 64,
    cpus: int = 16,
    disk_gb: int = 100,
    state: ProvisionState = ProvisionState.AVAILABLE,
    traits: frozenset[str] = frozenset(),
    capabilities: Mapping[str, str] | None = None,
    resource_class: str = "baremetal",
    **others: Any,
) -> Node:
    return Node(
        id=NodeId(f"uuid-{name}"),
        name=name,
        state=NodeState(provision=state, power_on=False),
        driver=others.pop("driver", "fake-hardware"),
        resource_class=resource_class,
        traits=traits,
        properties={
            "cpus": cpus,
            "memory_mb": memory_gb * 1024,
            "local_gb": disk_gb,
        },
        capabilities=capabilities or {},
        **others,
    )
