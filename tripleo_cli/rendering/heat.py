"""A plan as templates for Heat: one for the stack, and one nested for each role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Template

from tripleo_cli.domain.plan import Plan, PlannedRole, layout_to_dict
from tripleo_cli.domain.stack import StackFiles
from tripleo_cli.rendering.environment import environment

STACK_TEMPLATE = "overcloud.yaml"
NETWORK = "ctlplane"
"""The network that every node is provisioned on."""
DEFAULT_DOMAIN = "localdomain"


def render_stack(plan: Plan, templates: Mapping[str, str]) -> StackFiles:
    """Render all that Heat needs of a plan.

    Args:
        plan: What to render.
        templates: The sources ``heat/overcloud.yaml.j2`` and ``heat/role.yaml.j2``
            by name.
    """
    sources = environment(templates)
    role_source = sources.get_template("heat/role.yaml.j2")
    context = {"plan": plan, "layout": layout_to_dict(plan), "role_file": role_file}
    return StackFiles(
        template=sources.get_template("heat/overcloud.yaml.j2").render(context),
        files={**plan.files, **dict(_role_files(plan, role_source))},
        environment=_environment(plan),
    )


def tree(files: StackFiles) -> dict[str, str]:
    """Give what was rendered as a tree of files, by name."""
    return {STACK_TEMPLATE: files.template, **files.files}


def role_file(name: str) -> str:
    """Name the template of a role; it is the type of the role's resource too."""
    return f"role-{name}.yaml"


def is_role_file(name: str) -> bool:
    """Whether a file of a stack is a role's template, and not an operator's."""
    return name.startswith("role-")


def _role_files(plan: Plan, source: Template) -> Iterator[tuple[str, str]]:
    for role in plan.roles:
        yield role_file(role.name), source.render(_role_context(plan, role))


def _role_context(plan: Plan, role: PlannedRole) -> dict[str, Any]:
    return {
        "plan": plan,
        "role": role,
        "nodes": plan.members(role.name),
        "network": NETWORK,
        "domain": str(plan.parameters.get("CloudDomain", DEFAULT_DOMAIN)),
    }


def _environment(plan: Plan) -> dict[str, Any]:
    given = {
        "parameter_defaults": dict(plan.parameters),
        "resource_registry": dict(plan.registry),
    }
    return {key: value for key, value in given.items() if value}
