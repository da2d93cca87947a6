"""A plan with nodes that ask Heat for orders, as templates for Heat."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from dataclasses import replace

import pytest
import yaml

from tests.fakes.heat_template import definitions
from tests.unit.rendering.test_heat import TEMPLATES, a_plan
from tests.unit.rendering.test_heat_configured import a_configured_plan, outputs_of
from tripleo_cli.clients.node_program import AGENT as MODULES
from tripleo_cli.clients.node_program import node_agent
from tripleo_cli.domain.overcloud.layout import layout_from_outputs
from tripleo_cli.domain.plan import Plan, plan_from_dict, plan_to_dict
from tripleo_cli.plugin import make_agent
from tripleo_cli.rendering.heat import (
    AGENT,
    AGENT_FILE,
    is_role_file,
    render_stack,
    tree,
)

SOURCES = {**TEMPLATES, AGENT: make_agent()}
NOVA_TAKES = 65535
"""Bytes of user data, as base64."""
PULLS = "oc-compute-0"


def a_pulling_plan() -> Plan:
    plan = a_configured_plan()
    nodes = (
        replace(node, transport="pull") if node.hostname == PULLS else node
        for node in plan.nodes
    )
    return replace(plan, nodes=tuple(nodes))


def test_only_servers_that_pull_are_other_ones() -> None:
    before = tree(render_stack(a_configured_plan(), SOURCES))
    after = tree(render_stack(a_pulling_plan(), SOURCES))

    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"overcloud.yaml", "role-Compute.yaml", AGENT_FILE}
    assert AGENT_FILE not in tree(render_stack(a_plan(), TEMPLATES))
    assert is_role_file(AGENT_FILE)


def test_a_server_that_pulls_has_a_user_and_a_place_for_reports() -> None:
    found = definitions("oc", render_stack(a_pulling_plan(), SOURCES))

    server = found[f"Compute.{PULLS}"].properties
    assert server["user_data_format"] == "SOFTWARE_CONFIG"
    assert server["software_config_transport"] == "POLL_SERVER_HEAT"
    assert server["user_data_update_policy"] == "IGNORE"
    handle = found[f"Compute.{PULLS}-reports"]
    assert handle.type == "OS::Heat::WaitConditionHandle"
    pushed = found["Controller.oc-controller-0"].properties
    assert pushed["user_data_format"] == "RAW"


def test_the_outputs_tell_who_pulls() -> None:
    layout = layout_from_outputs(outputs_of(render_stack(a_pulling_plan(), SOURCES)))

    assert {node.hostname for node in layout.nodes if node.pulls} == {PULLS}


def test_a_plan_keeps_who_pulls() -> None:
    plan = a_pulling_plan()
    data = json.loads(json.dumps(plan_to_dict(plan)))

    assert plan_from_dict(data).nodes == plan.nodes
    assert ["transport" in node for node in data["nodes"]] == [False, True]


def test_user_data_has_the_agent_and_where_services_are() -> None:
    places = {"identity": "http://192.0.2.1:5000"}
    plan = replace(a_pulling_plan(), parameters={"PullEndpoints": places})

    text = render_stack(plan, SOURCES).files[AGENT_FILE]

    assert text.startswith("#cloud-config\n")
    # Nova counts it after base64; Heat adds its own parts before.
    assert len(base64.b64encode(text.encode())) < NOVA_TAKES * 0.75
    files = {one["path"]: one for one in yaml.safe_load(text)["write_files"]}
    assert json.loads(files["/etc/tripleo/pull.json"]["content"]) == places
    packed = files["/usr/local/lib/tripleo/agent.pyz"]["content"]
    assert base64.b64decode(packed) == node_agent().data


@pytest.mark.parametrize("name", [name for name in MODULES if name != "__init__.py"])
def test_the_agent_brings_all_that_it_imports(name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(node_agent().data)) as archive:
        source = archive.read(f"tripleo_cli/node/{name}").decode()
    imported = {
        line.split()[1].rpartition(".")[2] + ".py"
        for line in source.splitlines()
        if line.startswith("from tripleo_cli.node.")
    }
    imported |= {
        f"{word.strip()}.py"
        for line in source.splitlines()
        if line.startswith("from tripleo_cli.node import")
        for word in line.partition("import")[2].split(",")
    }

    assert imported <= set(MODULES)
