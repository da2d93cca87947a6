from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.inputs.environment import load_environments
from tripleo_cli.inputs.extra_places import extra_places

TEXT = """\
parameter_defaults:
  ControllerCount: 1
  ExtraConfig:
    memcached::max_connections: many
    ? [odd]
    : 1
  ControllerExtraConfig: {a::b: 1,
    a::c: 2}
  NtpServer: [x]
"""


def test_keys_of_hiera_have_a_file_and_a_line() -> None:
    assert extra_places(TEXT, "env.yaml") == {
        "ExtraConfig": {"memcached::max_connections": "env.yaml:4"},
        "ControllerExtraConfig": {"a::b": "env.yaml:7", "a::c": "env.yaml:8"},
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[ExtraConfig]",
        "parameter_defaults: {ExtraConfig: 3}",
        '{"parameter_defaults":\t{"ExtraConfig": {}}}\t\t@',
    ],
)
def test_where_there_are_none_there_are_no_places(text: str) -> None:
    assert not any(extra_places(text, "env.json").values())


def test_the_file_that_wins_is_named(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("parameters: {ExtraConfig: {k: 1}}\n")

    found = load_environments([tmp_path / "a.yaml", tmp_path / "b.yaml"])

    assert found.places == {"ExtraConfig": {"k": f"{tmp_path}/b.yaml:1"}}
