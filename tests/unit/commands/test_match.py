"""Matching as an operator types it: with a cloud, and without."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from osc_lib.exceptions import CommandError

from tests.builders import a_node
from tests.fakes.cloud import FakeCloud
from tests.unit.commands.shell import Shell
from tripleo_cli.commands.profile import MatchProfiles
from tripleo_cli.domain.node import ProvisionState
from tripleo_cli.domain.profile import current_profiles

DATA = Path(__file__).parents[2] / "data" / "assignment-cases.json"
CASES = {case["name"]: case for case in json.loads(DATA.read_text())["cases"]}
KEYS = ["feasible", "assignment", "unmet", "conflict", "rejected"]


@pytest.fixture
def shell() -> Shell:
    nodes = [
        a_node("a", capabilities={"compute_profile": "1"}),
        a_node("b", capabilities={"profile": "gpu"}, state=ProvisionState.ENROLL),
    ]
    return Shell(FakeCloud(nodes))


def profiles(shell: Shell) -> dict[str, tuple[str, ...]]:
    nodes = shell.cloud.baremetal.nodes()
    return {node.name: current_profiles(node) for node in nodes}


def offline(folder: Path, nodes: list[Any], *words: str) -> dict[str, Any]:
    """Match nodes of a file; a shortage shows the same answer, and then fails."""
    source = folder / "nodes.json"
    source.write_text(json.dumps(nodes))
    shell = Shell(FakeCloud())
    try:
        shell(MatchProfiles, "--from", str(source), *words)
    except CommandError:
        assert not json.loads(shell.printed)["feasible"]
    assert not shell.signed_in
    answer: dict[str, Any] = json.loads(shell.printed)
    return answer


def test_matching_tags_nodes(shell: Shell) -> None:
    answer = shell(MatchProfiles, "--compute-scale", "1")

    assert answer["assignment"] == {"Compute": ["a"]}
    assert profiles(shell) == {"a": ("compute",), "b": ("gpu",)}


@pytest.mark.parametrize("option", ["--dry-run", "--explain"])
def test_a_question_tags_nothing(shell: Shell, option: str) -> None:
    answer = shell(MatchProfiles, "--compute-scale", "1", option)

    assert list(answer) == KEYS
    assert answer["feasible"]
    assert profiles(shell) == {"a": (), "b": ("gpu",)}


def test_no_node_is_touched_unless_all_roles_are_satisfied(shell: Shell) -> None:
    counts = ("--compute-scale", "1", "--control-scale", "1")

    with pytest.raises(CommandError, match="Controller needs 1 node, 0 fit"):
        shell(MatchProfiles, *counts)

    answer = json.loads(shell.printed)
    assert answer["assignment"] == {"Compute": ["a"], "Controller": []}
    assert not {"update", "set_traits"} & set(shell.cloud.baremetal.calls)


def test_part_of_it_is_done_where_that_is_enough(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = ("--compute-scale", "2", "--control-scale", "1")

    answer = shell(MatchProfiles, *counts, "--partial")

    assert (answer["feasible"], answer["unmet"]) == (
        False,
        {"Compute": 1, "Controller": 1},
    )
    assert profiles(shell)["a"] == ("compute",)
    assert "Not all roles have their nodes" in capsys.readouterr().err


def test_in_part_by_no_node_at_all_is_a_failure(shell: Shell) -> None:
    with pytest.raises(CommandError, match="Controller needs 1 node, 0 fit"):
        shell(MatchProfiles, "--control-scale", "1", "--partial")


def test_an_explanation_is_shown_and_then_fails(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--role-count", "Compute=2", "--explain", "-f", "csv")

    with pytest.raises(CommandError, match="Compute needs 2 nodes, 1 fits: a"):
        shell(MatchProfiles, *words)

    assert '"a","available","assigned"' in shell.printed
    assert '"b","enroll","is in state enroll"' in shell.printed
    assert "Mode: scale, because nodes are tagged" in capsys.readouterr().err


def test_columns_are_rows_in_json_too(shell: Shell) -> None:
    words = ("--compute-scale", "1", "-f", "json", "-c", "Role", "-c", "Node Name")

    shell(MatchProfiles, *words)

    assert json.loads(shell.printed) == [{"Role": "Compute", "Node Name": "a"}]


def test_default_counts_are_used_where_none_are_given(shell: Shell) -> None:
    with pytest.raises(CommandError, match=r"Controller needs 1 node, 0 fit"):
        shell(MatchProfiles)


def test_the_answer_without_a_cloud_has_its_documented_shape(tmp_path: Path) -> None:
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / "Big.yaml").write_text("name: Big\nneeds: {cpus: 8}\n")
    plain = {"resource_class": "baremetal"}
    nodes = [
        {**plain, "name": "n1", "uuid": "u1", "properties": {"cpus": 16}},
        {**plain, "name": None, "uuid": "u2", "properties": {"cpus": "4"}},
        {**plain, "name": "n3", "uuid": "u3", "maintenance": True},
    ]
    words = ("--roles-path", str(tmp_path / "roles"))
    counts = ("--role-count", "Big=2", "--role-count", "Compute=1")

    answer = offline(tmp_path, nodes, *words, *counts)

    assert list(answer) == KEYS
    assert answer["feasible"] is False
    assert answer["assignment"] == {"Big": ["n1"], "Compute": ["u2"]}
    assert answer["unmet"] == {"Big": 1}
    assert answer["conflict"]["roles"] == ["Big"]
    assert answer["conflict"]["wanted"] == len(["n1", "another"])
    assert answer["conflict"]["nodes"] == ["n1"]
    assert answer["conflict"]["reason"] == "Big needs 2 nodes, 1 fits: n1"
    assert answer["rejected"] == {
        "Big": {"u2": "has 4 CPUs, needs 8", "n3": "is in maintenance"},
        "Compute": {"n3": "is in maintenance"},
    }


@pytest.mark.parametrize("name", CASES)
def test_reference_cases_are_answered_in_any_order(tmp_path: Path, name: str) -> None:
    given, expected = CASES[name]["input"], CASES[name]["expected"]
    wanted = {role["profile"]: role["count"] for role in given["roles"]}
    fits = {node["id"]: node["possible_profiles"] for node in given["nodes"]}
    nodes = [_entry(node) for node in given["nodes"]]
    words = _role_words(tmp_path, wanted)

    answer = offline(tmp_path, nodes, *words)

    assert answer["feasible"] == expected["feasible"]
    assert bool(answer["conflict"]) != expected["feasible"]
    chosen = answer["assignment"]
    short = answer["unmet"]
    assert {name: len(chosen[name]) + short.get(name, 0) for name in chosen} == wanted
    flat = [node for name in chosen for node in chosen[name]]
    assert len(flat) == len(set(flat)) == expected["max_new_assignments"]
    assert all(name in fits[node] for name in chosen for node in chosen[name])

    rng = random.Random(name)  # noqa: S311 - an order, not a secret
    rng.shuffle(nodes)
    counts = [words[i : i + 2] for i in range(2, len(words), 2)]
    rng.shuffle(counts)
    again = offline(tmp_path, nodes, *words[:2], *sum(counts, ()))
    assert again == answer


def _entry(node: Mapping[str, Any]) -> dict[str, Any]:
    # Without any possible profile a node would fit all roles here, none there.
    possible = node["possible_profiles"] or ["nothing"]
    capabilities = ",".join(f"{profile}_profile:1" for profile in possible)
    assert node["profile"] is None
    return {
        "name": node["id"],
        "uuid": f"uuid-{node['id']}",
        "provision_state": node["provision_state"],
        "maintenance": False,
        "resource_class": "baremetal",
        "traits": [],
        "properties": {"capabilities": capabilities},
        "inventory": None,
        "plugin_data": None,
    }


def _role_words(folder: Path, wanted: Mapping[str, int]) -> tuple[str, ...]:
    roles = folder / "roles"
    roles.mkdir()
    for name in wanted:
        (roles / f"{name}.yaml").write_text(f"name: {name}\n")
    counts = [
        word
        for name, number in wanted.items()
        for word in ("--role-count", f"{name}={number}")
    ]
    return ("--roles-path", str(roles), *counts)


def test_manageable_nodes_can_be_matched_before_they_are_made_available() -> None:
    states = (ProvisionState.MANAGEABLE, ProvisionState.ENROLL)
    nodes = [a_node(state.value, state=state) for state in states]
    shell = Shell(FakeCloud(nodes))

    with pytest.raises(CommandError, match="manageable: is in state manageable"):
        shell(MatchProfiles, "--compute-scale", "1")
    shell(MatchProfiles, "--compute-scale", "1", "--manageable")
    shell(
        *(MatchProfiles, "--compute-scale", "1", "--manageable", "--explain"),
        *("-f", "csv"),
    )

    assert profiles(shell) == {"manageable": ("compute",), "enroll": ()}
    assert '"manageable","manageable","assigned"' in shell.printed


def test_the_remedy_asks_the_same_question(tmp_path: Path) -> None:
    source = tmp_path / "of mine.json"
    source.write_text(json.dumps([_entry(CASES["chain-20"]["input"]["nodes"][0])]))
    words = ("--from", str(source), "--manageable", "--mode", "scale")

    with pytest.raises(CommandError) as raised:
        Shell(FakeCloud())(MatchProfiles, *words, "--compute-scale", "1")

    assert str(raised.value).endswith(
        "\nTry: openstack overcloud profiles match --explain --manageable "
        f"--from '{source}' --mode scale --role-count Compute=1"
    )


def test_all_that_cannot_be_read_is_told_of_at_once() -> None:
    shell = Shell(FakeCloud())

    with pytest.raises(CommandError) as caught:
        shell(MatchProfiles, "--from", "/no/nodes", "--roles-path", "/no/roles")

    assert "/no/nodes: there is no such file" in str(caught.value)
    assert "/no/roles: there is no such file" in str(caught.value)


WRONG = (
    *("--role-count", "Compute=x"),
    *("--pin", "n-3", "--pin", "zz=Compute-0"),
    *("--spread", "Compute", "--spread", "Compute=nope.x"),
)


def told_of(*words: str) -> list[str]:
    with pytest.raises(CommandError) as caught:
        Shell(FakeCloud())(MatchProfiles, *words)
    return [line.strip() for line in str(caught.value).splitlines()[1:-1]]


def test_every_option_is_read_before_anything_is_said(tmp_path: Path) -> None:
    source = tmp_path / "nodes.json"
    source.write_text('[{"name": "a"}]')

    assert told_of(*WRONG, "--from", str(source)) == [
        'role counts: --role-count Compute=x: must be a whole number, not "x"',
        "pins: --pin n-3: must be NODE=ROLE-NUMBER (--pin node-3=Controller-0)",
        "what roles are spread over: --spread Compute=nope.x: there is no fact "
        '"nope.x"',
        "spread: --spread Compute: must be ROLE=PATH (--spread "
        "Controller=properties.rack)",
        "nodes: zz: there is no such node",
    ]


def test_roles_that_cannot_be_read_hide_no_option(tmp_path: Path) -> None:
    (tmp_path / "Mine.yaml").write_text("name: Mine\nnedes: {}\n")

    told = told_of(*WRONG, "--roles-path", str(tmp_path))

    assert len(told) == len(["role", "count", "pin", "spread", "spread path"])
    assert "nedes: unknown key" in told[0]
    assert not [line for line in told if "there is no role" in line]


def test_a_file_without_nodes_has_none_of_the_clouds(
    shell: Shell, tmp_path: Path
) -> None:
    source = tmp_path / "nodes.json"
    source.write_text("[]")

    with pytest.raises(CommandError):
        shell(MatchProfiles, "--from", str(source), "--compute-scale", "1")

    assert json.loads(shell.printed)["unmet"] == {"Compute": 1}
