"""Nodes files: what TripleO's were, read as today's Ironic wants it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tripleo_cli.domain.definition import NodeDefinition
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.node_keys import KNOWN_KEYS
from tripleo_cli.inputs.nodes import load_nodes, parse_nodes

DATA = Path(__file__).parents[2] / "data" / "nodes"
REFERENCE: list[dict[str, Any]] = json.loads((DATA / "reference.json").read_text())
PROBLEMS: list[dict[str, Any]] = yaml.safe_load((DATA / "problems.yaml").read_text())

# Where we differ from what TripleO answered, and why.
STRICTER = {
    # TripleO passed the whole mapping on as if it were the list.
    "parse-no-nodes-key",
    # Its file reader did not look at the entries; a BMC needs an address.
    "parse-wrapped-json",
    "parse-bare-list-json",
    "parse-yaml",
}


def by_name(case: dict[str, Any]) -> str:
    return str(case["name"])


def read(case: dict[str, Any]) -> tuple[NodeDefinition, ...]:
    if "text" in case:
        return parse_nodes(case["text"], source=case["source"])
    return parse_nodes(json.dumps(case["input"]), source="nodes.json")


def as_tripleo(fields: dict[str, Any]) -> dict[str, Any]:
    """Undo what we do differently on purpose.

    Sizes and ports are numbers, as Ironic's own inspection writes them; TripleO sent
    the texts of the file.
    """
    numbers = ("cpus", "memory_mb", "local_gb")
    for mapping in (fields["properties"], fields["driver_info"]):
        for key in {*numbers, "ipmi_port"} & set(mapping):
            mapping[key] = str(mapping[key])
    return fields


def without_drac(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out the keys of a driver's interfaces that Ironic has removed."""
    info = fields["driver_info"]
    kept = {key: info[key] for key in info if not key.startswith("drac_")}
    return {**fields, "driver_info": kept}


@pytest.mark.parametrize("case", REFERENCE, ids=by_name)
def test_files_for_tripleo_are_read_as_tripleo_read_them(case: dict[str, Any]) -> None:
    if not case["is_valid"] or case["name"] in STRICTER:
        with pytest.raises(InvalidInputError):
            read(case)
        return

    definitions = read(case)

    assert [as_tripleo(node.fields()) for node in definitions] == [
        without_drac(node["fields"]) for node in case["nodes"]
    ]
    assert [[port.fields() for port in node.ports] for node in definitions] == [
        node["ports"] for node in case["nodes"]
    ]


@pytest.mark.parametrize("case", PROBLEMS, ids=by_name)
def test_every_problem_is_listed_with_its_place(case: dict[str, Any]) -> None:
    text = case.get("text") or json.dumps({"nodes": case["nodes"]})

    with pytest.raises(InvalidInputError) as caught:
        parse_nodes(text, source=case.get("source", "nodes.json"))

    assert [str(problem) for problem in caught.value.problems] == case["problems"]


def test_json_yaml_and_csv_say_the_same(tmp_path: Path) -> None:
    entry = {
        "pm_type": "ipmi",
        "pm_addr": "10.0.0.8",
        "pm_user": "admin",
        "pm_password": "0123",
        "mac": ["52:54:00:11:22:33"],
    }
    (tmp_path / "a.json").write_text(json.dumps([entry]))
    (tmp_path / "a.yaml").write_text(
        "nodes:\n- pm_type: ipmi\n  pm_addr: 10.0.0.8\n  pm_user: admin\n"
        "  pm_password: 0123\n  mac: [52:54:00:11:22:33]\n"
    )
    line = "ipmi,10.0.0.8,admin,0123,52-54-00-11-22-33\n"
    (tmp_path / "a.csv").write_text("# machines\n" + line)
    (tmp_path / "named.csv").write_text(
        "mac,pm_type,pm_password,pm_user,pm_addr\n"
        "52:54:00:11:22:33,ipmi,0123,admin,10.0.0.8\n"
    )
    (tmp_path / "no-extension").write_text(line)
    names = ("a.json", "a.yaml", "a.csv", "named.csv", "no-extension")
    read = [load_nodes(tmp_path / name)[0] for name in names]

    assert {json.dumps(node.fields(), sort_keys=True) for node in read} == {
        json.dumps(read[0].fields(), sort_keys=True)
    }
    assert {node.macs for node in read} == {("52:54:00:11:22:33",)}


def test_an_old_driver_name_is_noted() -> None:
    [node] = parse_nodes(
        '[{"pm_type": "pxe_ipmitool", "pm_addr": "a"}]', source="a.json"
    )

    assert node.driver == "ipmi"
    assert node.notes == ("pxe_ipmitool is called ipmi today",)


def test_one_bmc_may_serve_several_machines() -> None:
    systems = [
        {"pm_type": "redfish", "pm_addr": "https://bmc", "pm_system_id": f"/S/{i}"}
        for i in range(2)
    ]

    assert len(parse_nodes(json.dumps(systems), source="a.json")) == 2


def test_capabilities_are_merged_with_the_profile() -> None:
    [text, mapping] = parse_nodes(
        json.dumps(
            [
                {"pm_type": "fake", "capabilities": "boot_mode:uefi", "profile": "x"},
                {"pm_type": "fake", "capabilities": {"a": True, "n": 1}},
            ]
        ),
        source="a.json",
    )

    assert text.capabilities == {"boot_mode": "uefi", "profile": "x"}
    assert mapping.capabilities == {"a": "true", "n": "1"}


def test_comments_are_ignored_and_extra_is_passed_on() -> None:
    entry = {"pm_type": "fake", "_comment": "x", "extra": {"rack": 4}}
    text = json.dumps({"_comment": "mine", "nodes": [entry]})
    [node] = parse_nodes(text, source="a.json")

    assert node.extra == {"rack": 4}


def test_a_password_is_in_no_text_form_of_a_definition() -> None:
    entry = {"pm_type": "ipmi", "pm_addr": "a", "pm_password": "hush"}
    [node] = parse_nodes(json.dumps([entry]), source="a.json")

    assert node.secrets == {"ipmi_password": "hush"}
    assert "hush" not in repr(node)


PASSWORDS = [" s ", "s\t", " ", "a,b"]


@pytest.mark.parametrize("key", ["pm_password", "redfish_password"])
@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_is_taken_as_it_is(key: str, password: str) -> None:
    entry = {"pm_type": "redfish", "pm_addr": " a ", "pm_user": " u ", key: password}
    [node] = parse_nodes(json.dumps([entry]), source="a.json")

    assert node.driver_info == {
        "redfish_address": "a",
        "redfish_username": "u",
        "redfish_password": password,
    }


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_in_quotes_is_taken_as_it_is_from_csv(password: str) -> None:
    text = f'ipmi, 10.0.0.8 , admin , "{password}" , 52:54:00:11:22:33\n'
    [node] = parse_nodes(text.replace('" ,', '",'), source="a.csv")

    assert node.secrets == {"ipmi_password": password}
    assert node.driver_info["ipmi_username"] == "admin"
    assert node.macs == ("52:54:00:11:22:33",)


def test_settings_under_ironics_names_are_read_as_the_others() -> None:
    entry = {
        "pm_type": "ipmi",
        "ipmi_address": " 10.0.0.8 ",
        "ipmi_port": " 6230 ",
        "ipmi_password": 1234,
        "ipmi_force_boot_device": "True",
        "ipmi_bridging": "no",
    }
    [node] = parse_nodes(json.dumps([entry]), source="a.json")

    assert node.driver_info == {
        "ipmi_address": "10.0.0.8",
        "ipmi_port": 6230,
        "ipmi_password": "1234",
        "ipmi_force_boot_device": "True",
        "ipmi_bridging": "no",
    }


def test_a_cell_that_never_ends_is_told_with_its_place() -> None:
    good, open_quote = "fake,,,,52:54:00:11:22:3", 'fake,"'
    rows = [f"{good}3", open_quote + "x" * 200_000, f"{good}4", f"{good}z"]

    with pytest.raises(InvalidInputError) as caught:
        parse_nodes("\n".join(rows), source="a.csv")

    assert [str(problem) for problem in caught.value.problems] == [
        "line 2: has a cell of more than 131072 characters (is a quote left open?)",
        'line 4.mac[0]: "52:54:00:11:22:3z" is not a MAC address',
    ]


def test_a_port_says_only_what_the_file_says() -> None:
    mac, link = "52:54:00:11:22:33", {"switch_id": "a", "port_id": "b"}
    both = {"address": mac, "physical_network": "x", "local_link_connection": link}
    entry = {"pm_type": "fake", "ports": [both]}
    [said, unsaid] = parse_nodes(
        json.dumps([entry, {"pm_type": "fake", "mac": mac.replace("33", "34")}]),
        source="a.json",
    )

    assert (said.ports[0].physical_network, said.ports[0].local_link) == ("x", link)
    assert unsaid.ports[0].physical_network is None
    assert unsaid.ports[0].fields()["physical_network"] == "ctlplane"


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3)
    ),
    max_leaves=5,
)
KEYS = st.sampled_from(sorted(KNOWN_KEYS))
ENTRIES = st.dictionaries(KEYS | WORDS, VALUES | st.sampled_from(["ipmi", "fake"]))


@given(st.lists(ENTRIES, max_size=3))
def test_whatever_a_file_holds_is_read_or_refused(entries: list[Any]) -> None:
    try:
        definitions = parse_nodes(json.dumps(entries), source="a.json")
    except InvalidInputError:
        return

    assert len(definitions) == len(entries)


MACS = st.integers(0, 2**48 - 1).map(
    lambda n: ":".join(f"{n:012x}"[i : i + 2] for i in range(0, 12, 2))
)


@given(st.lists(MACS, min_size=2, max_size=6))
def test_macs_are_distinct_in_any_case(macs: list[str]) -> None:
    cased = [mac.upper() if i % 2 else mac for i, mac in enumerate(macs)]
    text = json.dumps([{"pm_type": "fake-hardware", "mac": [mac]} for mac in cased])
    if len(set(macs)) == len(macs):
        assert [node.macs for node in parse_nodes(text, source="a.json")] == [
            (mac,) for mac in macs
        ]
    else:
        with pytest.raises(InvalidInputError, match="has the same MAC address"):
            parse_nodes(text, source="a.json")
