"""A JSON Schema of the nodes file, for editors and for those who write files.

It is made of the same tables as the reader, and says of one entry what the reader
says, save for what compares two values: a MAC address given twice, a profile that
contradicts the capabilities. The reader also forgives spaces around a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tripleo_cli.domain.driver import DRIVERS, RENAMED, Driver
from tripleo_cli.domain.seal import SEAL_FIELD
from tripleo_cli.inputs.node_keys import (
    ADDRESS,
    BMC_KEYS,
    COMMENT,
    FLAG,
    FLAG_OR_PATH,
    FLAG_PATTERN,
    HINTS,
    INTERFACES,
    KNOWN_KEYS,
    LAST_PORT,
    NAME_PATTERN,
    PORT,
    SECRET,
    SETTINGS,
    SIZES,
    WORD,
)

Schema = dict[str, Any]

_HEX = "[0-9A-Fa-f]"
_UUID = "-".join(f"{_HEX}{{{count}}}" for count in (8, 4, 4, 4, 12))
# Of at most 18 digits, as the reader wants it; a sign does no harm.
_ABOVE_ZERO = r"^(?=\+?[0-9]{1,18}$)\+?0*[1-9][0-9]*$"
_FROM_ZERO = r"^(\+?[0-9]{1,18}|-0{1,18})$"
_TCP_PORT = (
    r"^(?=\+?[0-9]{1,18}$)\+?0*(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}"
    r"|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})$"
)
_PAIR = r"\s*([^,:\s][^,:]*:\s*[^,\s][^,]*)?"

_TEXT: Schema = {"type": ["string", "integer"], "pattern": r"\S"}
_SECRET: Schema = {"type": ["string", "integer"], "minLength": 1}
_ADDRESS: Schema = {"type": ["string", "integer"], "pattern": r"^[^@]*[^@\s][^@]*$"}
_MAC: Schema = {"type": "string", "pattern": f"^{_HEX}{{2}}([:-]{_HEX}{{2}}){{5}}$"}
_PORT: Schema = {
    "type": "object",
    "properties": {
        "address": {"$ref": "#/$defs/mac"},
        "physical_network": {"anyOf": [{"$ref": "#/$defs/text"}, {"type": "null"}]},
        "local_link_connection": {"type": ["object", "null"]},
    },
    "required": ["address"],
    "additionalProperties": False,
}
_PORTS: Schema = {
    "anyOf": [
        {"$ref": "#/$defs/mac"},
        {
            "type": "array",
            "items": {"anyOf": [{"$ref": "#/$defs/mac"}, {"$ref": "#/$defs/port"}]},
        },
    ]
}
_CAPABILITIES: Schema = {
    "anyOf": [
        {"type": "string", "pattern": f"^{_PAIR}(,{_PAIR})*$"},
        {
            "type": "object",
            "propertyNames": {"pattern": r"^[^,:]*[^,:\s][^,:]*$"},
            "additionalProperties": {
                "type": ["string", "integer", "boolean"],
                "pattern": r"^[^,]*[^,\s][^,]*$",
            },
        },
    ]
}
_TOLD: Mapping[str, str] = {
    "pm_type": "The driver; older names are translated",
    "pm_addr": "Address of the machine's management controller (BMC)",
    "pm_user": "User of the BMC",
    "pm_password": "Password of the BMC",
    "pm_port": "UDP port of an IPMI BMC",
    "pm_system_id": "Which of several machines behind one Redfish BMC",
    "mac": "MAC addresses",
    "ports": "Network cards",
    "cpu": "Number of CPUs",
    "memory": "MiB of memory",
    "disk": "GiB of the disk to install on",
    "arch": "Architecture of the CPUs, such as x86_64",
    "name": "What Ironic is to call the node",
    "uuid": "What the node's id is to be",
    "capabilities": 'A mapping, or "key:value,key:value"',
    "profile": "Short for the capability profile",
    "root_device": "What the disk to install on is known by",
    "kernel_id": "Kernel to deploy and rescue with",
    "ramdisk_id": "Ramdisk to deploy and rescue with",
    "platform": "Goes to extra as tripleo_platform; needs arch",
    "extra": "Anything of your own, kept with the node",
    COMMENT: "Anything of your own, not kept",
}


def schema_text() -> str:
    """Write the schema as JSON."""
    return json.dumps(nodes_schema(), indent=2) + "\n"


def nodes_schema() -> Schema:
    """Make the schema of a whole file."""
    entries = {"type": "array", "items": {"$ref": "#/$defs/node"}}
    document = {
        "type": "object",
        "properties": {"nodes": entries, COMMENT: {}},
        "required": ["nodes"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Machines for openstack overcloud node import",
        "anyOf": [document, entries],
        "$defs": {
            "text": _TEXT,
            "mac": _MAC,
            "port": _PORT,
            "ports": _PORTS,
            "capabilities": _CAPABILITIES,
            "root_device": _root_device(),
            "node": _node(),
        },
    }


def _node() -> Schema:
    return {
        "type": "object",
        "properties": {"pm_type": _told("pm_type", {"enum": _names(DRIVERS)})},
        "required": ["pm_type"],
        "not": {"required": ["mac", "ports"]},
        "dependentRequired": {"platform": ["arch"]},
        "allOf": [_of_driver(driver) for driver in DRIVERS.values()],
    }


def _names(drivers: Iterable[str]) -> list[str]:
    wanted = list(drivers)
    return [*wanted, *(old for old, new in RENAMED.items() if new in wanted)]


def _of_driver(driver: Driver) -> Schema:
    """Say what an entry of this driver may have."""
    keys = sorted((KNOWN_KEYS - BMC_KEYS) | set(driver.keys))
    given_twice = [
        {"not": {"required": pair}} for pair in map(list, driver.keys.items())
    ]
    needed = [
        {"anyOf": [{"required": [key]}, {"required": [driver.keys[key]]}]}
        for key in driver.required
    ]
    then: Schema = {
        "properties": {key: _told(key, _value(key)) for key in keys},
        "patternProperties": _settings(driver),
        "additionalProperties": False,
    }
    if driver.keys:
        then["allOf"] = [*needed, *given_twice]
    chosen = {"enum": _names([driver.name])}
    condition = {"properties": {"pm_type": chosen}, "required": ["pm_type"]}
    return {"if": condition, "then": then}


def _settings(driver: Driver) -> dict[str, Schema]:
    """Say what settings under Ironic's names are; of most we know nothing."""
    known = {
        f"^{driver.prefix}_{SETTINGS[which]}": _SETTINGS[which] for which in SETTINGS
    }
    return {f"^{driver.prefix}_": {}, **known}


def _value(key: str) -> Schema:
    special: dict[str, Schema] = {
        COMMENT: {},
        "pm_type": {},
        "pm_addr": _ADDRESS,
        "pm_port": _SETTINGS[PORT],
        "pm_password": _SECRET,
        "name": _TEXT | {"pattern": f"^(?!{_UUID}$){NAME_PATTERN}$"},
        "uuid": {"type": "string", "pattern": f"^{_UUID}$"},
        "extra": {"type": "object", "properties": {SEAL_FIELD: False}},
        "mac": {"$ref": "#/$defs/ports"},
        "ports": {"$ref": "#/$defs/ports"},
        "capabilities": {"$ref": "#/$defs/capabilities"},
        "root_device": {"$ref": "#/$defs/root_device"},
    }
    if key in SIZES:
        _, minimum = SIZES[key]
        return _number(minimum, _ABOVE_ZERO if minimum else _FROM_ZERO)
    return special.get(key, {"$ref": "#/$defs/text"})


def _number(minimum: int, pattern: str) -> Schema:
    # A minimum says nothing of texts, nor a pattern of numbers.
    return {"type": ["integer", "string"], "minimum": minimum, "pattern": pattern}


def _any_case(pattern: str) -> str:
    return re.sub("[a-z]", lambda found: f"[{found[0]}{found[0].upper()}]", pattern)


_SETTINGS: Mapping[int, Schema] = {
    ADDRESS: _ADDRESS,
    PORT: _number(1, _TCP_PORT) | {"maximum": LAST_PORT},
    SECRET: _SECRET,
    WORD: _TEXT,
    FLAG: {"type": ["boolean", "string"], "pattern": f"^{_any_case(FLAG_PATTERN)}$"},
    FLAG_OR_PATH: {"type": ["boolean", "string"], "pattern": r"\S"},
}


def _root_device() -> Schema:
    hints: Schema = {hint: {"$ref": "#/$defs/text"} for hint in sorted(HINTS)}
    hints["rotational"] = {"anyOf": [{"type": "boolean"}, {"$ref": "#/$defs/text"}]}
    return {"type": "object", "properties": hints, "additionalProperties": False}


def _told(key: str, value: Schema) -> Schema:
    told = _TOLD.get(key, "")
    if key in INTERFACES:
        told = f"Ironic's {key}"
    return {"description": told, **value} if told else value
