"""Deployment files, and how they go together with flags and environments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tripleo_cli.domain.deployment import Instance
from tripleo_cli.domain.role import Role
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.deployment import (
    DeploymentFile,
    load_deployment,
    make_request,
)
from tripleo_cli.inputs.environment import Environment, load_environments

ROLES = {name: Role(name=name) for name in ("Controller", "Compute")}


def load(folder: Path, text: str) -> DeploymentFile:
    path = folder / "deployment.yaml"
    path.write_text(text)
    return load_deployment(path, ROLES)


def test_the_short_form(tmp_path: Path) -> None:
    found = load(tmp_path, "stack: prod\nroles: {Controller: 3, Compute: 2}\n")

    assert (found.stack, found.counts) == ("prod", {"Controller": 3, "Compute": 2})


def test_tripleos_form(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        """
- name: Controller
  count: 2
  hostname_format: ctl-%index%
  defaults:
    image: {href: special}
    profile: control
    resource_class: gold
    flavor: big
    traits: [CUSTOM_GPU]
  instances:
  - hostname: ctl-a
    name: node-1
  - hostname: ctl-b
- name: Compute
""",
    )

    role = found.roles["Controller"]
    assert found.counts == {"Controller": 2, "Compute": 1}
    assert found.instances["Controller"] == (
        Instance(hostname="ctl-a", node="node-1"),
        Instance(hostname="ctl-b"),
    )
    assert (role.hostname_format, role.image) == ("ctl-%index%", "special")
    assert (role.profile, role.resource_class, role.flavor) == (
        "control",
        "gold",
        "big",
    )
    assert role.needs.traits == {"CUSTOM_GPU"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("roles: {Controler: 1}", r'no role "Controler" \(did you mean "Controller"'),
        ("roles: {Compute: -1}", "roles.Compute.count: must be at least 0"),
        ("roles: {Compute: many}", "must be a whole number"),
        ("role: {Compute: 1}", r"role: unknown key \(did you mean \"roles\""),
        ("stack: [1]\nroles: {}", "stack: must be a text"),
        ("just text", "must be a list"),
        ("- {count: 1}", r"\[0\].name: must not be empty"),
        ("- {name: Compute, cont: 1}", r"\[0\].cont: unknown key"),
        ("- {name: Compute}\n- {name: Compute}", "given more than once"),
        ("- {name: Compute, defaults: {swap_size_mb: 64}}", "is not supported yet"),
        ("- {name: Compute, defaults: {imag: x}}", "defaults.imag: unknown key"),
        (
            "- {name: Compute, instances: [{hostname: a}, {hostname: b}]}",
            "2 are given, but count is 1",
        ),
        (
            "- {name: Compute, instances: [{hostname: a, provisioned: false}]}",
            "openstack overcloud node remove",
        ),
        ("- {name: Compute, instances: [{name: node-1}]}", "needs a hostname"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        load(tmp_path, text)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as caught:
        load(tmp_path, "- {name: Compte}\n- {name: Compute, count: x}\n- 3\n")

    assert len(caught.value.problems) == 4


def test_flags_win_over_the_file_and_it_over_environments() -> None:
    document = DeploymentFile(roles=ROLES, stack="prod", counts={"Controller": 3})
    environment = Environment(
        parameters={"ControllerCount": 1, "ComputeCount": "2", "Other": 1}
    )

    request, _ = make_request("", {"Controller": 5}, document, environment)
    without_flags, _ = make_request("mine", {}, document, environment)

    assert request.counts == {"Controller": 5, "Compute": 2}
    assert without_flags.counts == {"Controller": 3, "Compute": 2}
    assert (request.stack, without_flags.stack) == ("prod", "mine")
    assert request.parameters == environment.parameters


def test_tripleos_parameters_change_a_role() -> None:
    parameters: dict[str, Any] = {
        "ComputeHostnameFormat": "cmp-%index%",
        "ComputeImage": "special",
        "OvercloudComputeFlavor": "big",
    }

    _, roles = make_request(
        "", {}, DeploymentFile(roles=ROLES), Environment(parameters=parameters)
    )

    role = roles["Compute"]
    assert (role.hostname_format, role.image, role.flavor) == (
        "cmp-%index%",
        "special",
        "big",
    )


def test_a_count_among_the_parameters_is_checked() -> None:
    environment = Environment(parameters={"ComputeCount": "many"})

    with pytest.raises(InvalidInputError, match="ComputeCount: must be a whole"):
        make_request("", {}, DeploymentFile(roles=ROLES), environment)


def test_every_source_of_a_count_is_kept_the_one_that_wins_last(
    tmp_path: Path,
) -> None:
    document = load(tmp_path, "roles: {Controller: 3}\n")
    environment = load_environments(
        [
            written(tmp_path, "a.yaml", "parameter_defaults: {ControllerCount: 1}"),
            written(tmp_path, "b.yaml", "parameter_defaults: {Colour: red}"),
            written(tmp_path, "c.yaml", "parameters: {ControllerCount: 2}"),
        ]
    )

    request, _ = make_request("", {"Controller": 4}, document, environment)

    assert [(given.number, Path(given.source).name) for given in request.given] == [
        (1, "a.yaml"),
        (2, "c.yaml"),
        (3, "deployment.yaml"),
        (4, "flags"),
    ]
    assert request.counts == {"Controller": 4}


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path
