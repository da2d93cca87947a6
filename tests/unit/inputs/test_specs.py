"""A directory of ahc-match is read whole, and all its mistakes are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.domain.specs.assign import Quota
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.specs import load_catalog


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(
        tmp_path,
        state="[('control', '1'), ('compute', '*')]",
        control_specs="[('disk', '$disk', 'size', 'gt(4)')]",
        compute_specs="# all that is left\n[]\n",
    )
    return tmp_path


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")


def problems(folder: Path) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        load_catalog(folder)
    return [str(problem) for problem in caught.value.problems]


def test_all_files_are_read(folder: Path) -> None:
    catalog = load_catalog(folder)

    assert catalog.quotas == (
        Quota(profile="control", left=1),
        Quota(profile="compute", left=None),
    )
    (line,) = catalog.specs["control"].lines
    assert (line.number, str(line)) == (1, "('disk', '$disk', 'size', 'gt(4)')")
    assert catalog.specs["compute"].lines == ()
    assert catalog.cmdbs == {}


def test_lines_are_numbered_as_in_the_file(folder: Path) -> None:
    text = "\n# first\n[\n ['a', 'b', 'c', 20],\n\n ('a', 'b',\n  'd', u'x'),\n]"
    write(folder, control_specs=text)

    lines = load_catalog(folder).specs["control"].as_written

    assert [(line.number, line.fields[3].text) for line in lines] == [
        (4, "20"),
        (6, "x"),
    ]


def test_a_profile_of_which_none_is_wanted_needs_no_specs(folder: Path) -> None:
    write(folder, state="[('old', 0), ('compute', '*')]")

    assert "old" not in load_catalog(folder).specs


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("[{'a': 1, 'b': [None, -2.5]}]", [{"a": 1, "b": [None, -2.5]}]),
        ("generate({'a': 'x1-2'})", [{"a": "x1"}, {"a": "x2"}]),
        (
            "generate({'=a': 'x1-2', 'b': '3-4'}, '=')",
            [{"a": "x1", "b": "3-4"}, {"a": "x2", "b": "3-4"}],
        ),
        ("generate({'a': 'x1-2'}) + [{'a': 3}]", [{"a": "x1"}, {"a": "x2"}, {"a": 3}]),
        (
            "generate_dict({'n1-2': {'a': 'x1-2'}})",
            [{"hostname": "n1", "a": "x1"}, {"hostname": "n2", "a": "x2"}],
        ),
    ],
)
def test_a_cmdb_is_a_list_or_made_from_ranges(
    folder: Path, text: str, entries: list[object]
) -> None:
    write(folder, control_cmdb=text)

    assert list(load_catalog(folder).cmdbs["control"]) == entries


def test_an_empty_cmdb_is_none(folder: Path) -> None:
    write(folder, control_cmdb="[]")

    assert load_catalog(folder).cmdbs == {}


def test_everything_that_is_wrong_is_told_at_once_with_its_place(folder: Path) -> None:
    write(
        folder,
        state="[('control', 'two'),\n ('../etc', 1), 'x', ('compue', 1)]",
        control_specs="[('disk', '$disk', 'size', 'gt(4GB)'),\n"
        " ('é', 'a', 'in(b'),\n"
        " ('é', 'a', 'c', 'in(b'), 7,\n"
        " ('a', 'b', 'c', None), ('a', 'b', 'c', 4 + 4),\n"
        " ('a', 'b', 'c', __import__('os').system('true'))]",
        control_cmdb="{'a': 1}",
    )

    plain = (
        "is not a plain value "
        "(write texts, numbers, lists, tuples and dictionaries; nothing is run)"
    )
    four = "write (category, object, key, value)"
    assert problems(folder) == [
        "state, line 1, column 14: 'two' is not a count "
        "(a whole number from 0 up, or '*' for any number)",
        "state, line 2, column 3: '../etc' cannot be a profile "
        "(letters, digits, -, _ and . only: it names the file PROFILE.specs)",
        "state, line 2, column 17: must be a pair of profile and count "
        '(such as ("control", 1))',
        'control.specs, line 1, column 32: "4GB" is not a number '
        "(numbers stand without unit: GB for disks, bytes for memory)",
        f"control.specs, line 2, column 2: has 3 fields instead of 4 ({four})",
        'control.specs, line 3, column 23: the closing ")" is missing',
        "control.specs, line 3, column 27: must be a line "
        "(category, object, key, value)",
        "control.specs, line 4, column 18: must be a text or a number",
        f"control.specs, line 4, column 41: 4 + 4 {plain}",
        f"control.specs, line 5, column 18: __import__('os').system('true') {plain}",
        "control.cmdb, line 1, column 1: must be a list of entries, or generate({...})",
        'compue.specs: there is no such file (did you mean "compute.specs"?)',
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[('a',", "line 1, column 2: is not a literal: '(' was never closed"),
        ("\n\n [('a' 'b' c)]", "line 3, column 4: is not a literal: invalid syntax"),
        ("import os", "line 1, column 1: is not a literal: invalid syntax"),
        ("('a')", "line 1, column 2: must be a list of lines"),
        ("[[[[" * 500, "lists are nested too deep"),
        ("[('a', 'b', 'c', '''gt(\n4x)''')]", "after 4 characters of the text"),
        ("[('a', 'b', 'c', '\\x67t(4x)')]", "after 3 characters of the text"),
        ("[{**a}]", "must be a line"),
        ("", "is not a literal"),
    ],
)
def test_what_is_no_list_of_lines_is_refused(
    folder: Path, text: str, problem: str
) -> None:
    write(folder, control_specs=text)

    (found,) = problems(folder)

    assert found.startswith("control.specs")
    assert problem in found or "too many nested" in found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("open('/etc/passwd')", "open() is unknown here (write generate({...}))"),
        ("generate()", "generate() is unknown here"),
        ("generate([1])", "must be a dictionary"),
        ("[{1: 2}]", "has a key that is not a text (put it in quotes)"),
        ("[{'a': {2: 3}}]", "has a key that is not a text"),
        ("[{'a': b}]", "b is not a plain value"),
        ("[{**{}}]", "is not a plain value"),
        ("[{(1, []): 2}]", "is not a plain value"),
        ("generate({'a': '1-9999999'})", "more than 100000 entries"),
        ("generate_dict({'a': 1})", "'a' must have a dictionary"),
    ],
)
def test_a_cmdb_is_not_run_either(folder: Path, text: str, problem: str) -> None:
    write(folder, control_cmdb=text)

    assert problem in problems(folder)[0]


def test_what_no_entry_has_cannot_be_looked_up(folder: Path) -> None:
    write(
        folder,
        control_specs="[('network', '$eth', 'serial', '$$mac')]",
        control_cmdb="[{'MAC': 'aa'}]",
    )

    assert problems(folder) == [
        "control.specs: $$mac is in no entry of control.cmdb "
        "(write $mac where the CMDB does not know it)"
    ]


def test_a_missing_directory_is_told(tmp_path: Path) -> None:
    assert problems(tmp_path / "none") == ["state: there is no such file"]
