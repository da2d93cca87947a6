"""From a failed stack to its cause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_node
from tripleo_cli.domain.compute import Flavor, Server
from tripleo_cli.domain.failure import (
    Failure,
    bare_cause,
    first_cause,
    leaf_failures,
    node_findings,
    remedy_for,
)
from tripleo_cli.domain.node import Node, NodeId
from tripleo_cli.domain.plan import PlannedNode
from tripleo_cli.domain.stack import StackEvent, StackResource, StackStatus

# As Heat 27 and Nova 34 wrote them.
REASONS = {
    'ResourceInError: resources.f-x0: Went to status ERROR due to "Message: No valid '
    'host was found. , Code: 500"': "No valid host was found.",
    "ResourceInError: resources.Compute.resources.oc-0: Went to status ERROR due to "
    '"Message: Build of instance 1 aborted: Failed to provision instance 1: disk on '
    'fire, Code: 500"': "Build of instance 1 aborted: Failed to provision instance 1: "
    "disk on fire",
    'ResourceInError: resources.s: Went to status ERROR due to "Message: [Errno 2] No '
    "such file or directory: 'genisoimage', Code: 500\"": "[Errno 2] No such file or "
    "directory: 'genisoimage'",
    "Stack CREATE started": "Stack CREATE started",
    "": "",
}
PLANNED = PlannedNode(
    hostname="oc-compute-0",
    role="Compute",
    index=0,
    node_id=NodeId("uuid-n"),
    node_name="n",
    flavor="compute",
    image="overcloud-full",
)
FLAVOR = Flavor(
    name="compute",
    extra_specs={"resources:CUSTOM_BAREMETAL": "1", "trait:CUSTOM_GPU": "required"},
)
FIT = a_node("n", traits=frozenset({"CUSTOM_GPU"}))


@pytest.mark.parametrize(("reason", "cause"), REASONS.items())
def test_the_cause_is_what_the_service_said(reason: str, cause: str) -> None:
    assert bare_cause(reason) == cause


def a_resource(path: str, status: str, reason: str = "") -> StackResource:
    return StackResource(
        path=path,
        type="OS::Nova::Server",
        physical_id="",
        status=StackStatus(action="CREATE", status=status),
        reason=reason,
    )


def test_a_leaf_explains_what_is_above_it() -> None:
    found = leaf_failures(
        [
            a_resource("Compute", "FAILED", "resources.Compute: it failed"),
            a_resource("Compute.oc-0", "FAILED", "it failed"),
            a_resource("Compute.oc-1", "FAILED", "CREATE aborted (user triggered)"),
            a_resource("Compute.oc-2", "COMPLETE"),
        ]
    )

    assert [leaf.path for leaf in found] == ["Compute.oc-0"]


def test_what_was_cancelled_counts_where_nothing_else_failed() -> None:
    resource = a_resource("Compute.oc-1", "FAILED", "CREATE aborted")

    assert leaf_failures([resource]) == (resource,)


def with_state(**changes: Any) -> Node:
    return replace(FIT, state=replace(FIT.state, **changes))


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (None, "is not registered in Ironic any more"),
        (
            with_state(maintenance=True, maintenance_reason="fan"),
            "is in maintenance: fan",
        ),
        (with_state(last_error="no power"), "last error in Ironic: no power"),
        (replace(FIT, instance_id="other"), "holds another server, other"),
        (replace(FIT, traits=frozenset()), "lacks the traits CUSTOM_GPU"),
        (
            replace(FIT, resource_class="gold"),
            'its resource class "gold" is not the one that flavor "compute" asks for',
        ),
        (FIT, "is available now, with no error"),
    ],
)
def test_a_node_explains_a_failure(node: Node | None, told: str) -> None:
    server = Server(id="mine", name="oc-compute-0", status="ERROR")

    assert node_findings(node, PLANNED, FLAVOR, server) == (told,)


def test_a_flavor_that_is_gone_explains_it_too() -> None:
    assert node_findings(FIT, PLANNED, None, None) == (
        'its flavor "compute" does not exist',
    )


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (None, "again: it chooses another node"),
        (with_state(maintenance=True), "node maintenance unset n`"),
        (FIT, "node maintenance set n`"),
    ],
)
def test_the_remedy_is_a_command(node: Node | None, told: str) -> None:
    assert told in remedy_for("oc", node, PLANNED)


def test_a_failure_reads_from_the_resource_down_to_the_remedy() -> None:
    failure = Failure(
        path="Compute.oc-compute-0",
        type="OS::Nova::Server",
        cause="no power",
        node="n",
        findings=("is in maintenance",),
        remedy="mend it",
    )

    assert str(failure).split("\n    ") == [
        "Compute.oc-compute-0 (OS::Nova::Server): no power",
        "node n: is in maintenance",
        "what to do: mend it",
    ]


def events(*told: tuple[str, str, str]) -> list[StackEvent]:
    return [
        StackEvent(
            id=str(number),
            time="",
            path=path,
            status=StackStatus(action="CREATE", status=status),
            reason=reason,
        )
        for number, (path, status, reason) in enumerate(told)
    ]


def test_the_first_failure_of_the_last_action_counts() -> None:
    happened = events(
        ("", "IN_PROGRESS", ""),
        ("C.oc-0", "FAILED", "of an earlier day"),
        ("", "FAILED", ""),
        ("", "IN_PROGRESS", ""),
        ("C.oc-1", "FAILED", "another one's"),
        ("C.oc-0", "FAILED", "disk on fire"),
        ("C.oc-0", "FAILED", "No valid host was found."),
    )

    assert first_cause(happened, "C.oc-0") == "disk on fire"


def test_nothing_better_than_no_host_is_nothing() -> None:
    happened = events(("C.oc-0", "FAILED", "No valid host was found."))

    assert first_cause(happened, "C.oc-0") == ""
