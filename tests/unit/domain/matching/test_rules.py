"""Each rule: the nodes that it takes, and its words about the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import a_node
from tests.fakes.requirement import HalfTheMedian
from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.domain.matching import MatchRequest, Mode, Pin, reject, solve
from tripleo_cli.domain.matching.explain import rejections
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


@pytest.mark.parametrize(
    ("traits", "extra", "reason"),
    [
        (set(), {"hardware_excluded": "forgotten"}, None),
        ({"CUSTOM_HARDWARE_EXCLUDED"}, {}, "is excluded: has the trait"),
        (
            {"CUSTOM_HARDWARE_EXCLUDED"},
            {"hardware_excluded": "disk 3 is 40 % slower"},
            "is excluded: disk 3 is 40 % slower",
        ),
    ],
)
def test_excluded_nodes_are_not_taken(
    traits: set[str], extra: dict[str, str], reason: str | None
) -> None:
    node = a_node(traits=frozenset(traits), extra=extra)

    said = reject(node, a_role())

    assert said == reason or (reason and said and said.startswith(reason))


def test_what_an_inspection_measured_goes_before_what_somebody_wrote() -> None:
    facts = HardwareFacts(cpus=4, memory_mib=2048)
    node = a_node(cpus=64, memory_gb=512, facts=facts)

    assert reject(node, a_role(cpus=16)) == "has 4 CPUs, needs 16"
    assert reject(node, a_role(memory_mb=4096)) == (
        "has 2048 MiB of memory, needs 4096"
    )


def test_the_root_disk_is_the_one_that_ironic_takes() -> None:
    """The smallest that is large enough, unless Ironic has said already."""
    disks = tuple(
        Disk(name=f"sd{n}", size_gib=size) for n, size in enumerate([2, 99.5, 4000])
    )
    node = a_node(disk_gb=3999, facts=HardwareFacts(disks=disks))

    assert reject(node, a_role(disk_gb=3999)) is None
    unknown = replace(node, properties={})
    assert reject(unknown, a_role(disk_gb=200)) == "has 99 GiB of disk, needs 200"


FAST = Role(name="Fast", requires=HalfTheMedian("cpu.loops"))


def test_a_role_with_requirements_wants_nodes_that_were_inspected() -> None:
    assert reject(a_node("n"), FAST) == (
        "has no inspection data; get it with `openstack overcloud node introspect n`"
    )
    assert reject(a_node("n"), replace(FAST, requires=None)) is None


def test_requirements_are_judged_among_machines_that_are_alike() -> None:
    def measured(name: str, loops: float) -> Node:
        return a_node(name, facts=HardwareFacts(benchmarks={"cpu.loops": loops}))

    nodes = [measured("slow", 10), measured("a", 100), measured("b", 102)]
    request = MatchRequest(wanted={"Fast": 3}, roles={"Fast": FAST}, nodes=nodes)

    assert solve(request).unmet == {"Fast": 1}
    assert rejections(request) == {
        nodes[0].id: {"Fast": "measured 10 of 100"},
        nodes[1].id: {},
        nodes[2].id: {},
    }


def test_where_nodes_were_sorted_out_for_a_role_it_takes_no_others() -> None:
    """Inspection rules marked the nodes that are good enough; others are not."""
    roles = {name: Role(name=name) for name in ("Controller", "Compute")}
    nodes = [
        a_node("any", memory_gb=8),
        a_node("good", capabilities={"controller_profile": "1"}),
        a_node("tagged", capabilities={"profile": "controller"}),
    ]
    request = MatchRequest(wanted={"Controller": 3}, roles=roles, nodes=nodes)

    assert rejections(request)[nodes[0].id] == {
        "Controller": 'is not marked "controller_profile:1", as others are'
    }
    assert solve(request).unmet == {"Controller": 1}
    assert not rejections(replace(request, mode=Mode.POC))[nodes[0].id]
    pins = {nodes[0].id: Pin(role="Controller")}
    assert solve(replace(request, pins=pins)).is_feasible
