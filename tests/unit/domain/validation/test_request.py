"""Checks of what was asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import a_node
from tests.unit.domain.validation.facts import (
    ROLES,
    Case,
    a_member,
    a_stack,
    facts,
    ids,
    nodes,
)
from tripleo_cli.domain.compute import Server
from tripleo_cli.domain.deployment import GivenCount, Instance
from tripleo_cli.domain.node import ProvisionState
from tripleo_cli.domain.validation import request

BROKEN = replace(a_stack("CREATE", "COMPLETE"), broken=("oc-controller-0",))
LOST = replace(a_stack("CREATE", "COMPLETE"), lost=("oc-controller-0",))
N0 = a_node("n0")
STAY = a_member("oc-controller-0", N0)


def said(role: str, *numbers: int) -> tuple[GivenCount, ...]:
    return tuple(
        GivenCount(role=role, number=number, source=f"source {place}")
        for place, number in enumerate(numbers)
    )


def server(name: str) -> Server:
    return Server(id=f"id-{name}", name=name, status="ACTIVE")


STACK = [
    Case(name="new", facts=facts()),
    Case(name="sound", facts=facts(running=a_stack("CREATE", "COMPLETE"))),
    Case(
        name="busy",
        facts=facts(running=a_stack("UPDATE", "IN_PROGRESS")),
        told=[("error", ("oc",), "UPDATE_IN_PROGRESS since 2026-11-22T12:00:00Z")],
    ),
    Case(
        name="failed",
        facts=facts(running=a_stack("CREATE", "FAILED")),
        told=[("warning", ("oc",), "openstack overcloud failures --stack oc")],
    ),
    Case(
        name="deletion failed",
        facts=facts(running=a_stack("DELETE", "FAILED")),
        told=[("error", ("oc",), "openstack overcloud delete --yes oc")],
    ),
    Case(
        name="broken servers",
        facts=facts(running=BROKEN),
        told=[
            (
                "error",
                ("oc-controller-0",),
                "overcloud node remove --stack oc oc-controller-0",
            )
        ],
    ),
    Case(
        name="lost servers",
        facts=facts(running=LOST),
        told=[("warning", ("oc-controller-0",), "deploying makes it again")],
    ),
]

REQUEST = [
    Case(name="good", facts=facts()),
    Case(
        name="all problems at once",
        facts=facts(
            instances={
                "Controller": (Instance(hostname="a", node="nowhere"),),
                "Compute": (Instance(hostname="b", node="n00"),),
            },
            counts={"Compute": 1},
        ),
        told=[
            ("error", ("Controller.a",), 'there is no node "nowhere"'),
            ("error", ("Compute.b",), 'there is no node "n00" (did you mean "n0"?)'),
        ],
    ),
    Case(
        name="the hint is the remedy where a problem has none",
        facts=facts(counts={"Controller": 0}),
        told=[("error", ("counts",), "--role-count Controller=1")],
    ),
    Case(
        name="too few nodes are told by another check",
        facts=facts(counts={"Compute": 9}),
    ),
]

COUNTS = [
    Case(name="one source", facts=facts(given=said("Compute", 1))),
    Case(name="two that agree", facts=facts(given=said("Compute", 2, 2))),
    Case(
        name="a contradiction",
        facts=facts(given=(*said("Compute", 1, 2, 1), *said("Controller", 1))),
        told=[
            (
                "warning",
                ("Compute",),
                "1 by source 0, 2 by source 1, 1 by source 2; the last one is used",
            )
        ],
    ),
    Case(
        name="a misspelt role",
        facts=facts(parameters={"ComputCount": 2}),
        told=[("warning", ("ComputCount",), 'did you mean "ComputeCount"')],
    ),
    Case(
        name="counts of roles that get none anyway, and other parameters",
        facts=facts(parameters={"CephCount": 0, "Count": "x", "Size": 3}),
    ),
    Case(
        name="an even number of controllers",
        facts=facts(counts={"Controller": 2}),
        told=[("warning", ("Controller",), "odd number")],
    ),
    Case(name="three controllers", facts=facts(counts={"Controller": 3})),
]

CAPACITY = [
    Case(name="enough", facts=facts()),
    Case(
        name="too few",
        facts=facts(counts={"Compute": 9}),
        told=[("error", (), "profiles match --explain")],
    ),
    Case(
        name="some are nearly there",
        facts=facts(
            [
                a_node("n0"),
                a_node("n1", state=ProvisionState.MANAGEABLE),
                a_node("n2", state=ProvisionState.MANAGEABLE, resource_class="other"),
                a_node("n3", state=ProvisionState.ENROLL),
            ],
            counts={"Compute": 2},
        ),
        told=[
            ("error", (), "need"),
            ("warning", ("n1",), "openstack overcloud node provide n1"),
        ],
    ),
]

LONG = "x" * 60
SAME = {"Controller": replace(ROLES["Controller"], hostname_format="ctl_%index%")}
SIMPLE = {"Controller": replace(ROLES["Controller"], hostname_format="ctl-%index%")}

NAMES = [
    Case(name="good", facts=facts(servers=[server("other")])),
    Case(
        name="no domain",
        facts=facts(parameters={"CloudDomain": "my_cloud..x"}),
        told=[("error", ("CloudDomain",), '"my_cloud..x" is no domain')],
    ),
    Case(
        name="not a host name",
        facts=facts(roles=SAME),
        told=[("error", ("ctl_0",), "is no valid host name")],
    ),
    Case(
        name="too long with its domain",
        facts=facts(roles=SIMPLE, parameters={"CloudDomain": LONG}),
        told=[("warning", ("ctl-0",), "more than 64 signs")],
    ),
    Case(
        name="another stack has it",
        facts=facts(roles=SIMPLE, servers=[server("ctl-0"), server("ctl-1")]),
        told=[("warning", ("ctl-0",), "%stackname%")],
    ),
    Case(
        name="this stack has it",
        facts=replace(
            facts(nodes(1)),
            new=(STAY,),
            running=a_stack("CREATE", "FAILED", STAY),
            servers=[server("oc-controller-0")],
        ),
    ),
]


@pytest.mark.parametrize("case", STACK, ids=ids)
def test_the_stack_is_at_rest(case: Case) -> None:
    case.check(request.stack_is_at_rest)


@pytest.mark.parametrize("case", REQUEST, ids=ids)
def test_the_request_makes_sense(case: Case) -> None:
    case.check(request.request_makes_sense)


@pytest.mark.parametrize("case", COUNTS, ids=ids)
def test_counts_agree(case: Case) -> None:
    case.check(request.counts_agree)


@pytest.mark.parametrize("case", CAPACITY, ids=ids)
def test_there_are_enough_nodes(case: Case) -> None:
    case.check(request.there_are_enough_nodes)


@pytest.mark.parametrize("case", NAMES, ids=ids)
def test_names_are_good(case: Case) -> None:
    case.check(request.names_are_good)
