"""A JSON Schema of role files, for editors and for those who write files."""

from __future__ import annotations

import json
from typing import Any

from tripleo_cli.inputs.requirement_schema import requirement_definitions
from tripleo_cli.inputs.roles import TRANSPORTS, UNUSED_KEYS

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "integer"], "pattern": r"\S"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_COUNT: Schema = {
    "type": ["integer", "string"],
    "minimum": 0,
    "pattern": r"^\s*\+?[0-9]{1,18}\s*$",
}
_TRAITS: Schema = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^\s*[A-Z0-9_]{1,255}\s*$"},
}
_KEYS: Schema = {
    "description": {"description": "For people", **_TEXT},
    "CountDefault": {"description": "Nodes where nothing else says so", **_COUNT},
    "HostnameFormatDefault": {
        "description": "May hold %stackname%, must hold %index%",
        "type": "string",
        "pattern": "%index%",
    },
    "ImageDefault": {"description": "Name of the image", **_TEXT},
    "FlavorDefault": {"description": "Name of the flavor; the profile's", **_TEXT},
    "ServicesDefault": {"description": "Services that it runs", **_TEXTS},
    "tags": {"description": "As in TripleO", **_TEXTS},
    "networks": {
        "description": "Names, or a mapping of names to subnets",
        "anyOf": [_TEXTS, {"type": "object"}],
    },
    "profile": {"description": "What nodes are tagged with for it", **_TEXT},
    "profile_aliases": {"description": "Other tags that it accepts", **_TEXTS},
    "transport": {
        "description": "push: by SSH; pull: nodes ask Heat",
        "enum": list(TRANSPORTS),
    },
    "spread": {"description": "What its machines are to differ in", **_TEXT},
}
"""Keys that may also be empty, which is as if they were not there."""
_NEEDS: Schema = {
    "cpus": {"description": "At least so many logical CPUs", **_COUNT},
    "memory_mb": {"description": "At least so many MiB of memory", **_COUNT},
    "disk_gb": {"description": "At least so many GiB of root disk", **_COUNT},
}


def schema_text() -> str:
    """Write the schema as JSON."""
    return json.dumps(role_schema(), indent=2) + "\n"


def role_schema() -> Schema:
    """Make the schema of a whole file: one role, or a list of them."""
    role = {"$ref": "#/$defs/role"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Roles of overcloud nodes",
        "anyOf": [role, {"type": "array", "items": role}],
        "$defs": {"role": _role(), "needs": _needs(), **requirement_definitions()},
    }


def _role() -> Schema:
    keys = {**_KEYS, "requires": {"$ref": "#/$defs/requires"}}
    known = {key: _or_nothing(value) for key, value in keys.items()}
    name = {
        "description": "Its name; required",
        "type": "string",
        "pattern": r"^\s*[A-Za-z][A-Za-z0-9_-]*\s*$",
    }
    return {
        "type": "object",
        "properties": {
            "name": name,
            **known,
            "needs": {"$ref": "#/$defs/needs"},
            **{key: {"description": "No effect"} for key in sorted(UNUSED_KEYS)},
        },
        "required": ["name"],
        "additionalProperties": False,
    }


def _needs() -> Schema:
    sizes = {key: _or_nothing(value) for key, value in _NEEDS.items()}
    return {
        "type": ["object", "null"],
        "properties": {
            **sizes,
            "traits": _or_nothing({"description": "All of these", **_TRAITS}),
            "resource_class": {"description": 'Their class; "baremetal"', **_TEXT},
        },
        "additionalProperties": False,
    }


def _or_nothing(value: Schema) -> Schema:
    return {"anyOf": [value, {"type": "null"}]}
