"""Tags are taken off nodes, as far as nobody needs them."""

from __future__ import annotations

import pytest
from osc_lib.exceptions import CommandError

from tests.builders import a_node
from tests.fakes.cloud import FakeCloud
from tests.unit.commands.shell import Shell
from tripleo_cli.commands.profile import UnsetProfiles
from tripleo_cli.domain.node import Node, ProvisionState
from tripleo_cli.errors import ServiceError

TAGS = {"profile": "compute", "compute_profile": "1", "node": "compute-0"}


@pytest.fixture
def shell() -> Shell:
    nodes = [
        a_node("free", capabilities=TAGS, traits=frozenset({"CUSTOM_X"})),
        a_node("trait", traits=frozenset({"CUSTOM_PROFILE_COMPUTE"})),
        a_node("used", capabilities=TAGS, state=ProvisionState.ACTIVE),
        a_node("plain"),
    ]
    return Shell(FakeCloud(nodes))


def nodes_of(shell: Shell) -> dict[str, Node]:
    return {node.name: node for node in shell.cloud.baremetal.nodes()}


def results(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["Node Name"]: row["Result"] for row in rows}


def test_tags_go_and_what_nodes_are_fit_for_stays(shell: Shell) -> None:
    rows = shell(UnsetProfiles, "free", "uuid-trait")

    assert results(rows) == {"free": "removed", "trait": "removed"}
    after = nodes_of(shell)
    assert after["free"].capabilities == {"compute_profile": "1", "node": "compute-0"}
    assert after["free"].traits == {"CUSTOM_X"}
    assert after["trait"].traits == frozenset()


def test_all_means_nodes_without_a_server(shell: Shell) -> None:
    rows = shell(UnsetProfiles, "--all")

    assert results(rows) == {
        "free": "removed",
        "plain": "unchanged",
        "trait": "removed",
    }
    assert nodes_of(shell)["used"].capabilities == TAGS


def test_nodes_with_a_server_keep_theirs_unless_it_is_forced(shell: Shell) -> None:
    with pytest.raises(CommandError, match=r"used: carries a server \(active\)"):
        shell(UnsetProfiles, "free", "used")
    assert nodes_of(shell)["free"].capabilities == TAGS

    shell(UnsetProfiles, "used", "--force")

    assert "profile" not in nodes_of(shell)["used"].capabilities


def test_pins_alone_can_be_removed(shell: Shell) -> None:
    shell(UnsetProfiles, "--pins", "free")

    after = nodes_of(shell)["free"].capabilities
    assert after == {"compute_profile": "1", "profile": "compute"}


def test_the_last_capability_can_be_removed(shell: Shell) -> None:
    node = nodes_of(shell)["plain"]
    shell.cloud.baremetal.change(node.id, capabilities={"profile": "compute"})

    shell(UnsetProfiles, "plain")

    assert nodes_of(shell)["plain"].capabilities == {}


def test_a_node_that_refuses_is_told_after_the_others_were_done(shell: Shell) -> None:
    shell.cloud.baremetal.refuses("trait", "set_traits", ServiceError("locked"))

    with pytest.raises(CommandError, match=r"1 of 3 nodes keep their tags:\n  trait"):
        shell(UnsetProfiles, "--all")

    assert "profile" not in nodes_of(shell)["free"].capabilities


@pytest.mark.parametrize("words", [(), ("--all", "free")])
def test_either_nodes_or_all_are_named(shell: Shell, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        shell(UnsetProfiles, *words)


def test_unknown_nodes_are_told(shell: Shell) -> None:
    with pytest.raises(CommandError, match='did you mean "free"'):
        shell(UnsetProfiles, "fre")
