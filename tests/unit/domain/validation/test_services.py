"""Checks of what services can give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_node
from tests.unit.domain.validation.facts import ROLES, Case, an_image, facts, ids, nodes
from tripleo_cli.domain.compute import Flavor, Quota
from tripleo_cli.domain.flavor import flavor_for
from tripleo_cli.domain.network import Subnet
from tripleo_cli.domain.node import NodeState, ProvisionState
from tripleo_cli.domain.ntp import TimeAnswer
from tripleo_cli.domain.role import Needs
from tripleo_cli.domain.validation import services

GIB = 1024**3
GOOD = flavor_for(ROLES["Controller"])
SHARED = {
    "Controller": replace(ROLES["Controller"], flavor="baremetal"),
    "Compute": replace(ROLES["Compute"], flavor="baremetal", resource_class="gold"),
}
SMALL = {"Controller": replace(ROLES["Controller"], needs=Needs(disk_gb=20))}
UNPOWERED = replace(
    a_node("n0"), state=NodeState(provision=ProvisionState.AVAILABLE, power_on=None)
)


def spoiled(**specs: str) -> Flavor:
    return replace(GOOD, extra_specs={**GOOD.extra_specs, **specs})


def quota(resource: str, limit: int | None, used: int = 0) -> Quota:
    return Quota(resource=resource, limit=limit, used=used)


def subnet(free: int, version: int = 4, network: str = "n") -> Subnet:
    return Subnet(
        id=f"s{version}",
        name="ctlplane-subnet",
        network_id=network,
        cidr="192.168.24.0/24" if version == 4 else "fd00::/64",
        ip_version=version,
        total=10,
        used=10 - free,
    )


def timed(parameters: dict[str, Any] | None = None, **times: TimeAnswer) -> Any:
    return facts(parameters=parameters, times=times)


FLAVORS = [
    Case(name="missing ones are made", facts=facts()),
    Case(name="ready", facts=facts(flavors=[GOOD], images=[an_image()])),
    Case(
        name="an operator's own additions",
        facts=facts(flavors=[spoiled(**{"hw:boot_mode": "uefi"})]),
    ),
    Case(
        name="wrong",
        facts=facts(flavors=[spoiled(**{"resources:VCPU": "1", "resources:X": "1"})]),
        told=[
            (
                "warning",
                ("controller",),
                "resources:VCPU is 1, not 0; resources:X is too much",
            )
        ],
    ),
    Case(
        name="without resource class and trait",
        facts=facts(flavors=[Flavor(name="controller")]),
        told=[
            (
                "warning",
                ("controller",),
                "resources:CUSTOM_BAREMETAL is missing",
            )
        ],
    ),
    Case(
        name="one flavor for two resource classes",
        facts=facts(
            [a_node("n0"), a_node("n1", resource_class="gold")],
            roles=SHARED,
            counts={"Compute": 1},
        ),
        told=[("error", ("flavor baremetal",), "different resource classes")],
    ),
    Case(
        name="too small for the image's disk",
        facts=facts(roles=SMALL, images=[an_image(size_bytes=21 * GIB - 1)]),
        told=[("error", ("controller",), "has 20 GiB of disk, image")],
    ),
    Case(
        name="too small for what the image says it needs",
        facts=facts(images=[an_image(min_disk_gb=80)]),
        told=[("error", ("controller",), "needs 80")],
    ),
    Case(
        name="too little memory",
        facts=facts(images=[an_image(min_memory_mb=9999)]),
        told=[
            ("error", ("controller",), "has 4096 MiB, image overcloud-full needs 9999")
        ],
    ),
    Case(
        name="no limit of the disk",
        facts=facts(
            flavors=[replace(GOOD, disk_gb=0)], images=[an_image(min_disk_gb=80)]
        ),
    ),
]

PLACEMENT = [
    Case(name="offered", facts=facts()),
    Case(
        name="not yet",
        facts=facts(nodes(2), counts={"Compute": 1}, offered=frozenset({"uuid-n0"})),
        told=[("warning", ("n1",), "deploying waits for that")],
    ),
    Case(
        name="another check tells of power",
        facts=facts([UNPOWERED], offered=frozenset()),
    ),
]

QUOTAS = [
    Case(name="no limits", facts=facts(quotas=[quota("instances", None, 99)])),
    Case(
        name="enough", facts=facts(quotas=[quota("instances", 3, 2), quota("port", 1)])
    ),
    Case(
        name="too little of everything",
        facts=facts(
            counts={"Compute": 1},
            quotas=[
                quota("instances", 3, 2),
                quota("cores", 1),
                quota("ram", 8191),
                quota("port", 1),
                quota("router", 0),
            ],
        ),
        told=[
            ("error", ("instances",), "2 more are needed, 1 of 3 are left"),
            ("error", ("cores",), "--cores -1"),
            ("error", ("ram",), "8192 more are needed"),
            ("error", ("port",), "--ports -1"),
        ],
    ),
]

ADDRESSES = [
    Case(name="enough", facts=facts(subnets=[subnet(1)])),
    Case(
        name="too few",
        facts=facts(counts={"Compute": 1}, subnets=[subnet(1)]),
        told=[("error", ("ctlplane-subnet",), "2 more addresses are needed, 1 of 10")],
    ),
    Case(
        name="enough of one version only",
        facts=facts(subnets=[subnet(1), subnet(0, version=6)]),
        told=[("error", ("ctlplane-subnet",), "0 of 10")],
    ),
    Case(
        name="no network",
        facts=facts(),
        told=[("error", ("ctlplane",), "openstack undercloud install")],
    ),
    Case(
        name="two networks",
        facts=facts(subnets=[subnet(1, network="b"), subnet(1, network="a")]),
        told=[("error", ("ctlplane",), "2 networks have this name: a, b")],
    ),
]

TIMES = [
    Case(name="none, and one controller", facts=facts()),
    Case(
        name="none, and several controllers",
        facts=facts(counts={"Controller": 3}),
        told=[("warning", (), "NtpServer")],
    ),
    Case(name="right", facts=timed(a=TimeAnswer(offset_seconds=-0.2))),
    Case(
        name="silent",
        facts=timed(a=TimeAnswer(failure="no answer"), b=TimeAnswer(failure="unknown")),
        told=[("error", ("a",), "no answer"), ("error", ("b",), "unknown")],
    ),
    Case(
        name="one of two is silent",
        facts=timed(a=TimeAnswer(failure="no answer"), b=TimeAnswer()),
        told=[("warning", ("a",), "no answer")],
    ),
    Case(
        name="wrong",
        facts=timed(a=TimeAnswer(offset_seconds=7.4), b=TimeAnswer(offset_seconds=-60)),
        told=[
            ("warning", ("a",), "is 7 s ahead of the undercloud"),
            ("warning", ("b",), "is 60 s behind the undercloud"),
        ],
    ),
]


@pytest.mark.parametrize("case", FLAVORS, ids=ids)
def test_flavors(case: Case) -> None:
    case.check(services.flavors_fit)


@pytest.mark.parametrize("case", PLACEMENT, ids=ids)
def test_placement(case: Case) -> None:
    case.check(services.nodes_are_offered)


@pytest.mark.parametrize("case", QUOTAS, ids=ids)
def test_quotas(case: Case) -> None:
    case.check(services.quotas_suffice)


@pytest.mark.parametrize("case", ADDRESSES, ids=ids)
def test_addresses(case: Case) -> None:
    case.check(services.addresses_suffice)


@pytest.mark.parametrize("case", TIMES, ids=ids)
def test_times(case: Case) -> None:
    case.check(services.times_agree)
