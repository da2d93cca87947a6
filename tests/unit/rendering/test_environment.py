"""The filter that values go through on their way into a template."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from tripleo_cli.rendering.environment import as_yaml, environment

# YAML knows no half of a surrogate pair; no file in UTF-8 can hold one either.
texts = st.text(st.characters(exclude_categories=["Cs"]))
# YAML allows no more than 1024 signs, escapes and all, before the colon of a key.
keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
    max_leaves=10,
)


@given(values)
def test_any_value_reads_back_as_it_was(value: Any) -> None:
    assert yaml.safe_load(f"key: {as_yaml(value)}\n") == {"key": value}


@given(keys)
def test_any_text_that_is_short_enough_serves_as_a_key(text: str) -> None:
    assert yaml.safe_load(f"top:\n  {as_yaml(text)}: 1\n") == {"top": {text: 1}}


@pytest.mark.parametrize("text", ["yes", "1", "a: b", "{get_param: x}", "# no", "&x"])
def test_a_text_stays_a_text(text: str) -> None:
    assert yaml.safe_load(as_yaml(text)) == text


def test_an_unknown_name_is_an_error() -> None:
    template = environment({"x": "{{ unheard_of }}"}).get_template("x")

    with pytest.raises(UndefinedError, match="unheard_of"):
        template.render()
