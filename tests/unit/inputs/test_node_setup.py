"""Files that machines are set up with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tripleo_cli.domain.cleaning import CleanStep
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.node_setup import (
    load_bios,
    load_raid,
    load_steps,
    parse_hints,
    parse_steps,
)

DATA = Path(__file__).parents[2] / "data" / "node_setup"
PROBLEMS: list[dict[str, Any]] = yaml.safe_load((DATA / "problems.yaml").read_text())
READERS: Mapping[str, Callable[[Path], object]] = {
    "raid": load_raid,
    "bios": load_bios,
    "steps": load_steps,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "given.yaml"


@pytest.mark.parametrize("case", PROBLEMS, ids=lambda case: case["name"])
def test_every_problem_is_listed(case: dict[str, Any], path: Path) -> None:
    path.write_text(case["text"])

    with pytest.raises(InvalidInputError) as caught:
        READERS[case["reader"]](path)

    assert [str(problem) for problem in caught.value.problems] == case["problems"]


def test_volumes_are_written_as_ironic_wants_them(path: Path) -> None:
    path.write_text(
        "logical_disks:\n- {size_gb: '100', raid_level: 1, is_root_volume: true}\n"
        "- {size_gb: MAX, raid_level: 5+0, physical_disks: [a, b]}\n"
    )

    assert load_raid(path) == {
        "logical_disks": [
            {"size_gb": 100, "raid_level": "1", "is_root_volume": True},
            {"size_gb": "MAX", "raid_level": "5+0", "physical_disks": ["a", "b"]},
        ]
    }


@pytest.mark.parametrize(
    "text",
    [
        "{a: 'On', b: 1}",
        "settings: [{name: a, value: 'On'}, {name: b, value: 1}]",
        "[{name: a, value: 'On'}, {name: b, value: '1'}]",
    ],
)
def test_bios_settings_are_read_in_every_form(text: str, path: Path) -> None:
    path.write_text(text)

    assert load_bios(path) == {"a": "On", "b": "1"}


def test_steps_are_read_with_their_arguments(path: Path) -> None:
    path.write_text("- {interface: deploy, step: erase, args: {n: 1}}\n")

    assert load_steps(path) == (
        CleanStep(interface="deploy", step="erase", args={"n": 1}),
    )


def test_steps_are_read_from_words() -> None:
    [first, second] = parse_steps(["deploy.erase_devices", "raid.delete_configuration"])

    assert (first.interface, first.step) == ("deploy", "erase_devices")
    assert second.fields() == {"interface": "raid", "step": "delete_configuration"}
    with pytest.raises(InvalidInputError, match=r"erase\.step: must not be empty"):
        parse_steps(["erase"])


def test_hints_are_read_from_words() -> None:
    assert parse_hints(["serial=a=b", "rotational=false"]) == {
        "serial": "a=b",
        "rotational": "false",
    }
    with pytest.raises(InvalidInputError) as caught:
        parse_hints(["serial", "wnn=1"])
    assert [str(problem) for problem in caught.value.problems] == [
        "serial: is not key=value",
        'wnn: unknown key (did you mean "wwn"?)',
    ]
