"""What the package ships can be used as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.domain.flavor import flavors_for
from tripleo_cli.inputs.roles import load_roles
from tripleo_cli.resources import shipped

ROLE_FILES = sorted(Path(str(shipped("roles"))).glob("*.yaml"))


@pytest.mark.parametrize("path", ROLE_FILES, ids=lambda path: path.stem)
def test_each_role_file_holds_the_role_of_its_name(path: Path) -> None:
    role = load_roles([path])[path.stem]

    assert role.description
    assert role.services


def test_roles_share_neither_profile_nor_hostnames() -> None:
    roles = load_roles([shipped("roles")]).values()

    tags = [trait for role in roles for trait in role.accepted_traits]
    assert len(set(tags)) == len(tags)
    assert len({role.hostname_format for role in roles}) == len(roles)
    assert len(flavors_for(roles)) == len(roles)
