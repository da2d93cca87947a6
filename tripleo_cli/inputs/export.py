"""Read what ``openstack overcloud node export`` writes.

The file is a JSON list of nodes under Ironic's own key names: ``name``, ``uuid``,
``provision_state``, ``maintenance``, ``resource_class``, ``traits``, ``properties``,
``inventory`` and ``plugin_data``; also ``instance_uuid``, ``maintenance_reason``,
``conductor_group`` and ``extra``. Other keys of Ironic's API are left alone, so that
what another program has taken from there can be read too. Only a name or a uuid is
indispensable.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tripleo_cli.domain.facts import HardwareFacts, facts_from
from tripleo_cli.domain.facts.earlier import with_earlier
from tripleo_cli.domain.facts.plain import mapping
from tripleo_cli.domain.node import (
    Node,
    NodeId,
    NodeState,
    ProvisionState,
    parse_capabilities,
)
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at, kind, read_json, read_text

HINT = "openstack overcloud node export FILE"


def load_export(path: Path) -> tuple[Node, ...]:
    """Read exported nodes, with the hardware facts of those that were inspected.

    Raises:
        InvalidInputError: The file cannot be read or is not such a file; lists every
            problem.
    """
    problems = Problems(str(path))
    document = _document(read_text(path), problems)
    entries = problems.sequence("", document)
    nodes = tuple(
        _node(problems, at("", index), problems.mapping(at("", index), entry))
        for index, entry in enumerate(entries)
    )
    _check_named(problems, entries)
    _check_distinct(problems, nodes)
    problems.check(hint=HINT)
    return nodes


def _document(text: str, problems: Problems) -> Any:
    """Parse JSON; exports are large, and nobody writes them by hand.

    The project's own parser looks for repeated keys and tries YAML, at several times
    the cost.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problems.add(f"line {error.lineno}, column {error.colno}", error.msg)
    except ValueError:  # a number that Python does not read
        read_json(problems, text)
    except RecursionError:
        problems.add("", "lists or mappings are nested too deep")
    problems.check(hint=HINT)
    raise AssertionError("a problem was noted")


def _node(problems: Problems, where: str, raw: Mapping[str, Any]) -> Node:
    properties = dict(_mapping(problems, at(where, "properties"), raw, "properties"))
    capabilities = properties.pop("capabilities", None) or ""
    name, uuid = (_text(problems, where, raw, key) for key in ("name", "uuid"))
    return Node(
        id=NodeId(uuid or name),
        name=name,
        state=_state(problems, where, raw),
        resource_class=_text(problems, where, raw, "resource_class"),
        conductor_group=_text(problems, where, raw, "conductor_group"),
        traits=_traits(problems, at(where, "traits"), raw.get("traits")),
        properties=properties,
        capabilities=_capabilities(
            problems, at(where, "properties.capabilities"), capabilities
        ),
        extra=_mapping(problems, at(where, "extra"), raw, "extra"),
        instance_id=_text(problems, where, raw, "instance_uuid") or None,
        facts=_facts(problems, where, raw),
    )


def _state(problems: Problems, where: str, raw: Mapping[str, Any]) -> NodeState:
    maintenance = raw.get("maintenance") or False
    if not isinstance(maintenance, bool):
        place = at(where, "maintenance")
        problems.add(place, f"must be true or false, not {kind(maintenance)}")
    return NodeState(
        provision=_provision(problems, where, raw),
        maintenance=maintenance is True,
        maintenance_reason=_text(problems, where, raw, "maintenance_reason") or None,
    )


def _provision(
    problems: Problems, where: str, raw: Mapping[str, Any]
) -> ProvisionState:
    # Ironic's null state is the old name of "available".
    text = _text(problems, where, raw, "provision_state") or "available"
    states = {state.value: state for state in ProvisionState}
    if text not in states:
        place = at(where, "provision_state")
        problems.add(place, f'"{text}" is no state', did_you_mean(text, states))
    return states.get(text, ProvisionState.ERROR)


def _facts(
    problems: Problems, where: str, raw: Mapping[str, Any]
) -> HardwareFacts | None:
    inventory = _mapping(problems, at(where, "inventory"), raw, "inventory")
    plugin_data = _mapping(problems, at(where, "plugin_data"), raw, "plugin_data")
    if not inventory and not plugin_data:
        return None
    return with_earlier(facts_from(inventory, plugin_data), mapping(raw.get("extra")))


def _mapping(
    problems: Problems, where: str, raw: Mapping[str, Any], key: str
) -> Mapping[str, Any]:
    value = raw.get(key)
    return {} if value is None else problems.mapping(where, value)


def _text(problems: Problems, where: str, raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    if value is None or value == "":
        return ""
    return problems.text(at(where, key), value) or ""


def _traits(problems: Problems, where: str, value: object) -> frozenset[str]:
    items = problems.sequence(where, () if value is None else value)
    texts = (problems.text(at(where, i), item) for i, item in enumerate(items))
    return frozenset(text for text in texts if text)


def _capabilities(problems: Problems, where: str, value: object) -> Mapping[str, str]:
    if isinstance(value, Mapping):
        return {str(key): str(inner) for key, inner in value.items()}
    if isinstance(value, str):
        return parse_capabilities(value)
    problems.add(where, f"must be a text or a mapping, not {kind(value)}")
    return {}


def _check_named(problems: Problems, entries: Iterable[Any]) -> None:
    for index, entry in enumerate(entries):
        if isinstance(entry, Mapping) and not (entry.get("name") or entry.get("uuid")):
            problems.add(at("", index), "has neither a name nor a uuid")


def _check_distinct(problems: Problems, nodes: Iterable[Node]) -> None:
    counts = Counter(node.id for node in nodes)
    names = Counter(node.name for node in nodes if node.name)
    for what, known in (("uuid", counts), ("name", names)):
        for value, count in known.items():
            if value and count > 1:
                problems.add("", f'{count} nodes have the {what} "{value}"')
