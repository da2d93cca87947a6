"""A whole life: import, inspect, deploy, scale, fail, heal, remove, delete.

The tests build on each other, in the order in which they stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Shell, by_key, wait_until
from tests.e2e.fleet import Fleet
from tests.e2e.observer import Observer

pytestmark = [
    pytest.mark.e2e,
    # openstacksdk, by which the tests look at services, warns of its own doings.
    pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning"),
]

STACK = "e2e"
NODES = 6
FAULT = "SIMULATED: writing the image failed: I/O error on /dev/sda"


@pytest.fixture(scope="module")
def shell(live_shell: Shell) -> Shell:
    return live_shell


@pytest.fixture(scope="module")
def seen(shell: Shell) -> Iterator[Observer]:
    observer = Observer(cloud=shell.cloud, stack=STACK)
    yield observer
    observer.close()


@pytest.fixture(scope="module")
def fleet(
    shell: Shell,
    cleanups: list[Callable[[], object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Fleet:
    made = Fleet(shell=shell, folder=tmp_path_factory.mktemp("fleet"))
    cleanups.append(lambda: delete_nodes(shell, made))
    cleanups.append(made.stop)
    cleanups.append(lambda: delete_stack(shell))
    made.start(NODES, "e2e")
    return made


def delete_stack(shell: Shell) -> None:
    shell.run("openstack", "overcloud", "delete", STACK, "--yes")


def delete_nodes(shell: Shell, fleet: Fleet) -> None:
    shell.run("openstack", "overcloud", "node", "delete", *fleet.names)


def deploy_words(compute: int) -> tuple[str, ...]:
    return (
        *("overcloud", "deploy", "--stack", STACK),
        *("--role-count", "Controller=1", "--role-count", f"Compute={compute}"),
    )


def nodes(shell: Shell) -> dict[str, dict[str, Any]]:
    rows = shell.json("overcloud", "node", "list")
    return {name: row for name, row in by_key(rows, "Name").items() if name}


def servers(shell: Shell) -> dict[str, dict[str, Any]]:
    rows = by_key(shell.json("server", "list", "--long"), "Name")
    return {name: row for name, row in rows.items() if name.startswith(f"{STACK}-")}


def baremetal_nodes(shell: Shell) -> list[dict[str, Any]]:
    """List nodes as Ironic's own command does, whose titles differ by version."""
    names = {"provisioning_state": "provision_state"}
    return [
        {
            names.get(title, title): value
            for key, value in row.items()
            for title in [key.lower().replace(" ", "_")]
        }
        for row in shell.json("baremetal", "node", "list")
    ]


def states(seen: Observer, fleet: Fleet) -> set[str]:
    known = seen.states()
    return {known[name] for name in fleet.names}


# Nodes


def test_machines_become_available_nodes(
    shell: Shell, seen: Observer, fleet: Fleet
) -> None:
    shell.openstack(
        *("overcloud", "node", "import", fleet.nodes_file),
        *("--introspect", "--provide"),
    )

    known = nodes(shell)
    assert set(fleet.names) <= set(known)
    assert states(seen, fleet) == {"available"}
    assert all(known[name]["CPUs"] for name in fleet.names)


def test_importing_again_changes_nothing(shell: Shell, fleet: Fleet) -> None:
    before = nodes(shell)

    again = shell.openstack(
        *("overcloud", "node", "import", fleet.nodes_file),
        *("--introspect", "--provide"),
    )

    assert nodes(shell) == before
    assert "nothing changed" in again.said


def test_a_broken_nodes_file_is_refused_before_anything_happens(
    shell: Shell, fleet: Fleet
) -> None:
    before = nodes(shell)
    broken = shell.cwd / "broken.json"
    broken.write_text(Path(fleet.nodes_file).read_text()[:-20])

    done = shell.refused("overcloud", "node", "import", str(broken))

    assert "broken.json" in done.said
    assert "line" in done.said
    assert nodes(shell) == before


def matched(shell: Shell) -> dict[str, list[str]]:
    """Match nodes to roles; gives the names of the nodes of each."""
    answer = shell.json(
        *("overcloud", "profiles", "match"),
        *("--role-count", "Controller=1", "--role-count", "Compute=2"),
    )
    found: dict[str, list[str]] = answer["assignment"]
    return found


def test_profiles_are_matched(shell: Shell, fleet: Fleet) -> None:
    chosen = matched(shell)

    counts = {role: len(names) for role, names in chosen.items()}
    assert counts == {"Controller": 1, "Compute": 2}
    assert len({*chosen["Controller"], *chosen["Compute"]} & set(fleet.names)) == 3


def test_more_nodes_than_there_are_is_refused_with_reasons(
    shell: Shell, fleet: Fleet
) -> None:
    done = shell.refused(*deploy_words(compute=50))

    assert all(name in done.said for name in fleet.names)


# Images


def test_images_are_uploaded_once(shell: Shell) -> None:
    folder = shell.cwd / "images"
    folder.mkdir()
    for name in (
        *("overcloud-full.raw", "overcloud-full.vmlinuz", "overcloud-full.initrd"),
        *("ironic-python-agent.kernel", "ironic-python-agent.initramfs"),
    ):
        (folder / name).write_bytes(f"SIMULATED {name}".encode().ljust(65536, b"\0"))
    words = (
        *("overcloud", "image", "upload", "--image-path", str(folder)),
        *("--os-image-name", "overcloud-full.raw"),
    )

    # An undercloud that was used before has images of these names.
    first = by_key(shell.json(*words, "--update-existing"), "Name")
    second = by_key(shell.json(*words), "Name")

    assert {name: row["ID"] for name, row in first.items()} == (
        {name: row["ID"] for name, row in second.items()}
    )
    assert {row["Result"] for row in second.values()} == {"unchanged"}


# The stack


def test_a_dry_run_changes_nothing(shell: Shell, seen: Observer, fleet: Fleet) -> None:
    before = nodes(shell)

    shell.openstack(
        *deploy_words(compute=2), "--dry-run", "--output-dir", str(shell.cwd / "dry")
    )

    assert list((shell.cwd / "dry").rglob("*.yaml"))
    assert nodes(shell) == before
    assert not seen.stack_status()
    assert states(seen, fleet) == {"available"}


def test_a_stack_is_deployed_on_the_nodes_that_were_matched(
    shell: Shell, seen: Observer, fleet: Fleet
) -> None:
    chosen = matched(shell)

    shell.openstack(*deploy_words(compute=2))

    assert seen.stack_status() == "CREATE_COMPLETE"
    on = seen.placed()
    assert set(on.values()) == {*chosen["Controller"], *chosen["Compute"]}
    assert len(on) == 3
    assert set(on.values()) <= set(fleet.names)


def test_status_agrees_with_what_openstack_says(shell: Shell) -> None:
    status = by_key(shell.json("overcloud", "status", "--stack", STACK), "Hostname")
    resources = by_key(
        shell.json("stack", "resource", "list", STACK, "-n", "5"), "resource_name"
    )
    machines = by_key(baremetal_nodes(shell), "uuid")

    listed = servers(shell)
    assert set(status) == set(listed)
    for name, row in status.items():
        server = listed[name]
        machine = machines[row["Node UUID"]]
        assert row["Resource"] == resources[name]["resource_status"]
        assert row["Server ID"] == resources[name]["physical_resource_id"]
        assert (row["Server"], row["Server ID"]) == (server["Status"], server["ID"])
        assert row["Node"] == machine["name"]
        assert row["Server ID"] == machine["instance_uuid"]
        assert row["Provision State"] == machine["provision_state"]
        assert row["Power"] in str(machine["power_state"])


def test_deploying_again_changes_nothing_and_says_so(
    shell: Shell, seen: Observer
) -> None:
    before = seen.stack_times()

    again = shell.openstack(*deploy_words(compute=2))

    assert "nothing changed" in again.said
    assert seen.stack_times() == before


def test_more_nodes_join_and_the_others_stay(shell: Shell, seen: Observer) -> None:
    before = seen.placed()

    shell.openstack(*deploy_words(compute=3))

    after = seen.placed()
    assert seen.stack_status() == "UPDATE_COMPLETE"
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()


def test_fewer_nodes_is_refused_and_says_how_to_name_the_one(
    shell: Shell, seen: Observer
) -> None:
    before = seen.placed()

    done = shell.refused(*deploy_words(compute=2))

    assert "overcloud node remove" in done.said
    assert seen.placed() == before


def test_a_named_node_leaves_and_its_machine_comes_back(
    shell: Shell, seen: Observer
) -> None:
    before = seen.placed()
    leaving = sorted(name for name in before if "compute" in name)[0]
    machine = before[leaving]

    shell.openstack("overcloud", "node", "remove", "--stack", STACK, machine, "--yes")

    after = seen.placed()
    assert after == {name: node for name, node in before.items() if name != leaving}
    wait_until(lambda: seen.states()[machine] == "available", within_s=120)


# Failures


def test_a_failing_node_is_shown_with_its_cause_and_healed(
    shell: Shell, seen: Observer, fleet: Fleet
) -> None:
    free = [name for name in fleet.names if name not in seen.placed().values()]
    for name in free:
        fleet.set_fault(name, f"deploy-fails:{FAULT}")
    before = seen.placed()
    want = len(before)  # One controller; so this is one compute more than there are.

    failed = shell.refused(*deploy_words(compute=want))

    assert FAULT in failed.said
    assert any(name in failed.said for name in free)
    shown = shell.run("openstack", "overcloud", "failures", "--stack", STACK)
    assert FAULT in shown.said

    for name in free:
        fleet.set_fault(name, "none")
    shell.openstack(*deploy_words(compute=want))

    after = seen.placed()
    assert before.items() <= after.items()
    assert len(after) == want + 1
    assert seen.stack_status().endswith("_COMPLETE")


def test_a_deleted_stack_gives_its_machines_back(
    shell: Shell, seen: Observer, fleet: Fleet
) -> None:
    shell.openstack("overcloud", "delete", STACK, "--yes")

    assert not seen.stack_status()
    assert not seen.servers()
    wait_until(lambda: states(seen, fleet) == {"available"}, within_s=180, every_s=3)


# kill -9 of deploy


def kill_deploy(shell: Shell, seen: Observer, compute: int, moment: str) -> None:
    """Begin to deploy, wait until the stack is at ``moment``, kill -9."""
    with shell.start("openstack", *deploy_words(compute)) as running:
        wait_until(lambda: bool(running.log.read_text()), within_s=120, every_s=0.05)
        wait_until(
            lambda: running.is_over() or moment in ("", seen.stack_status()),
            within_s=300,
            every_s=0.1,
        )
        running.kill(with_children=False)


@pytest.mark.parametrize(
    ("moment", "compute"),
    [("", 2), ("CREATE_IN_PROGRESS", 2), ("UPDATE_IN_PROGRESS", 3)],
    ids=["before the stack", "while created", "while updated"],
)
def test_a_killed_deploy_is_completed_by_the_same_command(
    shell: Shell, seen: Observer, fleet: Fleet, moment: str, compute: int
) -> None:
    kill_deploy(shell, seen, compute, moment)

    shell.openstack(*deploy_words(compute))

    assert seen.stack_status().endswith("_COMPLETE")
    assert len(seen.placed()) == compute + 1
    assert set(seen.placed().values()) <= set(fleet.names)
    if not moment:
        delete_stack(shell)
