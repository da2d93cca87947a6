"""A plan whose nodes are configured, as templates for Heat."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.heat_template import VIP, attributes_of, definitions, outputs
from tests.unit.domain.overcloud.examples import CONTROL, SERVICES
from tests.unit.rendering.test_heat import TEMPLATES, a_plan
from tripleo_cli.domain.overcloud.configuration import role_configurations
from tripleo_cli.domain.overcloud.layout import layout_from_outputs
from tripleo_cli.domain.plan import (
    Plan,
    layout_to_dict,
    plan_from_dict,
    plan_to_dict,
)
from tripleo_cli.domain.stack import StackFiles
from tripleo_cli.rendering.heat import configurations_in, render_stack, tree

GOLDEN = Path(__file__).parents[2] / "data" / "golden" / "heat-configured"
BALANCED = {"Controller": ("haproxy", *CONTROL), "Compute": ("nova-compute",)}


def a_configured_plan(*, is_balanced: bool = True, computes: int = 1) -> Plan:
    plan = a_plan(computes=computes)
    roles = dict(BALANCED)
    if not is_balanced:
        roles["Controller"] = CONTROL
    return replace(
        plan,
        nodes=tuple(replace(node, key="tripleo-0a1b2c3d") for node in plan.nodes),
        configurations=role_configurations(roles, SERVICES, {"GlanceWorkers": 2}),
        parameters={**plan.parameters, "Passwords": {"GlancePassword": "hush"}},
    )


def outputs_of(files: StackFiles) -> dict[str, object]:
    """What Heat would answer, with an address for every server."""
    defined = definitions("oc", files)
    attributes = {path: attributes_of(item) for path, item in defined.items()}
    servers = [p for p, item in defined.items() if item.type == "OS::Nova::Server"]
    for number, path in enumerate(servers):
        attributes[path] = {"networks": {"ctlplane": [f"192.0.2.{number + 1}"]}}
    return outputs(files, attributes)


def test_rendered_templates_are_the_golden_ones() -> None:
    """Set UPDATE_GOLDEN=1 to write them anew, and read the difference."""
    rendered = tree(render_stack(a_configured_plan(), TEMPLATES))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        for name, text in rendered.items():
            (GOLDEN / name).write_text(text)

    golden = {path.name: path.read_text() for path in GOLDEN.iterdir()}

    assert rendered == golden


@pytest.mark.parametrize(("is_balanced", "vip"), [(True, VIP), (False, "")])
def test_the_stack_tells_the_layout(*, is_balanced: bool, vip: str) -> None:
    plan = a_configured_plan(is_balanced=is_balanced)

    layout = layout_from_outputs(outputs_of(render_stack(plan, TEMPLATES)))

    assert layout.vip == vip
    assert layout.configurations == plan.configurations
    assert [(node.hostname, node.address) for node in layout.nodes] == [
        ("oc-controller-0", "192.0.2.1"),
        ("oc-compute-0", "192.0.2.2"),
    ]


def test_only_configured_roles_are_in_the_layout() -> None:
    plan = a_configured_plan()
    some = {"Controller": plan.configurations["Controller"]}

    files = render_stack(replace(plan, configurations=some), TEMPLATES)
    layout = layout_from_outputs(outputs_of(files))

    assert [node.hostname for node in layout.nodes] == ["oc-controller-0"]


@pytest.mark.parametrize("lost", ["plan", "nodes", "configuration"])
def test_outputs_that_are_not_ours_are_refused(lost: str) -> None:
    told = outputs_of(render_stack(a_configured_plan(), TEMPLATES))
    del told[lost]

    with pytest.raises(ValueError, match=lost):
        layout_from_outputs(told)


def test_configurations_come_back_out_of_the_files() -> None:
    plan = a_configured_plan()

    files = render_stack(plan, TEMPLATES)

    assert configurations_in(files.files) == plan.configurations


def test_no_password_is_in_what_people_look_at() -> None:
    files = render_stack(a_configured_plan(), TEMPLATES)

    assert "hush" not in json.dumps(tree(files))
    assert files.environment["parameter_defaults"]["Passwords"]


def test_a_role_costs_one_resource_and_the_stack_one_for_its_address() -> None:
    bare = definitions("oc", render_stack(a_plan(computes=1), TEMPLATES))

    told = definitions("oc", render_stack(a_configured_plan(), TEMPLATES))

    assert set(told) - set(bare) == {
        "Controller.configuration",
        "Compute.configuration",
        "ControlVirtualIP",
    }


def test_the_address_can_be_chosen() -> None:
    wish = [{"ip_address": "192.0.2.9"}]
    plan = a_configured_plan()
    plan = replace(plan, parameters={**plan.parameters, "ControlFixedIPs": wish})

    files = render_stack(plan, TEMPLATES)

    port = definitions("oc", files)["ControlVirtualIP"]
    assert port.properties["fixed_ips"] == wish
    assert layout_from_outputs(outputs_of(files)).vip == "192.0.2.9"


def test_a_plan_with_configurations_survives_json() -> None:
    plan = a_configured_plan()

    data = json.loads(json.dumps(plan_to_dict(plan), sort_keys=True))

    assert plan_from_dict(data) == plan
    assert "configurations" not in layout_to_dict(plan)


def test_a_role_that_leaves_takes_its_configuration_along() -> None:
    plan = a_configured_plan().without(frozenset({"oc-compute-0"}))

    assert set(plan.configurations) == {"Controller"}
