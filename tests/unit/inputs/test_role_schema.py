"""The schema of role files says of a role what its reader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.unit.inputs.test_requirement_docs import examples
from tests.unit.inputs.test_requirements import MISTAKES, SAME, read
from tripleo_cli.inputs.document import parse_document
from tripleo_cli.inputs.role_schema import role_schema, schema_text
from tripleo_cli.resources import shipped

SCHEMA = Draft202012Validator(role_schema())
# What is inside of texts, what compares two values, and what JSON cannot hold, the
# reader alone can see.
INSIDE = ("is no regular expression", "is no network", "is more than", "number nan")


def document(text: str) -> Any:
    return parse_document(text, source="role.yaml")


def is_valid_requirement(text: str) -> bool:
    return SCHEMA.is_valid({"name": "A", "requires": document(text)})


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(role_schema())

    assert json.loads(schema_text()) == role_schema()


@pytest.mark.parametrize(
    "path", sorted(Path(str(shipped("roles"))).glob("*.yaml")), ids=lambda p: p.stem
)
def test_shipped_roles_are_valid(path: Path) -> None:
    SCHEMA.validate(document(path.read_text()))


@pytest.mark.parametrize("role", [role for role, _ in examples()])
def test_documented_requirements_are_valid(role: str) -> None:
    SCHEMA.validate({"name": "A", **document(role)})


@pytest.mark.parametrize("text", [text for pair in SAME for text in pair])
def test_what_the_reader_takes_is_valid(text: str) -> None:
    SCHEMA.validate({"name": "A", "requires": document(text)})


@pytest.mark.parametrize("text", [text for text, _ in MISTAKES])
def test_what_the_reader_refuses_is_not(text: str) -> None:
    (problem,) = read(text)[1]

    seen_by_reader_only = any(words in problem for words in INSIDE)

    assert is_valid_requirement(text) is seen_by_reader_only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: A", True),
        ("[{name: A}, {name: B, requires: }]", True),
        ("name: A\nneeds: {cpus: 3, traits: [CUSTOM_A]}", True),
        ("name: A\nupgrade_batch_size: 1", True),
        ("name: A\nneeds: {memroy_mb: 3}", False),
        ("name: A\nCountDefault: -1", False),
        ("name: A\nHostnameFormatDefault: x", False),
        ("name: 1st", False),
        ("nam: A", False),
        ("requires: {cpus: 1}", False),
        ("[]", True),
        ("A", False),
    ],
)
def test_the_rest_of_a_role(text: str, *, expected: bool) -> None:
    assert SCHEMA.is_valid(document(text)) is expected
