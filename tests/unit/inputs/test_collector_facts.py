"""Facts are read in every form in which collectors and services give them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.collector_facts import load_hosts

ROWS = [["disk", "sda", "size", "8"], ["memory", "banks", "count", 16]]
FACTS = (("disk", "sda", "size", "8"), ("memory", "banks", "count", "16"))
NESTED = {"disk": {"sda": {"size": 8}}, "memory": {"banks": {"count": 16}}}
NAMED = [["system", "product", "serial", "S1"], ["network", "eth0", "serial", "a:b"]]


def load(tmp_path: Path, document: Any) -> list[tuple[str, Any]]:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(document))
    return [(host.name, host.facts) for host in load_hosts(path)]


@pytest.mark.parametrize(
    ("document", "hosts"),
    [
        (ROWS, [("machine 1", FACTS)]),
        ([ROWS, ROWS], [("machine 1", FACTS), ("machine 2", FACTS)]),
        ({"b": ROWS, "a": ROWS}, [("b", FACTS), ("a", FACTS)]),
        ({"b": {"plugin_data": {"data": ROWS}}}, [("b", FACTS)]),
        ({"b": {"extra": NESTED}}, [("b", FACTS)]),
        (
            [
                {"name": "n1", "uuid": "1", "plugin_data": {"extra": NESTED}},
                {"name": None, "uuid": "2", "plugin_data": {"data": ROWS}},
                {"name": "n3", "uuid": "3", "plugin_data": None, "extra": {"x": 1}},
            ],
            [("n1", FACTS), ("2", FACTS), ("n3", ())],
        ),
        ({"inventory": {}, "plugin_data": {"extra": NESTED}}, [("machine 1", FACTS)]),
        ([["a", "b", "c", None], *ROWS], [("machine 1", FACTS)]),
        ({"b": {"plugin_data": {"data": ROWS, "extra": NESTED}}}, [("b", FACTS)]),
        ({"b": {"plugin_data": {"data": [], "extra": NESTED}}}, [("b", FACTS)]),
    ],
)
def test_each_form_is_known(tmp_path: Path, document: Any, hosts: Any) -> None:
    assert load(tmp_path, document) == hosts


def test_machines_without_name_are_named_by_their_facts(tmp_path: Path) -> None:
    ((name, _),) = load(tmp_path, NAMED)

    assert name == "S1-a-b"


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "holds no machines"),
        (7, "must be a list, not the number 7"),
        ({"a": 7}, "a: must be a list of facts, not the number 7"),
        (["x"], "[0]: must be a list of facts, not a text"),
        (
            {"a": [["disk", "sda"], ["disk", "sda", "size", []], *ROWS]},
            "a[0]: is not [category, object, key, value], all texts or numbers, and 1 "
            "more are not",
        ),
        ({"a": {"extra": {"disk": 3}}}, "a.extra.disk: must be a mapping"),
        ([NAMED, NAMED], "2 machines are called S1-a-b"),
        ([{"name": "a", "plugin_data": [1]}], "[0].plugin_data: must be a mapping"),
    ],
)
def test_another_form_is_refused(tmp_path: Path, document: Any, problem: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        load(tmp_path, document)

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[('a',)]", "line 1, column 2: is not JSON"),
        ("[" * 100_000, "nested too deep"),
        (f'{{"a": [{"9" * 5000}]}}', "a number of 5000 digits is too long"),
    ],
)
def test_broken_json_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(text)

    with pytest.raises(InvalidInputError, match=problem):
        load_hosts(path)
