"""Files of inspection rules: what is read, put right, and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tripleo_cli.domain.inspection_rule import InspectionRule
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.rules import RuleFile, load_rules, parse_rules

TRAIT = {"op": "add-trait", "args": {"name": "CUSTOM_BIG"}}
MEMORY = "{inventory[memory][physical_mb]}"
COUNT = "{inventory[cpu][count]}"


def rule(**fields: Any) -> dict[str, Any]:
    return {"description": "big", "actions": [TRAIT], **fields}


def condition(op: str, **args: Any) -> dict[str, Any]:
    return {"op": op, "args": args}


def read(*entries: Any) -> RuleFile:
    return parse_rules(list(entries), "rules.yaml")


def one(**fields: Any) -> InspectionRule:
    [found] = read(rule(**fields)).rules
    return found


def complaints(document: Any) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        parse_rules(document, "rules.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    whole = rule(
        uuid="6b8f9f14-9f0b-4d3f-8ad1-9e3c2d1f0a55",
        priority=100,
        sensitive=False,
        phase="main",
        conditions=[condition("eq", values=["{node.driver}", "ipmi"])],
    )
    path.write_text(yaml.safe_dump([whole]))

    file = load_rules(path)

    assert file.notes == ()
    assert file.rules == (
        InspectionRule(
            uuid=whole["uuid"],
            description="big",
            priority=100,
            conditions=(whole["conditions"][0],),
            actions=(TRAIT,),
        ),
    )


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: [r], lambda r: {"rules": [r]}])
def test_a_file_is_a_rule_a_list_or_a_mapping(wrap: Any) -> None:
    [found] = parse_rules(wrap(rule()), "rules.yaml").rules

    assert found.description == "big"


def test_the_older_way_to_write_arguments_is_read() -> None:
    found = one(
        conditions=[{"op": "matches", "args": ["{inventory[hostname]}", "^r1"]}],
        actions=[{"op": "add-trait", "args": ["CUSTOM_R1"]}],
    )

    assert found.conditions == (
        condition("matches", value="{inventory[hostname]}", regex="^r1"),
    )
    assert found.actions == ({"op": "add-trait", "args": {"name": "CUSTOM_R1"}},)


def test_numbers_are_made_comparable() -> None:
    file = read(rule(conditions=[condition("!lt", values=[MEMORY, 65536])]))

    padded = "{inventory[memory][physical_mb]:020d}"
    assert file.rules[0].conditions == (
        condition("matches", value=padded, regex="[0-9]{20}"),
        condition("!lt", values=[padded, "00000000000000065536"]),
    )
    assert file.notes == (
        "rules[0].conditions[0]: numbers were given leading zeros, "
        "to be compared as texts",
    )


def test_fractions_are_made_comparable() -> None:
    found = one(conditions=[condition("gt", values=[MEMORY, 2.5])])

    assert found.conditions
    assert found.conditions[1]["args"]["values"] == [
        "{inventory[memory][physical_mb]:020.6f}",
        "0000000000002.500000",
    ]
    assert found.conditions[0]["args"]["regex"] == r"[0-9]{13}\.[0-9]{6}"


def test_a_number_can_equal_a_text() -> None:
    file = read(rule(conditions=[condition("eq", values=[COUNT, 8])]))

    assert file.rules[0].conditions == (condition("eq", values=[COUNT, "8"]),)
    assert "put in quotes" in file.notes[0]


@pytest.mark.parametrize(
    "values", [[MEMORY, "65536"], [1, 2], ["{inventory[memory][total]:012d}", "07"]]
)
def test_texts_are_compared_as_they_are(values: list[Any]) -> None:
    found = one(conditions=[condition("lt", values=values)])

    assert found.conditions == (condition("lt", values=values),)


# How an entry is spoilt, and what is said of it.
SPOILT: list[tuple[dict[str, Any], str]] = [
    ({"colour": "red"}, "rules[0].colour: unknown key"),
    ({"descripton": "x"}, "did you mean"),
    ({"description": None}, "rules[0].description: is needed, unless there is a uuid"),
    ({"description": "x" * 256}, "has 256 characters, 255 are allowed"),
    ({"uuid": "seven"}, "rules[0].uuid: 'seven' is not a uuid"),
    ({"priority": -1}, "rules[0].priority: must be at least 0"),
    ({"priority": 10_000}, "must be at most 9999"),
    ({"priority": "high"}, "must be a whole number"),
    ({"sensitive": "no"}, "rules[0].sensitive: must be true or false"),
    ({"phase": "early"}, "the only one is 'main'"),
    ({"actions": []}, "rules[0].actions: at least one action is needed"),
    ({"actions": TRAIT}, "rules[0].actions: must be a list"),
    ({"conditions": "all"}, "rules[0].conditions: must be a list"),
]
CONDITIONS: list[tuple[dict[str, Any], str]] = [
    ({"op": "ge", "args": {}}, "Ironic has no condition 'ge' (use \"!lt\")"),
    ({"op": "one_of", "args": {}}, 'did you mean "one-of"?'),
    ({"args": {}}, "op: is missing"),
    (condition("eq", value=3), "args.values: is missing"),
    (condition("eq", values=["a", "b"], colour=1), "args.colour: unknown key"),
    (condition("eq", values=["a"]), "two are needed to compare them"),
    (condition("eq", values="a"), "args.values: must be a list"),
    (condition("lt", values=[MEMORY, -1]), "cannot compare with negative numbers"),
    (condition("matches", value="a", regex="("), "no regular expression"),
    (condition("contains", value="a", regex=""), "must not be empty"),
    (condition("in-net", address="a", subnet="10.0.0.0/99"), "args.subnet: "),
    (condition("is-empty", value="{memory}"), "must begin with one of inventory, node"),
    (condition("is-empty", value="{inventry[cpu]}"), 'did you mean "inventory"?'),
    (condition("is-empty", value="{item[a]}"), "{item[a]} must begin with one of"),
    (condition("is-empty", value="{inventory"), "is no text with placeholders"),
    ({**condition("is-true", value="x"), "multiple": "some"}, "one of any, all, first"),
    ({**condition("is-true", value="x"), "loop": "disks"}, "loop: must be a list"),
    ({"op": "eq", "args": [1, 2, 3, 4]}, "2 are the most, not 4"),
    ({"op": "eq", "args": "x"}, "args: must be a mapping"),
]
ACTIONS: list[tuple[dict[str, Any], str]] = [
    (condition("add-tag", name="x"), "Ironic has no action 'add-tag'"),
    (condition("add-trait", name="big box"), "no trait: capitals, digits and _ only"),
    (condition("add-trait", name="big"), "(as in CUSTOM_BIG)"),
    (condition("add-trait", name="BIG"), "a trait of one's own begins with CUSTOM_"),
    (
        condition("add-trait", name="CUSTOM_{inventory[cpu][count]}"),
        "Ironic does not replace {inventory[cpu][count]} here, only within a loop",
    ),
    (condition("set-capability", name="x"), "args.value: is missing"),
    (condition("log", msg="x", level="loud"), "must be one of debug, info"),
]


@pytest.mark.parametrize(("spoilt", "said"), SPOILT)
def test_a_wrong_rule_is_refused(spoilt: dict[str, Any], said: str) -> None:
    assert said in "\n".join(complaints([rule(**spoilt)]))


@pytest.mark.parametrize(("spoilt", "said"), CONDITIONS)
def test_a_wrong_condition_is_refused(spoilt: dict[str, Any], said: str) -> None:
    found = complaints([rule(conditions=[spoilt])])

    assert said in "\n".join(found)
    assert all(text.startswith("rules[0].conditions[0]") for text in found)


@pytest.mark.parametrize(("spoilt", "said"), ACTIONS)
def test_a_wrong_action_is_refused(spoilt: dict[str, Any], said: str) -> None:
    found = complaints([rule(actions=[TRAIT, spoilt])])

    assert said in "\n".join(found)
    assert all(text.startswith("rules[0].actions[1]") for text in found)


def test_everything_wrong_is_told_at_once() -> None:
    found = complaints(
        {
            "rules": [
                rule(priority=-1, conditions=[condition("ge", values=[1, 2])]),
                7,
                rule(),
            ]
        }
    )

    assert [text.split(":")[0] for text in found] == [
        "rules[0].priority",
        "rules[0].conditions[0].op",
        "rules[1]",
        "description",
    ]
    assert "rules[0], rules[2] have the same: 'big'" in found[-1]


@pytest.mark.parametrize("document", [None, 3, "rules", {"rules": {}}])
def test_what_holds_no_rules_is_refused(document: Any) -> None:
    assert complaints(document)


def test_within_a_loop_everything_is_filled_in() -> None:
    action = {
        "op": "add-trait",
        "args": {"name": "CUSTOM_{item[name]}"},
        "loop": [{"name": "A"}, {"name": "B"}],
    }

    assert one(actions=[action]).actions == (action,)
