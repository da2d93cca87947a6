"""Rules of ironic-inspector mean the same after they were rewritten."""

from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.rules import parse_rules

MEMORY = "{inventory[memory][physical_mb]}"
PADDED = "{inventory[memory][physical_mb]:020d}"
GUARD = {"op": "matches", "args": {"value": PADDED, "regex": "[0-9]{20}"}}


def old(*conditions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    action = {"action": "set-capability", "name": "profile", "value": "compute"}
    given = {"description": "old", "conditions": [*conditions], "actions": [action]}
    return given | fields


def conditions_of(*conditions: dict[str, Any]) -> list[Any]:
    [rule] = parse_rules([old(*conditions)], "rules.json").rules
    return list(rule.conditions or ())


def not_empty(fact: str) -> dict[str, Any]:
    return {"op": "!is-empty", "args": {"value": fact}}


# A condition of the old service, and what it becomes.
CONVERSIONS: list[tuple[dict[str, Any], list[Any]]] = [
    (
        {"op": "ge", "field": "memory_mb", "value": 4096},
        [GUARD, {"op": "!lt", "args": {"values": [PADDED, f"{4096:020d}"]}}],
    ),
    (
        {"op": "lt", "field": "data://inventory.memory.physical_mb", "value": "4096"},
        [GUARD, {"op": "lt", "args": {"values": [PADDED, f"{4096:020d}"]}}],
    ),
    (
        {"op": "eq", "field": "cpu_arch", "value": "x86_64"},
        [
            {
                "op": "eq",
                "args": {"values": ["{inventory[cpu][architecture]}", "x86_64"]},
            }
        ],
    ),
    (
        {"op": "eq", "field": "cpus", "value": 8},
        [{"op": "eq", "args": {"values": ["{inventory[cpu][count]}", "8"]}}],
    ),
    (
        {"op": "ne", "field": "node://driver", "value": "ipmi"},
        [
            not_empty("{node.driver}"),
            {"op": "!eq", "args": {"values": ["{node.driver}", "ipmi"]}},
        ],
    ),
    (
        {"op": "ne", "field": "node://driver", "value": "ipmi", "invert": True},
        [{"op": "eq", "args": {"values": ["{node.driver}", "ipmi"]}}],
    ),
    (
        {"op": "is-empty", "field": "node://extra.rack", "invert": True},
        [not_empty("{node.extra[rack]}")],
    ),
    (
        {"op": "in-net", "field": "ipmi_address", "value": "192.0.2.0/24"},
        [
            not_empty("{inventory[bmc_address]}"),
            {
                "op": "in-net",
                "args": {
                    "address": "{inventory[bmc_address]}",
                    "subnet": "192.0.2.0/24",
                },
            },
        ],
    ),
    (
        {
            "op": "matches",
            "field": "inventory.system_vendor.product_name",
            "value": "R6",
        },
        [
            {
                "op": "matches",
                "args": {
                    "value": "{inventory[system_vendor][product_name]}",
                    "regex": "R6",
                },
            }
        ],
    ),
    (
        {"op": "contains", "field": "extra.firmware.bios.version", "value": "2"},
        [
            {
                "op": "contains",
                "args": {
                    "value": "{plugin_data[extra][firmware][bios][version]}",
                    "regex": "2",
                },
            }
        ],
    ),
    (
        {"op": "eq", "field": "inventory.disks[0].name", "value": "/dev/sda"},
        [{"op": "eq", "args": {"values": ["{inventory[disks][0][name]}", "/dev/sda"]}}],
    ),
]


@pytest.mark.parametrize(("condition", "expected"), CONVERSIONS)
def test_a_condition_is_rewritten(condition: Any, expected: list[Any]) -> None:
    assert conditions_of(condition) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (
            {"action": "fail", "message": "too small"},
            {"op": "fail", "args": {"msg": "too small"}},
        ),
        (
            {
                "action": "set-attribute",
                "path": "/driver_info/ipmi_address",
                "value": "{data[inventory][bmc_address]}",
            },
            {
                "op": "set-attribute",
                "args": {
                    "path": "/driver_info/ipmi_address",
                    "value": "{inventory[bmc_address]}",
                },
            },
        ),
        (
            {
                "action": "set-capability",
                "name": "disk",
                "value": "{data[root_disk][name]}",
            },
            {
                "op": "set-capability",
                "args": {"name": "disk", "value": "{plugin_data[root_disk][name]}"},
            },
        ),
        (
            {"action": "add-trait", "name": "CUSTOM_A"},
            {"op": "add-trait", "args": {"name": "CUSTOM_A"}},
        ),
    ],
)
def test_an_action_is_rewritten(action: Any, expected: Any) -> None:
    [rule] = parse_rules([old(actions=[action])], "rules.json").rules

    assert rule.actions == (expected,)


def test_a_conversion_is_said() -> None:
    file = parse_rules([old(scope="rack-1")], "rules.json")

    assert file.notes[0] == "rules[0]: converted from ironic-inspector's form"
    assert "rules[0].scope: left out" in file.notes[1]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"op": "gte", "field": "cpus", "value": 1}, "had no condition 'gte'"),
        ({"op": "eq", "field": "http://x", "value": 1}, "'http://x' is no field"),
        (
            {"op": "ge", "field": "inventory.disks[*].size", "value": 1},
            "do not look through lists of facts",
        ),
        ({"op": "eq", "field": "cpus", "values": 1}, "did you mean"),
    ],
)
def test_what_cannot_be_said_is_a_problem(condition: Any, said: str) -> None:
    with pytest.raises(InvalidInputError, match=r"rules\[0\].conditions\[0\]") as it:
        conditions_of(condition)

    assert said in str(it.value)


def test_an_action_that_never_was_is_a_problem() -> None:
    wrong = old(actions=[{"action": "dance"}])

    with pytest.raises(InvalidInputError, match="had no action 'dance'"):
        parse_rules([wrong], "rules.json")
