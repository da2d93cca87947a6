"""Where templates come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.templates import load_templates
from tripleo_cli.resources import shipped


def test_an_operators_template_overrides_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "heat").mkdir()
    (tmp_path / "heat" / "role.yaml.j2").write_text("mine")

    templates = load_templates([shipped("templates"), tmp_path])

    assert templates["heat/role.yaml.j2"] == "mine"
    assert "heat_template_version" in templates["heat/overcloud.yaml.j2"]


def test_a_folder_without_templates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"holds no heat/\*\.j2"):
        load_templates([tmp_path])
