"""A plan as templates for Heat: one for the stack, and one nested for each role."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment, Template

from tripleo_cli.domain.overcloud.configuration import (
    RoleConfiguration,
    configuration_from_dict,
    configuration_to_dict,
)
from tripleo_cli.domain.overcloud.layout import PULL
from tripleo_cli.domain.plan import Plan, PlannedRole, layout_to_dict
from tripleo_cli.domain.stack import StackFiles
from tripleo_cli.rendering.environment import environment

STACK_TEMPLATE = "overcloud.yaml"
NETWORK = "ctlplane"
"""The network that every node is provisioned on."""
DEFAULT_DOMAIN = "localdomain"
AGENT = "heat/pull-agent.pyz"
"""Under this name the agent of nodes that pull is among the templates, as base64."""
AGENT_FILE = "pull-agent.yaml"
"""The user data of servers that pull."""
ENDPOINTS = "PullEndpoints"
"""A parameter: where nodes that pull reach ``identity`` and ``orchestration``."""
VIP_ADDRESSES = "ControlFixedIPs"
"""TripleO's parameter: which address the VIP gets, as Neutron's ``fixed_ips``."""


def render_stack(plan: Plan, templates: Mapping[str, str]) -> StackFiles:
    """Render all that Heat needs of a plan.

    Args:
        plan: What to render.
        templates: The sources ``heat/overcloud.yaml.j2`` and ``heat/role.yaml.j2``
            by name, and for nodes that pull ``heat/pull-agent.yaml.j2`` and
            :data:`AGENT`.
    """
    sources = environment(templates)
    role_source = sources.get_template("heat/role.yaml.j2")
    context = {
        "plan": plan,
        "layout": layout_to_dict(plan),
        "role_file": role_file,
        "network": NETWORK,
        "vip_addresses": plan.parameters.get(VIP_ADDRESSES),
    }
    return StackFiles(
        template=sources.get_template("heat/overcloud.yaml.j2").render(context),
        files={
            **plan.files,
            **dict(_role_files(plan, role_source)),
            **dict(_configuration_files(plan)),
            **_agent_files(plan, sources, templates),
        },
        environment=_environment(plan),
    )


def tree(files: StackFiles) -> dict[str, str]:
    """Give what was rendered as a tree of files, by name."""
    return {STACK_TEMPLATE: files.template, **files.files}


def role_file(name: str) -> str:
    """Name the template of a role; it is the type of the role's resource too."""
    return f"role-{name}.yaml"


def configuration_file(name: str) -> str:
    """Name the file that says what nodes of a role are told."""
    return f"role-{name}.json"


def is_role_file(name: str) -> bool:
    """Whether a file of a stack was rendered for a role, and is not an operator's."""
    return name.startswith("role-") or name == AGENT_FILE


def configurations_in(files: Mapping[str, str]) -> dict[str, RoleConfiguration]:
    """Read the configurations of roles back out of a stack's files.

    Raises:
        ValueError: One is damaged, or of another format.
    """
    texts = (
        text
        for name, text in files.items()
        if is_role_file(name) and name.endswith(".json")
    )
    found = (configuration_from_dict(json.loads(text)) for text in texts)
    return {one.role: one for one in found}


def _role_files(plan: Plan, source: Template) -> Iterator[tuple[str, str]]:
    for role in plan.roles:
        yield role_file(role.name), source.render(_role_context(plan, role))


def _agent_files(
    plan: Plan, sources: Environment, templates: Mapping[str, str]
) -> dict[str, str]:
    if not any(node.transport == PULL for node in plan.nodes):
        return {}
    told = {
        "agent": templates[AGENT],
        "endpoints": plan.parameters.get(ENDPOINTS, {}),
    }
    source = sources.get_template(f"heat/{AGENT_FILE}.j2")
    return {AGENT_FILE: source.render(told)}


def _configuration_files(plan: Plan) -> Iterator[tuple[str, str]]:
    for name, one in plan.configurations.items():
        text = json.dumps(configuration_to_dict(one), indent=1, sort_keys=True)
        yield configuration_file(name), text + "\n"


def _role_context(plan: Plan, role: PlannedRole) -> dict[str, Any]:
    return {
        "plan": plan,
        "role": role,
        "nodes": plan.members(role.name),
        "network": NETWORK,
        "agent_file": AGENT_FILE,
        "configuration_file": (
            configuration_file(role.name) if role.name in plan.configurations else ""
        ),
        "domain": str(plan.parameters.get("CloudDomain", DEFAULT_DOMAIN)),
    }


def _environment(plan: Plan) -> dict[str, Any]:
    given = {
        "parameter_defaults": dict(plan.parameters),
        "resource_registry": dict(plan.registry),
    }
    return {key: value for key, value in given.items() if value}
