"""A JSON Schema of service files, for editors and for those who write files."""

from __future__ import annotations

import json
from typing import Any

from tripleo_cli.domain.overcloud.service import (
    CHECK_KINDS,
    STEPS,
    CheckKind,
    CheckPlace,
    PasswordKind,
)
from tripleo_cli.inputs.service_parts import MODES, PARAMETER_NAME, PORT_MAX
from tripleo_cli.inputs.service_steps import MAX_TIMEOUT_S, TARGETS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "pattern": r"\S"}
_ANY_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_PORT: Schema = {"type": "integer", "minimum": 1, "maximum": PORT_MAX}
_NAME: Schema = {"type": "string", "pattern": f"^{PARAMETER_NAME.pattern}$"}
_LATER: Schema = {"type": "string", "pattern": "%\\{"}
"""A text that hiera's interpolation makes something else of."""
_CHECK_VALUES: dict[str, Schema] = {
    "port": {"anyOf": [_PORT, _LATER]},
    "status": {"type": "array", "items": {"type": "integer", "minimum": 100}},
    "argv": _TEXTS,
    "max_restarts": {"type": "integer", "minimum": 0},
    "unit": _TEXT,
    "query": _TEXT,
    "call": _TEXT,
    "size": _TEXT,
    "path": _TEXT,
}
"""The types of values that checks have; the others may be anything."""


def schema_text() -> str:
    """Write the schema as JSON."""
    return json.dumps(service_schema(), indent=2) + "\n"


def service_schema() -> Schema:
    """Make the schema of a service file."""
    properties: dict[str, Schema] = {
        "description": {"description": "For people; required", **_TEXT},
        "packages": {"description": "The distribution's, in the image", **_TEXTS},
        "puppet": {"description": "Packages of puppet modules", **_TEXTS},
        "needs": {"description": "Services that must run somewhere", **_TEXTS},
        "beside": {"description": "Services of the same nodes", **_TEXTS},
        "parameters": _parameters(),
        "passwords": {"type": "array", "items": _password()},
        "databases": _list_of(
            _mapping({"name": _TEXT, "user": _TEXT, "password": _NAME})
        ),
        "keystone": _keystone(),
        "listen": _list_of(_listen()),
        "hiera": {"description": "For nodes that run it", "type": "object"},
        "all_nodes": {"description": "For every node", "type": "object"},
        "steps": _by_step(_work()),
        "checks": _by_step(_list_of(_check())),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A service of the overcloud",
        **_mapping({"description": properties.pop("description")}, properties),
    }


def _mapping(
    required: dict[str, Schema], optional: dict[str, Schema] | None = None
) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _by_step(value: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {str(step): value for step in STEPS},
        "additionalProperties": False,
    }


def _parameters() -> Schema:
    return {
        "description": "What operators may set in parameter_defaults",
        "type": "object",
        "propertyNames": _NAME,
        "additionalProperties": _mapping({"default": {}, "description": _TEXT}),
    }


def _password() -> Schema:
    kinds = {"enum": [kind.value for kind in PasswordKind]}
    return {"anyOf": [_NAME, _mapping({"name": _NAME}, {"kind": kinds})]}


def _keystone() -> Schema:
    user = _mapping(
        {"name": _TEXT, "password": _NAME},
        {"roles": _TEXTS, "project": _ANY_TEXT, "domain": _ANY_TEXT},
    )
    service = _mapping(
        {"name": _TEXT, "type": _TEXT, "port": _PORT},
        {"description": _ANY_TEXT, "path": _ANY_TEXT},
    )
    parts = {"users": _list_of(user), "services": _list_of(service)}
    return _mapping({}, {**parts, "domains": _TEXTS, "roles": _TEXTS})


def _listen() -> Schema:
    return _mapping(
        {"name": _TEXT, "port": _PORT},
        {"mode": {"enum": list(MODES)}, "check": _ANY_TEXT},
    )


def _work() -> Schema:
    parts = {"classes": _TEXTS, "manifest": _ANY_TEXT}
    return _mapping({}, {**parts, "bootstrap": _mapping({}, parts)})


def _check() -> Schema:
    common: dict[str, Schema] = {
        "on": {"enum": [place.value for place in CheckPlace]},
        "target": {"enum": list(TARGETS)},
        "timeout_s": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": MAX_TIMEOUT_S,
        },
    }
    return {
        "anyOf": [
            _mapping({"name": _TEXT, name: _check_values(said)}, common)
            for name, said in CHECK_KINDS.items()
        ]
    }


def _check_values(said: CheckKind) -> Schema:
    required = {key: _CHECK_VALUES.get(key, {}) for key in said.required}
    optional = {key: _CHECK_VALUES.get(key, {}) for key in said.optional}
    return _mapping(required, optional)
