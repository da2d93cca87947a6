"""The schema of the nodes file says of an entry what its reader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tripleo_cli.domain.driver import DRIVERS, RENAMED
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.node_keys import HINTS, KNOWN_KEYS
from tripleo_cli.inputs.node_schema import nodes_schema, schema_text
from tripleo_cli.inputs.nodes import parse_nodes

DATA = Path(__file__).parents[2] / "data" / "nodes"
REFERENCE: list[dict[str, Any]] = json.loads((DATA / "reference.json").read_text())
PROBLEMS: list[dict[str, Any]] = yaml.safe_load((DATA / "problems.yaml").read_text())
SCHEMA = Draft202012Validator(nodes_schema())
# What the reader alone can see: it compares values with each other.
COMPARED = ("repeats", "has the same", "but capabilities say", "more than once")


def problems(document: Any) -> list[str]:
    try:
        parse_nodes(json.dumps(document), source="nodes.json")
    except InvalidInputError as error:
        return [problem.what for problem in error.problems]
    return []


def is_compared(what: str) -> bool:
    return any(word in what for word in COMPARED)


def agree(document: Any) -> bool:
    found = problems(document)
    seen = [what for what in found if not is_compared(what)]
    return SCHEMA.is_valid(document) is (not seen)


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(nodes_schema())

    assert json.loads(schema_text()) == nodes_schema()


@pytest.mark.parametrize(
    "case", [c for c in REFERENCE if "input" in c], ids=lambda case: case["name"]
)
def test_schema_and_reader_agree_on_files_for_tripleo(case: dict[str, Any]) -> None:
    assert agree(case["input"])


@pytest.mark.parametrize(
    "case", [c for c in PROBLEMS if "nodes" in c], ids=lambda case: case["name"]
)
def test_schema_and_reader_agree_on_wrong_files(case: dict[str, Any]) -> None:
    assert agree({"nodes": case["nodes"]})


@pytest.mark.parametrize("document", [{}, 4, "x", None, {"nodes": {}}, {"node": []}])
def test_both_refuse_what_is_no_list_of_nodes(document: Any) -> None:
    assert problems(document)
    assert not SCHEMA.is_valid(document)


@pytest.mark.parametrize("name", [*DRIVERS, *RENAMED])
def test_every_driver_and_its_own_settings_are_known(name: str) -> None:
    prefix = DRIVERS[RENAMED.get(name, name)].prefix
    entry = {"pm_type": name, f"{prefix}_address": "a", f"{prefix}_x": [1]}

    assert not problems([entry])
    assert SCHEMA.is_valid([entry])


# Spaces around texts are forgiven by the reader only.
TEXTS = st.text("aZ09:,-.@_/é", max_size=6)
WORDS = TEXTS | st.sampled_from(
    [
        *("0", "+7", "-1", "-0", "007", "65535", "65536", "9" * 18, "9" * 19),
        *("52:54:00:aa:bb:cc", "52-54-00-AA-BB-CC", "a:b,c:d", "true"),
        *("6f1ff1b0-4ba4-4a4c-9a3a-0d4b0b0c0d0e", "https://u:p@bmc"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-1, 70000) | WORDS | st.just(0.5)
KEYS = st.sampled_from(
    sorted(KNOWN_KEYS | HINTS | {"address", "physical_network", "nonsense"})
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(KEYS | TEXTS, inner, max_size=2)
    ),
    max_leaves=4,
)
ENTRIES = st.fixed_dictionaries(
    {"pm_type": st.sampled_from([*DRIVERS, "pxe_ipmitool", "horse"])},
    optional=dict.fromkeys(sorted(KNOWN_KEYS - {"pm_type"}), VALUES),
)


@given(st.sampled_from(sorted(KNOWN_KEYS)), VALUES, st.sampled_from(sorted(DRIVERS)))
def test_schema_and_reader_agree_on_every_key(
    key: str, value: Any, driver: str
) -> None:
    prefix = DRIVERS[driver].prefix
    entry = {"pm_type": driver, "arch": "a", f"{prefix}_address": "a", key: value}

    assert agree([entry])


OWN = st.sampled_from(
    [
        *("address", "target_address", "port", "terminal_port", "password", "kg_key"),
        *("username", "system_id", "force_boot_device", "verify_ca", "support"),
    ]
)


@given(OWN, VALUES | st.sampled_from(["YES", "off", "1"]), st.sampled_from([*DRIVERS]))
def test_schema_and_reader_agree_on_settings_under_ironics_names(
    name: str, value: Any, driver: str
) -> None:
    prefix = DRIVERS[driver].prefix

    assert agree(
        [{"pm_type": driver, f"{prefix}_address": "a", f"{prefix}_{name}": value}]
    )


@given(ENTRIES)
def test_schema_and_reader_agree_on_entries(entry: dict[str, Any]) -> None:
    assume(entry)

    assert agree([entry])
