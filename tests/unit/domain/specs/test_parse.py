"""What a field of a spec line means, or why it means nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tripleo_cli.domain.specs.call import MAX_DEPTH, FlawError
from tripleo_cli.domain.specs.parse import parse_field

CASES = yaml.safe_load(
    (Path(__file__).parents[3] / "data" / "specs" / "fields.yaml").read_text()
)


def name_of(case: Mapping[str, Any]) -> str:
    return str(case["field"])


@pytest.mark.parametrize("case", [c for c in CASES if "fits" in c], ids=name_of)
def test_a_field_accepts_what_it_says(case: Mapping[str, Any]) -> None:
    field = parse_field(case["field"])

    assert field.variable == case.get("variable", "")
    assert field.is_recorded == case.get("recorded", False)
    assert [text for text in case["fits"] if not field.accepts(text)] == []
    assert [text for text in case["fails"] if field.accepts(text)] == []


@pytest.mark.parametrize("case", [c for c in CASES if "problem" in c], ids=name_of)
def test_a_mistake_is_told_where_it_is(case: Mapping[str, Any]) -> None:
    with pytest.raises(FlawError) as caught:
        parse_field(case["field"])

    flaw = caught.value
    assert (flaw.offset, flaw.what) == (case["at"], case["problem"])
    assert flaw.remedy == case.get("remedy", "")


def test_functions_can_be_nested_but_not_without_end() -> None:
    def nested(depth: int) -> str:
        return "not(" * depth + "a" + ")" * depth

    assert parse_field(nested(MAX_DEPTH)).accepts("a")
    with pytest.raises(FlawError, match="nested deeper than"):
        parse_field(nested(5000))


def test_a_regular_expression_can_be_too_large() -> None:
    with pytest.raises(FlawError, match="too big"):
        parse_field("regexp(a{99999999999})")
