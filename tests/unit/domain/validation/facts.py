"""Facts for tests of checks; each test names what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.builders import a_node
from tripleo_cli.domain.compute import Image
from tripleo_cli.domain.deployment import DeploymentRequest
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.plan import Plan, PlannedNode
from tripleo_cli.domain.planning import Running, make_plan
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.stack import Stack, StackStatus
from tripleo_cli.domain.validation.facts import DeploymentFacts, StackFacts
from tripleo_cli.domain.validation.finding import Finding
from tripleo_cli.errors import InvalidInputError, NotEnoughNodesError

ROLES = {
    "Controller": Role(
        name="Controller", count_default=1, tags=frozenset({"primary", "controller"})
    ),
    "Compute": Role(name="Compute"),
}

Judge = Callable[[DeploymentFacts], Iterator[Finding]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Facts, and what a check is to say of them.

    Of each finding ``told`` has its severity, its subjects, and a part of the rest.
    """

    name: str
    facts: DeploymentFacts
    told: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)

    def check(self, judge: Judge) -> None:
        found = list(judge(self.facts))
        assert [(f.severity.value, f.subjects) for f in found] == [
            (severity, subjects) for severity, subjects, _ in self.told
        ], found
        for finding, (_, _, part) in zip(found, self.told, strict=True):
            assert part in f"{finding.what} ({finding.remedy})"


def ids(case: Case) -> str:
    return case.name


def nodes(number: int, **same: Any) -> list[Node]:
    return [a_node(f"n{index}", **same) for index in range(number)]


def an_image(name: str = "overcloud-full", **fields: Any) -> Image:
    values = {"id": f"id-{name}", "status": "active", "size_bytes": 1, **fields}
    return Image(name=name, **values)


def a_stack(action: str, status: str, *members: PlannedNode) -> StackFacts:
    state = StackStatus(action=action, status=status)
    return StackFacts(
        stack=Stack(id="s", name="oc", status=state, created="2026-11-22T12:00:00Z"),
        plan=Plan(stack="oc", nodes=tuple(members)),
    )


def a_member(hostname: str, node: Node, role: str = "Controller") -> PlannedNode:
    return PlannedNode(
        hostname=hostname,
        role=role,
        index=0,
        node_id=node.id,
        node_name=node.name,
        flavor=role.lower(),
        image="overcloud-full",
    )


def facts(
    known: Iterable[Node] = (),
    counts: Mapping[str, int] | None = None,
    roles: Mapping[str, Role] = ROLES,
    parameters: Mapping[str, Any] | None = None,
    **others: Any,
) -> DeploymentFacts:
    """Facts of a new stack, with the plan that comes of them or why there is none."""
    listed = list(known) or nodes(4)
    request = DeploymentRequest(
        stack=others.pop("stack", "oc"),
        counts=counts or {},
        parameters=parameters or {},
        instances=others.pop("instances", {}),
        given=others.pop("given", ()),
    )
    made = DeploymentFacts(request=request, roles=roles, nodes=listed, **others)
    try:
        plan = make_plan(request, roles, listed, Running())
    except (InvalidInputError, NotEnoughNodesError) as refusal:
        return replace(made, refusal=refusal)
    free = {NodeId(node.id) for node in listed}
    return replace(
        made, plan=plan, new=plan.nodes, offered=others.get("offered", frozenset(free))
    )
