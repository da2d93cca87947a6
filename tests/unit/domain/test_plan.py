"""Plans are plain data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.node import NodeId
from tripleo_cli.domain.plan import (
    Plan,
    PlannedNode,
    PlannedRole,
    layout_to_dict,
    plan_from_dict,
    plan_to_dict,
)

texts = st.text(max_size=12)
some_texts = st.lists(texts, max_size=3).map(tuple)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner),
    max_leaves=5,
)
nodes = st.builds(
    PlannedNode,
    hostname=texts,
    role=texts,
    index=st.integers(0, 99),
    node_id=texts.map(NodeId),
    node_name=texts,
    flavor=texts,
    image=texts,
)
roles = st.builds(
    PlannedRole, name=texts, services=some_texts, tags=some_texts, networks=some_texts
)
plans = st.builds(
    Plan,
    stack=texts,
    roles=st.lists(roles, max_size=3).map(tuple),
    nodes=st.lists(nodes, max_size=3).map(tuple),
    parameters=st.dictionaries(texts, json_values, max_size=3),
    registry=st.dictionaries(texts, texts, max_size=2),
    files=st.dictionaries(texts, texts, max_size=2),
    is_update=st.booleans(),
)


@given(plans)
def test_a_plan_survives_the_way_through_json(plan: Plan) -> None:
    data = plan_to_dict(plan)

    assert json.loads(json.dumps(data)) == data
    assert plan_from_dict(data) == plan


@given(plans)
def test_what_a_stack_carries_says_which_node_is_which_server(plan: Plan) -> None:
    carried = plan_from_dict(json.loads(json.dumps(layout_to_dict(plan))))

    assert (carried.nodes, carried.roles) == (plan.nodes, plan.roles)


def test_what_a_stack_carries_has_no_parameters() -> None:
    plan = Plan(stack="x", parameters={"AdminPassword": "secret"})

    assert "secret" not in json.dumps(layout_to_dict(plan))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "format None is not 1"),
        ({"format": 2}, "format 2 is not 1"),
        ({"format": 1}, "'stack' is missing"),
        ({"format": 1, "stack": "x", "roles": [], "nodes": [{"a": 1}]}, "'a'"),
    ],
)
def test_what_is_not_a_plan_is_refused(data: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        plan_from_dict(data)
