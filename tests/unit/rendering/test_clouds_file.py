"""A clouds.yaml is changed where it has to be; all else stays as somebody wrote it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.rendering.clouds_file import render_clouds

OURS = {
    "auth": {"auth_url": "http://192.0.2.9:5000/v3", "password": "p: #1"},
    "region_name": "RegionOne",
}
"""The password looks like YAML."""
COMMENTED = """\
# Clouds of the team; ask Ada before you change them.
---
cache: {class: 'dogpile.cache.memory'}   # quick

clouds:
  # The old one, until May.
  first:
    auth:
      auth_url:   "http://198.51.100.1/v3"
      password: theirs  # rotate

  # Ours
  overcloud:   # made by deploy
    auth:
      auth_url: http://192.0.2.9:5000/v3   # the VIP
      password: old
    region_name: RegionOne
    verify: no   # an operator's

  # The last.
  last: {auth: {auth_url: x}}
# The end.
"""


def data_of(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text) or {}
    return loaded


def with_entry(text: str, name: str = "overcloud", entry: Any = OURS) -> str:
    """Put our entry in, as it is done with every file; check what is said then."""
    document = data_of(text)
    clouds = {**(document.get("clouds") or {})}
    wanted = {**document, "clouds": {**clouds, name: {**(clouds.get(name) or {})}}}
    wanted["clouds"][name] |= entry
    written = render_clouds(text, wanted)
    assert yaml.safe_load(written) == wanted
    return written


def without_entry(text: str, name: str = "overcloud") -> str:
    wanted = deepcopy(data_of(text))
    del wanted["clouds"][name]
    written = render_clouds(text, wanted)
    assert yaml.safe_load(written) == wanted
    return written


def test_of_an_entry_only_what_differs_changes() -> None:
    changed = COMMENTED.replace("password: old", "password: 'p: #1'")

    assert with_entry(COMMENTED) == changed
    assert with_entry(changed) == changed


def test_an_entry_in_the_middle_goes_and_its_neighbours_stay() -> None:
    start = COMMENTED.index("  overcloud:")
    end = COMMENTED.index("\n  # The last.")

    assert without_entry(COMMENTED) == COMMENTED[:start] + COMMENTED[end:]


def test_an_entry_at_the_end_goes_with_its_lines_only() -> None:
    left = COMMENTED.replace("  last: {auth: {auth_url: x}}\n", "")

    assert without_entry(COMMENTED, "last") == left


def test_a_new_entry_comes_after_the_last_one() -> None:
    added = """\
  new:
    auth:
      auth_url: http://192.0.2.9:5000/v3
      password: 'p: #1'
    region_name: RegionOne
"""

    changed = COMMENTED.replace("# The end.\n", f"{added}# The end.\n")
    assert with_entry(COMMENTED, "new") == changed
    assert without_entry(changed, "new") == COMMENTED


@pytest.mark.parametrize("last", ["first: {a: 1}", "first: {a: 1}  # why", "first:"])
def test_a_file_may_end_without_a_line_break(last: str) -> None:
    text = f"clouds:\n  {last}"

    written = with_entry(text)

    assert written.startswith(f"{text}\n  overcloud:\n    auth:\n")
    assert without_entry(written) == f"{text}\n"


@pytest.mark.parametrize("text", ["", "\n", "# Mine.\n", "# Mine.", "---\n"])
def test_an_empty_file_gets_the_entry_after_what_it_has(text: str) -> None:
    written = with_entry(text)

    assert written.startswith(text)
    assert written.endswith("\n    region_name: RegionOne\n")


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("clouds:\n", "clouds:\n  overcloud:\n"),
        ("clouds: {}\n# why\n", "clouds:\n  overcloud:\n"),
        ("# why\ncache: {a: 1}\n", "# why\ncache: {a: 1}\nclouds:\n  overcloud:\n"),
        ("clouds:\n  overcloud:\n", "clouds:\n  overcloud:\n    auth:\n"),
    ],
)
def test_where_there_was_no_cloud_there_is_one(text: str, begins: str) -> None:
    written = with_entry(text)

    assert written.startswith(begins)
    assert ("# why" in written) == ("# why" in text)


def test_the_last_entry_leaves_an_empty_mapping_and_comments() -> None:
    text = "# top\nclouds:  # all\n  # mine\n  overcloud: {a: 1}\n# end\n"

    written = without_entry(text)

    assert written == "# top\nclouds: {}  # all\n  # mine\n# end\n"


FLOW = "clouds: {first: {a: 1}, # one\n  overcloud: {auth: {password: old}, b: 2},\n}\n"


def test_braces_stay_braces() -> None:
    written = with_entry(FLOW, entry={"auth": {"password": "new"}, "c": [1]})

    assert written == FLOW.replace("old", "new").replace("b: 2", "b: 2, c: [1]")
    assert without_entry(FLOW).startswith("clouds: {first: {a: 1}")
    assert without_entry(FLOW, "first") == f"clouds: {{{FLOW[FLOW.index('overcl') :]}"
    assert "last: {a: 1}" in with_entry(FLOW, "last", {"a": 1})
    assert with_entry("clouds: {x: {}}", "x", {"a": 1}) == "clouds: {x: {a: 1}}"
    assert without_entry("{clouds: {x: {a: 1}}}", "x") == "{clouds: {}}"


@pytest.mark.parametrize("width", [1, 3, 4, 8])
def test_a_new_entry_is_set_in_as_the_others_are(width: int) -> None:
    pad = " " * width
    text = f"clouds:\n{pad}first:\n{pad}{pad}auth: {{a: 1}}\n"

    written = with_entry(text)

    inner = pad if width > 1 else "  "
    assert written.startswith(f"{text}{pad}overcloud:\n{pad}{inner}auth:\n")
    assert without_entry(written) == text


def test_line_breaks_of_windows_stay() -> None:
    text = COMMENTED.replace("\n", "\r\n")

    assert with_entry(text) == with_entry(COMMENTED).replace("\n", "\r\n")
    added = with_entry(text, "new")
    assert added.count("\n") == added.count("\r\n")
    assert without_entry(added, "new") == text


ANCHORS = """\
defaults: &defaults {interface: public}  # for all
clouds:
  first: &first
    <<: *defaults
    auth: &auth {auth_url: x, password: theirs}
  overcloud:
    <<: *defaults  # as all
    auth: *auth
  last: *first
"""


def test_what_is_written_elsewhere_is_written_out_where_it_differs() -> None:
    written = with_entry(ANCHORS)

    assert "    <<: *defaults  # as all\n    auth:\n      auth_url: http" in written
    assert written.startswith(ANCHORS[: ANCHORS.index("    auth: *auth")])
    assert written.endswith("    region_name: RegionOne\n  last: *first\n")
    assert without_entry(ANCHORS, "last") == ANCHORS.replace("  last: *first\n", "")


@pytest.mark.parametrize(
    "text",
    [
        "clouds:\n  overcloud: &o {auth: {password: old}}\n  other: *o\n",
        "? clouds\n: ? overcloud\n  : {auth: {password: old}}\n",
        "clouds: {overcloud: {}}\nclouds: {overcloud: {a: 1}}\n",
        "clouds:\n  overcloud: {a: 1}\n  overcloud: {b: 1}\n",
        "%YAML 1.1\n---\nclouds: {}\n...\n",
        "clouds:\n  overcloud:\n    auth:\n      password: |\n        old\n",
        "base: &b {overcloud: {a: 1}}\nclouds:\n  <<: *b\n",
        "--- {}\n",
    ],
)
def test_however_a_file_is_written_it_says_what_it_should(text: str) -> None:
    with_entry(text)
    with_entry(text, "new")
    if "overcloud" in data_of(text).get("clouds", {}):
        without_entry(text)


def test_where_nothing_can_be_changed_all_is_written_anew() -> None:
    text = "# lost\nclouds:\n  overcloud: &o {a: 1}\n  other: *o\n"
    wanted = {"clouds": {"other": {"a": 1}}}

    assert render_clouds(text, wanted) == "clouds:\n  other:\n    a: 1\n"


def test_a_value_of_another_type_is_another_value() -> None:
    wanted = {"clouds": {"o": {"verify": True}}}

    written = render_clouds("clouds: {o: {verify: 1}}\n", wanted)

    assert written == "clouds: {o: {verify: true}}\n"


NAMES = st.sampled_from(["overcloud", "a", "on", "1", "with: colon", "ä"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.text(max_size=6))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=8,
)
CLOUDS = st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, max_size=3), max_size=4)
LAYOUTS = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([2, 3, 4]),
        "default_flow_style": st.sampled_from([True, False, None]),
        "line_break": st.sampled_from(["\n", "\r\n"]),
        "explicit_start": st.booleans(),
    }
)


@given(CLOUDS, CLOUDS, LAYOUTS)
def test_any_file_can_be_brought_to_say_anything(
    before: dict[str, Any], after: dict[str, Any], layout: dict[str, Any]
) -> None:
    text = yaml.safe_dump({"clouds": before}, **layout)

    written = render_clouds(text, {"clouds": after})

    assert yaml.safe_load(written) == {"clouds": after}
