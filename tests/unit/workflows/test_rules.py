"""Ironic's rules become those of a file, and nothing else changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.fakes.cloud import FakeCloud
from tests.fakes.inspection import FakeInspection
from tripleo_cli.domain.events import Event, Failed, silent
from tripleo_cli.domain.inspection_rule import InspectionRule, is_same
from tripleo_cli.errors import InvalidInputError, NotFoundError, PartialFailureError
from tripleo_cli.workflows.rules import (
    RuleOutcome,
    delete_rules,
    import_rules,
    raise_rule_failures,
    select_rules,
)

UUID = "6b8f9f14-9f0b-4d3f-8ad1-9e3c2d1f0a55"


def rule(description: str = "big", trait: str = "CUSTOM_BIG", **fields: Any) -> Any:
    action = {"op": "add-trait", "args": {"name": trait}}
    return InspectionRule(description=description, actions=(action,), **fields)


@pytest.fixture
def inspection() -> FakeInspection:
    return FakeCloud().inspection


def results(outcomes: Sequence[RuleOutcome]) -> list[str]:
    return [outcome.result for outcome in outcomes]


def test_rules_are_created_once(inspection: FakeInspection) -> None:
    wanted = [rule(), rule("small", "CUSTOM_SMALL", priority=7)]

    first = import_rules(inspection, wanted, silent)
    again = import_rules(inspection, wanted, silent)

    assert results(first) == ["created", "created"]
    assert results(again) == ["unchanged", "unchanged"]
    assert inspection.calls.count("create_rule") == 2
    assert [known.description for known in inspection.rules()] == ["big", "small"]


def test_a_rule_is_found_again_by_its_description(inspection: FakeInspection) -> None:
    [created] = import_rules(inspection, [rule()], silent)

    [updated] = import_rules(inspection, [rule(trait="CUSTOM_HUGE")], silent)

    assert updated.result == "updated"
    [known] = inspection.rules()
    assert known == updated.rule
    assert known.uuid == created.rule.uuid


def test_a_rule_is_found_again_by_its_uuid(inspection: FakeInspection) -> None:
    import_rules(inspection, [rule(uuid=UUID)], silent)

    outcomes = import_rules(inspection, [rule("renamed", uuid=UUID)], silent)

    assert results(outcomes) == ["updated"]
    assert [known.description for known in inspection.rules()] == ["renamed"]


def test_a_rule_can_get_another_uuid(inspection: FakeInspection) -> None:
    import_rules(inspection, [rule()], silent)

    outcomes = import_rules(inspection, [rule(uuid=UUID)], silent)

    assert results(outcomes) == ["updated"]
    assert [known.uuid for known in inspection.rules()] == [UUID]


def test_a_hidden_rule_is_written_again_and_can_be_shown(
    inspection: FakeInspection,
) -> None:
    import_rules(inspection, [rule(sensitive=True)], silent)

    again = import_rules(inspection, [rule(sensitive=True)], silent)
    shown = import_rules(inspection, [rule()], silent)

    assert results(again) == results(shown) == ["updated"]
    [known] = inspection.rules()
    assert known.actions


def test_others_rules_stay(inspection: FakeInspection) -> None:
    inspection.create_rule(rule("others"))

    import_rules(inspection, [rule()], silent)

    assert {known.description for known in inspection.rules()} == {"others", "big"}


def test_two_that_could_be_meant_change_nothing(inspection: FakeInspection) -> None:
    inspection.create_rule(rule())
    inspection.create_rule(rule())

    with pytest.raises(InvalidInputError, match="Ironic has 2 rules of that"):
        import_rules(inspection, [rule("new"), rule(trait="CUSTOM_X")], silent)

    assert len(inspection.rules()) == 2


def test_a_rule_that_ironic_refuses_hides_no_other(inspection: FakeInspection) -> None:
    events: list[Event] = []
    wrong = replace(rule("wrong"), actions=({"op": "dance", "args": {}},))

    outcomes = import_rules(inspection, [wrong, rule()], events.append)

    assert results(outcomes) == ["failed", "created"]
    assert any(isinstance(event, Failed) for event in events)
    with pytest.raises(PartialFailureError, match="1 of 2 rules:\n  wrong: unsupp"):
        raise_rule_failures(outcomes, "import")


def test_rules_are_deleted_by_any_of_their_names(inspection: FakeInspection) -> None:
    import_rules(inspection, [rule(), rule("small", uuid=UUID)], silent)
    chosen = select_rules(inspection.rules(), ["big", UUID, "small"])

    outcomes = delete_rules(inspection, chosen, silent)

    assert results(outcomes) == ["deleted", "deleted"]
    assert inspection.rules() == []


def test_unknown_and_ambiguous_names_are_all_told(inspection: FakeInspection) -> None:
    for description in ("big", "big", "small"):
        inspection.create_rule(rule(description))

    with pytest.raises(InvalidInputError) as caught:
        select_rules(inspection.rules(), ["big", "smal"])

    said = [str(problem) for problem in caught.value.problems]
    assert said[0].startswith("big: several rules have that name")
    assert 'did you mean "small"?' in said[1]


def test_a_rule_that_somebody_else_deleted_is_a_failure(
    inspection: FakeInspection,
) -> None:
    [created] = import_rules(inspection, [rule()], silent)
    inspection.delete_rule(created.rule.uuid)

    outcomes = delete_rules(inspection, [created.rule], silent)

    assert results(outcomes) == ["failed"]
    with pytest.raises(NotFoundError):
        inspection.delete_rule(created.rule.uuid)


def test_what_ironic_adds_to_a_rule_is_no_difference() -> None:
    loop = {"op": "! eq", "args": {"values": ["a", "b"]}, "loop": ["a"]}
    plugin = {"op": "set-plugin-data", "args": {"path": "a", "value": 1}}
    mine = InspectionRule(conditions=(loop,), actions=(plugin,))
    ironics = InspectionRule(
        conditions=({**loop, "op": "!eq", "multiple": "any"},),
        actions=({**plugin, "args": {**plugin["args"], "plugin_data": {}}},),  # type: ignore[dict-item]
    )

    assert is_same(mine, ironics)
    assert not is_same(mine, replace(ironics, priority=1))
    assert not is_same(mine, replace(mine, actions=None))
