"""What workflows rely on of inspection's results and rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from tests.contract.conftest import Stage
from tests.contract.test_baremetal import NOBODY, enroll
from tripleo_cli.domain.inspection_rule import InspectionRule
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

MEMORY = {"op": "!lt", "args": {"values": ["{inventory[memory][physical_mb]}", "1"]}}
TRAIT = {"op": "add-trait", "args": {"name": "CUSTOM_CONTRACT"}}


def rule(stage: Stage, **fields: Any) -> InspectionRule:
    given: dict[str, Any] = {
        "description": stage.name("rule"),
        "actions": (TRAIT,),
        "priority": 7,
    }
    return InspectionRule(**(given | fields))


def create(stage: Stage, new: InspectionRule) -> InspectionRule:
    uuid = stage.cloud.inspection.create_rule(new)
    stage.undo.callback(discard, stage, uuid)
    return replace(new, uuid=uuid)


def discard(stage: Stage, uuid: str) -> None:
    if any(known.uuid == uuid for known in stage.cloud.inspection.rules()):
        stage.cloud.inspection.delete_rule(uuid)


def show(stage: Stage, uuid: str) -> InspectionRule:
    return next(known for known in stage.cloud.inspection.rules() if known.uuid == uuid)


def test_a_node_without_inspection_has_no_inventory(stage: Stage) -> None:
    assert stage.cloud.inspection.inventory(enroll(stage)) is None


def test_nobody_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFoundError, match=NOBODY):
        stage.cloud.inspection.inventory(NOBODY)


def test_a_rule_is_listed_as_it_was_given(stage: Stage) -> None:
    loop = {
        "op": "eq",
        "args": {"values": ["{item[rotational]}", "False"]},
        "loop": [{"rotational": "False"}],
        "multiple": "any",
    }
    new = create(stage, rule(stage, conditions=(MEMORY, loop)))

    assert show(stage, new.uuid) == new


def test_a_rule_keeps_the_uuid_that_it_was_given(stage: Stage) -> None:
    new = create(stage, rule(stage, uuid=str(uuid4())))

    assert show(stage, new.uuid).description == new.description
    with pytest.raises(ConflictError):
        stage.cloud.inspection.create_rule(new)


def test_a_rule_is_replaced(stage: Stage) -> None:
    old = create(stage, rule(stage, conditions=(MEMORY,)))
    new = replace(
        old,
        description=f"{old.description} again",
        priority=0,
        conditions=(),
        actions=(TRAIT, {"op": "set-capability", "args": {"name": "a", "value": "b"}}),
    )

    stage.cloud.inspection.replace_rule(new)

    assert show(stage, new.uuid) == new


def test_a_sensitive_rule_hides_what_it_does(stage: Stage) -> None:
    new = create(stage, rule(stage, conditions=(MEMORY,), sensitive=True))

    shown = show(stage, new.uuid)

    assert (shown.conditions, shown.actions) == (None, None)
    assert shown.description == new.description


def test_a_deleted_rule_is_gone(stage: Stage) -> None:
    new = create(stage, rule(stage))

    stage.cloud.inspection.delete_rule(new.uuid)

    assert new.uuid not in {known.uuid for known in stage.cloud.inspection.rules()}


@pytest.mark.parametrize("call", ["replace", "delete"])
def test_a_rule_that_is_not_there_is_not_found(stage: Stage, call: str) -> None:
    absent = rule(stage, uuid=str(NOBODY))

    inspection = stage.cloud.inspection

    with pytest.raises(NotFoundError, match=NOBODY):
        {
            "replace": lambda: inspection.replace_rule(absent),
            "delete": lambda: inspection.delete_rule(absent.uuid),
        }[call]()


@pytest.mark.parametrize(
    "wrong",
    [
        {"actions": ()},
        {"actions": ({"op": "dance", "args": {}},)},
        {"conditions": ({"op": "ge", "args": {"values": [1, 2]}},)},
        {"priority": 10_000},
        {"priority": -1},
        {"description": "x" * 256},
    ],
    ids=["no-action", "action", "condition", "high", "negative", "long"],
)
def test_a_rule_that_cannot_be_is_refused(stage: Stage, wrong: dict[str, Any]) -> None:
    before = len(stage.cloud.inspection.rules())

    with pytest.raises(ServiceError):
        stage.cloud.inspection.create_rule(rule(stage, **wrong))

    assert stage.is_live or len(stage.cloud.inspection.rules()) == before
