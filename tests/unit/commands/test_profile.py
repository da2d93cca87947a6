"""The commands of roles, profiles, flavors and images, on a fake undercloud."""

from __future__ import annotations

from pathlib import Path

import pytest
from osc_lib.exceptions import CommandError

from tests.builders import a_node
from tests.fakes.cloud import FakeCloud
from tests.unit.commands.shell import Shell
from tripleo_cli.commands.image import ListImages, UploadImages
from tripleo_cli.commands.profile import CreateFlavors, ListFlavors, ListProfiles
from tripleo_cli.commands.role import ListRoles, ShowRole
from tripleo_cli.domain.node import ProvisionState


@pytest.fixture
def shell() -> Shell:
    nodes = [
        a_node("a", capabilities={"compute_profile": "1"}),
        a_node("b", capabilities={"profile": "gpu"}, state=ProvisionState.ENROLL),
    ]
    return Shell(FakeCloud(nodes))


def test_roles_are_listed_and_shown(shell: Shell) -> None:
    names = [row["Name"] for row in shell(ListRoles)]

    assert names == sorted(names)
    assert shell(ShowRole, "Compute")["profile"] == "compute"


def test_an_unknown_role_is_answered_with_the_one_meant(shell: Shell) -> None:
    with pytest.raises(CommandError, match='did you mean "Compute"'):
        shell(ShowRole, "Compte")


def test_a_roles_file_takes_the_place_of_the_shipped_roles(
    shell: Shell, tmp_path: Path
) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("- name: Mine\n  needs: {cpus: 4, disk_gb: 10, traits: [HW_X]}")

    (row,) = shell(ListRoles, "-r", str(own))

    assert row["Needs"] == "4 CPUs, 10 GiB disk, HW_X"


def test_nodes_in_other_states_are_listed_only_when_asked_for(shell: Shell) -> None:
    assert [row["Node Name"] for row in shell(ListProfiles)] == ["a"]

    first, second = shell(ListProfiles, "--all")

    assert first["Possible Profiles"] == "compute"
    assert (second["Current Profile"], second["Error"]) == ("gpu", "")


def test_flavors_are_created_for_the_roles_named(shell: Shell) -> None:
    shell(CreateFlavors, "--role", "Compute")

    states = {row["Name"]: row["State"] for row in shell(ListFlavors)}
    assert states["compute"] == "ready"
    assert states["controller"] == "missing"


def test_images_are_uploaded_and_listed(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "tiny.raw").write_bytes(b"x" * 2**20)

    (upload,) = shell(
        *(UploadImages, "--image-path", str(tmp_path), "--os-image-name", "tiny.raw"),
        *("--whole-disk", "--image-type", "os"),
    )

    (listed,) = shell(ListImages)
    assert listed["ID"] == upload["ID"]
    assert (listed["Name"], listed["Size (MiB)"]) == ("tiny", 1.0)
