"""Each rule: the nodes that it takes, and its words about the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import a_node
from tripleo_cli.domain.matching import reject
from tripleo_cli.domain.node import Node, NodeState, ProvisionState
from tripleo_cli.domain.role import Needs, Role

GPU = frozenset({"CUSTOM_GPU", "CUSTOM_NVME"})
NO_FACTS = replace(a_node(), properties={})


def a_role(**needs: object) -> Role:
    return Role(name="Compute", needs=Needs(**needs))  # type: ignore[arg-type]


def in_state(state: NodeState) -> Node:
    return replace(a_node(), state=state)


@pytest.mark.parametrize(
    ("node", "role", "reason"),
    [
        (a_node(cpus=8), a_role(cpus=8), None),
        (a_node(cpus=8), a_role(cpus=16), "has 8 CPUs, needs 16"),
        (a_node(memory_gb=1), a_role(memory_mb=1024), None),
        (
            a_node(memory_gb=1),
            a_role(memory_mb=2048),
            "has 1024 MiB of memory, needs 2048",
        ),
        (a_node(disk_gb=9), a_role(disk_gb=9), None),
        (a_node(disk_gb=9), a_role(disk_gb=10), "has 9 GiB of disk, needs 10"),
        (NO_FACTS, a_role(), None),
        (NO_FACTS, a_role(cpus=1), "has no known CPU count, needs 1 CPUs"),
        (NO_FACTS, a_role(memory_mb=1), "has no known memory size, needs 1 MiB"),
        (NO_FACTS, a_role(disk_gb=1), "has no known disk size, needs 1 GiB"),
        (replace(NO_FACTS, properties={"cpus": "16"}), a_role(cpus=16), None),
        (
            replace(NO_FACTS, properties={"cpus": "many"}),
            a_role(cpus=16),
            "has no known CPU count, needs 16 CPUs",
        ),
        (a_node(traits=GPU), a_role(traits=GPU), None),
        (a_node(), a_role(traits=GPU), "lacks the traits CUSTOM_GPU, CUSTOM_NVME"),
        (
            a_node(traits=frozenset({"CUSTOM_GPU"})),
            a_role(traits=GPU),
            "lacks the trait CUSTOM_NVME",
        ),
        (
            a_node(resource_class="arm"),
            a_role(),
            'is of resource class "arm", needs "baremetal"',
        ),
        (
            a_node(resource_class=""),
            a_role(),
            'has no resource class, needs "baremetal"',
        ),
    ],
)
def test_hardware(node: Node, role: Role, reason: str | None) -> None:
    assert reject(node, role) == reason


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (a_node(state=ProvisionState.CLEAN_WAIT), "is in state clean wait"),
        (a_node(state=ProvisionState.ACTIVE), "is in state active"),
        (a_node(instance_id="server-1"), "is in use by server server-1"),
        (
            in_state(NodeState(provision=ProvisionState.AVAILABLE, maintenance=True)),
            "is in maintenance",
        ),
        (
            in_state(
                NodeState(
                    provision=ProvisionState.ACTIVE,
                    maintenance=True,
                    maintenance_reason="fan",
                )
            ),
            "is in maintenance: fan",
        ),
    ],
)
def test_only_free_nodes_are_taken(node: Node, reason: str) -> None:
    assert reject(node, a_role()) == reason


@pytest.mark.parametrize(
    ("capabilities", "traits", "reason"),
    [
        ({}, set(), None),
        ({"profile": "ceph-storage"}, set(), None),
        ({"profile": "CEPH_storage"}, set(), None),
        ({"profile": "ceph"}, set(), None),
        ({}, {"CUSTOM_PROFILE_CEPH_STORAGE"}, None),
        ({"ceph-storage_profile": "1"}, set(), None),
        ({"ceph-storage_profile": "True", "gpu_profile": "1"}, set(), None),
        ({"ceph-storage_profile": "0"}, set(), None),
        (
            {"gpu_profile": "1", "ceph_profile": "false"},
            set(),
            'may serve gpu only, needs profile "ceph-storage"',
        ),
        (
            {"profile": "gpu", "ceph-storage_profile": "1"},
            set(),
            'is tagged for "gpu", needs profile "ceph-storage"',
        ),
        (
            {"profile": "ceph-storage"},
            {"CUSTOM_PROFILE_GPU"},
            'is tagged for "ceph-storage" and "gpu", needs profile "ceph-storage"',
        ),
    ],
)
def test_tags_decide(
    capabilities: dict[str, str], traits: set[str], reason: str | None
) -> None:
    role = Role(name="Osd", profile="ceph-storage", profile_aliases=("ceph",))
    node = a_node(capabilities=capabilities, traits=frozenset(traits))

    assert reject(node, role) == reason
