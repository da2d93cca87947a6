"""The schema of service files says of a service what its reader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.unit.inputs.test_services import BROKEN, WHOLE
from tripleo_cli.inputs.document import parse_document
from tripleo_cli.inputs.service_schema import schema_text, service_schema
from tripleo_cli.resources import shipped

SCHEMA = Draft202012Validator(service_schema())
SHIPPED = sorted(Path(str(shipped("templates")), "services").glob("*.yaml"))
# What compares two parts of a file, or looks into a text, the reader alone can see.
INSIDE = ("as well", "hiera.A: is a", "is not the name", "can't be checked")


def document(text: str) -> Any:
    """Read YAML as editors do: all keys are texts, and ``on`` is one."""
    return as_seen(parse_document(text, source="service.yaml"))


def as_seen(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            "on" if key is True else str(key): as_seen(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [as_seen(inner) for inner in value]
    return value


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(service_schema())

    assert json.loads(schema_text()) == service_schema()


def test_a_whole_file_is_valid() -> None:
    SCHEMA.validate(document(WHOLE))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_services_are_valid(path: Path) -> None:
    SCHEMA.validate(document(path.read_text()))


@pytest.mark.parametrize("text", BROKEN)
def test_what_the_reader_refuses_is_not(text: str) -> None:
    seen_by_reader_only = any(words in BROKEN[text] for words in INSIDE)

    is_valid = SCHEMA.is_valid(document(f"description: x\n{text}"))

    assert is_valid == seen_by_reader_only
