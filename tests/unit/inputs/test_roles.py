"""Role files: what they give, and everything that can be wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.domain.facts.table import MACHINE_FACTS
from tripleo_cli.domain.requirement.check import Bound, Relation
from tripleo_cli.domain.requirement.fact import FactTest
from tripleo_cli.domain.role import Needs, Role
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.roles import load_roles

FULL = """\
name: GpuCompute
description: Has accelerators
CountDefault: 2
HostnameFormatDefault: "%stackname%-gpu-%index%"
ImageDefault: overcloud-gpu
FlavorDefault: gpu
ServicesDefault: [nova-compute, "OS::TripleO::Services::Ntp"]
tags: [compute, dpdk]
networks: [ctlplane, Storage]
profile: gpu
profile_aliases: [accelerated]
transport: pull
spread: properties.rack
requires: {cpus: {at_least: 32}}
needs:
  cpus: 32
  memory_mb: 262144
  disk_gb: 400
  traits: [CUSTOM_GPU]
  resource_class: gpu-nodes
upgrade_batch_size: 1
"""


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def problems(*sources: Path) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        load_roles(sources)
    return [str(problem) for problem in caught.value.problems]


def test_every_key_arrives(tmp_path: Path) -> None:
    roles = load_roles([write(tmp_path, gpu=FULL)])

    assert roles == {
        "GpuCompute": Role(
            name="GpuCompute",
            description="Has accelerators",
            count_default=2,
            hostname_format="%stackname%-gpu-%index%",
            image="overcloud-gpu",
            flavor="gpu",
            services=("nova-compute", "OS::TripleO::Services::Ntp"),
            tags=frozenset({"compute", "dpdk"}),
            networks=("ctlplane", "Storage"),
            profile="gpu",
            profile_aliases=("accelerated",),
            pulls=True,
            resource_class="gpu-nodes",
            spread="properties.rack",
            requires=FactTest(
                fact=MACHINE_FACTS[0],
                check=Bound(relation=Relation.AT_LEAST, limit=32),
            ),
            needs=Needs(
                cpus=32,
                memory_mb=262144,
                disk_gb=400,
                traits=frozenset({"CUSTOM_GPU"}),
            ),
        )
    }


def test_a_name_is_enough(tmp_path: Path) -> None:
    role = load_roles([write(tmp_path, a="name: CephStorage\nneeds:\n")])["CephStorage"]

    assert role == Role(name="CephStorage")
    assert role.profile == "cephstorage"
    assert role.hostname_format == "%stackname%-cephstorage-%index%"


def test_a_file_in_tripleo_s_form_holds_a_list(tmp_path: Path) -> None:
    text = (
        "- name: One\n- name: Two\n  networks:\n    Tenant: {subnet: tenant_subnet}\n"
    )

    roles = load_roles([write(tmp_path, roles_data=text) / "roles_data.yaml"])

    assert list(roles) == ["One", "Two"]
    assert roles["Two"].networks == ("Tenant",)


def test_a_later_directory_overrides_by_name_and_keeps_the_rest(tmp_path: Path) -> None:
    first = write(tmp_path / "first", a="name: A\nCountDefault: 1", b="name: B")
    second = write(tmp_path / "second", other="name: A\nCountDefault: 2")

    roles = load_roles([first, second])

    assert {name: role.count_default for name, role in roles.items()} == {
        "A": 2,
        "B": 0,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nam: A", 'nam: unknown key (did you mean "name"?)'),
        ("descriptin: A", "name: must not be empty"),
        ("name: [A]", "name: must be a text, not a list"),
        ("name: 1st", "name: must be letters, digits, - and _, a letter first"),
        ("name: A\nCountDefault: -1", "CountDefault: must be at least 0, not -1"),
        (
            "name: A\nCountDefault: two",
            'CountDefault: must be a whole number, not "two"',
        ),
        (
            "name: A\nHostnameFormatDefault: node",
            "HostnameFormatDefault: must hold %index%, or all nodes get the same name",
        ),
        (
            "name: A\nneeds: {memroy_mb: 1}",
            'needs.memroy_mb: unknown key (did you mean "memory_mb"?)',
        ),
        ("name: A\nneeds: {cpus: -2}", "needs.cpus: must be at least 0, not -2"),
        (
            "name: A\nneeds: {disk_gb: 1.5}",
            "needs.disk_gb: must be a whole number, not the number 1.5",
        ),
        (
            "name: A\nneeds: {traits: [hw-gpu]}",
            'needs.traits: "hw-gpu" is not a trait (capital letters, digits and _)',
        ),
        (
            "name: A\nneeds: {resource_class: []}",
            "needs.resource_class: must be a text, not a list",
        ),
        ("name: A\nneeds: 4", "needs: must be a mapping, not the number 4"),
        (
            "name: A\nServicesDefault: ntp",
            "ServicesDefault: must be a list, not a text",
        ),
        (
            "name: A\ntags: [{a: 1}]",
            "tags[0]: must be a text, not a mapping",
        ),
        ("- name: A\n- name: A", '[1].name: the role "A" is defined twice'),
        ("- A", "[0]: must be a mapping, not a text"),
        ("just text", "must be a role (a mapping) or a list of roles"),
        ("", "must be a role (a mapping) or a list of roles"),
        ("name: [", "line 2, column 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, text: str, expected: str
) -> None:
    found = problems(write(tmp_path, role=text))

    assert [problem for problem in found if expected in problem], found


def test_a_problem_comes_with_its_line(tmp_path: Path) -> None:
    text = (
        "- name: A\n"
        "  needs:\n"
        "    memroy_mb: 1\n"
        "  requires:\n"
        "    - any:\n"
        "      - cpus: {at_least: 2}\n"
        "      - disks.*.size_gib: {atleast: 2}\n"
        "- nam: B\n"
    )

    found = problems(write(tmp_path, roles=text))

    assert found == [
        'line 3: [0].needs.memroy_mb: unknown key (did you mean "memory_mb"?)',
        "line 7: [0].requires[0].any[1].disks.*.size_gib.atleast: unknown operator "
        '(did you mean "at_least"?)',
        'line 8: [1].nam: unknown key (did you mean "name"?)',
        "[1].name: must not be empty",
    ]


def test_all_problems_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "roles",
        a="name: A\nCountDefault: x\ntags: 1",
        b="name: [",
        c="name: C",
    )

    found = problems(folder, tmp_path / "missing")

    assert len(found) == 4
    assert found[0].startswith(f"{folder}/a.yaml: ")
    assert found[2].startswith(f"{folder}/b.yaml: line 2, column 1")
    assert found[3].startswith(f"{tmp_path}/missing: ")


def test_one_name_in_two_files_of_a_directory_is_a_mistake(tmp_path: Path) -> None:
    folder = write(tmp_path, a="name: A", b="name: A")

    assert problems(folder) == ['line 1: name: the role "A" is defined twice']


def test_an_empty_directory_is_a_mistake(tmp_path: Path) -> None:
    assert problems(tmp_path) == ["holds no role files (*.yaml)"]
