"""Documents are read as plain data, and what is wrong is said with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.document import Problems, at, load_document, parse_document

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)


@given(PLAIN)
def test_what_was_written_is_read_back(value: Any) -> None:
    assert parse_document(json.dumps(value), source="a.json") == value
    assert parse_document(yaml.safe_dump(value), source="a.yaml") == value


@pytest.mark.parametrize("source", ["a.json", "a.yaml", "a.txt", "a"])
def test_json_is_read_under_any_name(source: str) -> None:
    assert parse_document('{"a": [1]}', source=source) == {"a": [1]}


def test_json_indented_with_tabs_needs_no_extension() -> None:
    assert parse_document('{\n\t"a": 1\n}', source="nodes") == {"a": 1}


@pytest.mark.parametrize(
    "text", ["52:54:00:11:22:33", "2018-08-31", "10:20", "0123", "0x1f", "1_000"]
)
def test_yaml_leaves_addresses_and_dates_alone(text: str) -> None:
    assert parse_document(f"a: {text}\n", source="a.yaml") == {"a": text}


def test_yaml_merges_are_not_repeated_keys() -> None:
    text = "base: &b {a: 1, b: 2}\nother: {<<: *b, a: 3}\n"

    assert parse_document(text, source="a.yaml")["other"] == {"a": 3, "b": 2}


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("a.json", '{"nodes": [', "line 1, column 12: Expecting value"),
        ("a.json", '{\n "a": 1,\n}', "line 3, column 1"),
        ("a.json", '{"a": [{"b": 1, "b": 2}]}', "a[0].b: is given more than once"),
        ("a.yaml", "a: 1\nb: [1,\n", "line 3, column 1"),
        ("a.yaml", "a: 1\n b: 2\n", "line 2, column 3"),
        ("a.yaml", "a: 1\nb:\n  c: 1\n  c: 2\n", "line 4, column 3"),
        ("a.yaml", "a: !!python/object:os.system {}\n", "line 1, column 4"),
        ("a.yaml", "a: 1\n---\nb: 2\n", "line 2, column 1"),
        ("a.yaml", "a: \x00\n", "character 3"),
        ("a.json", "[" * 100_000, "nested too deep"),
    ],
)
def test_broken_documents_say_where(source: str, text: str, expected: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_document(text, source=source)

    assert source in str(caught.value)
    assert expected in str(caught.value)


def test_every_repeated_key_is_named() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_document('{"a": 1, "a": 2, "b": {"c": 1, "c": 2}}', source="a.json")

    assert [problem.where for problem in caught.value.problems] == ["a", "b.c"]


LONG = "9" * 5000


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("a.json", f'{{"n": [{{"cpu": {LONG}}}], "m": -{LONG}}}', ["n[0].cpu", "m"]),
        ("a.json", f'{{"n": {LONG}, "a": 1, "a": 2}}', ["a", "n"]),
        ("a", f'{{"n": {LONG}}}', ["n"]),
        ("a.yaml", f"n:\n- {LONG}\nm: {LONG}", ["line 2, column 3", "line 3"]),
        ("a.yaml", "n: !!int 0x" + "f" * 5000, ["line 1, column 4"]),
        ("a.yaml", "n: !!int horse\nm: !!bool maybe", ["line 1, column 4", "line 2"]),
        ("a.yaml", "n: !!float ''\nm: !!timestamp x", ["line 1, column 4", "line 2"]),
    ],
)
def test_numbers_that_are_none_are_told_with_their_places(
    source: str, text: str, expected: list[str]
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_document(text, source=source)

    found = [problem.where for problem in caught.value.problems]
    assert len(found) == len(expected)
    assert all(map(str.startswith, found, expected))
    assert "999" not in str(caught.value)
    assert "integer string conversion" not in str(caught.value)


def test_what_looks_like_a_tag_or_an_alias_is_not_repeated() -> None:
    for text in ("pm_password: !hush", "pm_password: *hush", "a: &hush\n  &hush b"):
        with pytest.raises(InvalidInputError) as caught:
            parse_document(text, source="a.yaml")

        assert "hush" not in str(caught.value)


def test_secrets_are_taken_as_they_are_and_not_repeated() -> None:
    problems = Problems("a")
    words: tuple[object, ...] = (" a ", " ", 42, "", None, 1.5, True, [])
    secrets = [problems.secret("s", word) for word in words]

    with pytest.raises(InvalidInputError) as caught:
        problems.check()

    assert secrets == [" a ", " ", "42", None, None, None, None, None]
    assert [problem.what for problem in caught.value.problems] == [
        "must not be empty",
        "must not be empty",
        "must be a text, not a number",
        "must be a text, not true or false",
        "must be a text, not a list",
    ]


def test_a_missing_file_names_one_like_it(tmp_path: Path) -> None:
    (tmp_path / "instackenv.json").write_text("{}")

    with pytest.raises(InvalidInputError, match=r"no such file.*instackenv\.json"):
        load_document(tmp_path / "instakenv.json")


def test_a_folder_is_not_a_document(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read: Is a directory"):
        load_document(tmp_path)


def test_bytes_are_not_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"a": "\xff"}')

    with pytest.raises(InvalidInputError, match="byte 7: not a text in UTF-8"):
        load_document(tmp_path / "a.json")


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf{"a": 1}')

    assert load_document(tmp_path / "a.json") == {"a": 1}


def test_paths_are_dotted() -> None:
    assert at(at(at("", "nodes"), 3), "name") == "nodes[3].name"


def test_problems_are_reported_together() -> None:
    problems = Problems("roles.yaml")
    problems.unknown_keys("roles", {"cuont": 1, "zzz": 2}, {"count", "name"})
    counts: tuple[object, ...] = (3, "4", "four", 0, True, None)
    words: tuple[object, ...] = ("a", 42, "", None, [], 1.5)
    numbers = [problems.whole_number("n", count, minimum=1) for count in counts]
    texts = [problems.text("t", word) for word in words]
    assert problems.mapping("m", []) == {}
    assert list(problems.sequence("s", {})) == []

    with pytest.raises(InvalidInputError) as caught:
        problems.check()

    assert numbers == [3, 4, None, None, None, None]
    assert texts == ["a", "42", None, None, None, None]
    assert [str(problem) for problem in caught.value.problems] == [
        'roles.cuont: unknown key (did you mean "count"?)',
        "roles.zzz: unknown key",
        'n: must be a whole number, not "four"',
        "n: must be at least 1, not 0",
        "n: must be a whole number, not true or false",
        "n: must be a whole number, not nothing",
        "t: must not be empty",
        "t: must not be empty",
        "t: must be a text, not a list",
        "t: must be a text, not the number 1.5 (put it in quotes)",
        "m: must be a mapping, not a list",
        "s: must be a list, not a mapping",
    ]
