"""Environment files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.environment import load_environments


def a_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_later_file_wins_parameter_by_parameter(tmp_path: Path) -> None:
    one = a_file(tmp_path, "1.yaml", "parameter_defaults: {A: {x: 1, y: 2}, B: 1}\n")
    two = a_file(tmp_path, "2.yaml", "parameter_defaults: {A: {x: 3}}\n")

    merged = load_environments([one, two])

    assert merged.parameters == {"A": {"x": 3}, "B": 1}


def test_a_template_in_the_registry_is_read_from_beside_the_file(
    tmp_path: Path,
) -> None:
    template = a_file(tmp_path, "own.yaml", "heat_template_version: 2021-04-16\n")
    path = a_file(tmp_path, "e.yaml", "resource_registry: {A::B: own.yaml, C: OS::No}")

    merged = load_environments([path])

    assert merged.registry == {"A::B": str(template), "C": "OS::No"}
    assert merged.files == {str(template): template.read_text()}


def test_no_files_and_an_empty_file_are_nothing(tmp_path: Path) -> None:
    empty = a_file(tmp_path, "e.yaml", "")

    assert load_environments([empty]) == load_environments([])


def test_missing_files_are_listed_together(tmp_path: Path) -> None:
    paths = [tmp_path / "one.yaml", tmp_path / "two.yaml"]

    with pytest.raises(InvalidInputError) as caught:
        load_environments(paths)

    assert [problem.where for problem in caught.value.problems] == list(map(str, paths))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("parameter_default: {}", r"parameter_default: unknown key \(did you mean"),
        ("parameter_defaults: [1]", "parameter_defaults: must be a mapping"),
        ("- 1", "must be a mapping, not a list"),
        ("resource_registry: {A::B: no.yaml}", "A::B: there is no file"),
        ("a: [", "line 2, column 1"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        load_environments([a_file(tmp_path, "e.yaml", text)])
