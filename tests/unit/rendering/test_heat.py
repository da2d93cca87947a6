"""A plan as templates for Heat."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.fakes.heat_template import definitions
from tripleo_cli.domain.node import NodeId
from tripleo_cli.domain.plan import Plan, PlannedNode, PlannedRole, plan_from_dict
from tripleo_cli.inputs.templates import load_templates
from tripleo_cli.rendering.heat import render_stack, tree
from tripleo_cli.resources import shipped

GOLDEN = Path(__file__).parents[2] / "data" / "golden" / "heat"
TEMPLATES = load_templates([shipped("templates")])


def a_planned_node(role: str, index: int) -> PlannedNode:
    name = f"oc-{role.lower()}-{index}"
    return PlannedNode(
        hostname=name,
        role=role,
        index=index,
        node_id=NodeId(f"uuid-of-{name}"),
        node_name=f"machine-of-{name}",
        flavor=role.lower(),
        image="overcloud-full",
    )


def a_plan(controllers: int = 1, computes: int = 2) -> Plan:
    return Plan(
        stack="oc",
        roles=(
            PlannedRole(
                name="Controller",
                services=("mysql", "keystone"),
                tags=("controller", "primary"),
                networks=("ctlplane",),
            ),
            PlannedRole(name="Compute", services=("nova-compute",)),
        ),
        nodes=(
            *(a_planned_node("Controller", index) for index in range(controllers)),
            *(a_planned_node("Compute", index) for index in range(computes)),
        ),
        parameters={"CloudDomain": "example.org"},
    )


def test_rendered_templates_are_the_golden_ones() -> None:
    """Set UPDATE_GOLDEN=1 to write them anew, and read the difference."""
    rendered = tree(render_stack(a_plan(), TEMPLATES))
    if os.environ.get("UPDATE_GOLDEN"):
        for name, text in rendered.items():
            (GOLDEN / name).write_text(text)

    golden = {path.name: path.read_text() for path in GOLDEN.iterdir()}

    assert rendered == golden


def test_twenty_nodes_take_at_most_one_resource_and_a_fifth_each() -> None:
    files = render_stack(a_plan(controllers=3, computes=17), TEMPLATES)

    resources = definitions("oc", files)

    assert len(resources) / 20 <= 1.2
    assert len(resources) == 22


def test_every_server_is_pinned_to_its_node() -> None:
    resources = definitions("oc", render_stack(a_plan(), TEMPLATES))

    zones = {
        path: item.properties["availability_zone"]
        for path, item in resources.items()
        if item.type == "OS::Nova::Server"
    }

    assert zones == {
        f"{node.role}.{node.hostname}": f"nova::{node.node_id}"
        for node in a_plan().nodes
    }


def test_the_stack_carries_its_plan() -> None:
    template = yaml.safe_load(render_stack(a_plan(), TEMPLATES).template)

    carried = plan_from_dict(template["outputs"]["plan"]["value"])

    assert carried == replace(a_plan(), parameters={})


NASTY = ["yes", "a'b", 'say "x"', "x: {y", "\N{GRINNING FACE}", "tab\tnew\nline", "- x"]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_a_template(text: str) -> None:
    node = replace(a_planned_node("Compute", 0), node_name=text, image=text)
    plan = Plan(
        stack="oc",
        roles=(PlannedRole(name="Compute", services=(text,), tags=(text,)),),
        nodes=(node,),
        parameters={"CloudDomain": text},
    )

    files = render_stack(plan, TEMPLATES)

    server = definitions("oc", files)["Compute.oc-compute-0"]
    assert server.properties["image"] == text
    told = yaml.safe_load(files.files["role-Compute.yaml"])["outputs"]["nodes"]["value"]
    assert told["oc-compute-0"]["services"] == [text]


def test_environments_reach_heat() -> None:
    plan = replace(a_plan(), registry={"A::B": "/x.yaml"}, files={"/x.yaml": "text"})

    files = render_stack(plan, TEMPLATES)

    assert files.environment == {
        "parameter_defaults": {"CloudDomain": "example.org"},
        "resource_registry": {"A::B": "/x.yaml"},
    }
    assert files.files["/x.yaml"] == "text"
