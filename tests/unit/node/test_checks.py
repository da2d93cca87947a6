from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.node_machine import FakeMachine
from tests.unit.node.bundles import a_bundle, a_step, put
from tripleo_cli.node import bundle as bundles
from tripleo_cli.node import checks, store
from tripleo_cli.node.system import Ran

RUNS = {"name": "it runs", "service": "glance-api", "timeout_s": 5}
UNIT = {"unit": "glance-api", "max_restarts": 2}


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    return FakeMachine(root=tmp_path, packages={"glance-api"})


def made(machine: FakeMachine, kind: str, values: dict[str, Any]) -> Any:
    bundle = bundles.parse(json.dumps(a_bundle()), Path("bundle"))
    return checks.make(machine.site, bundle, {**RUNS, kind: values})


def test_a_unit_that_runs_passes(machine: FakeMachine) -> None:
    machine.units["glance-api"] = ("active", 2)

    assert made(machine, "systemd", UNIT) == {
        "step": 0,
        "name": "it runs",
        "service": "glance-api",
        "passed": True,
        "detail": "glance-api is active (x)",
        "unit": "glance-api",
        "log": [],
        "resource": "",
        "seconds": 0.0,
    }


@pytest.mark.parametrize(
    ("state", "restarts", "detail"),
    [
        ("activating", 4, "is activating (x), after 4 restarts (for 5 s)"),
        ("failed", 0, "is failed (x)"),
    ],
)
def test_a_unit_in_trouble_fails_with_its_last_words(
    machine: FakeMachine, state: str, restarts: int, detail: str
) -> None:
    machine.units["glance-api"] = (state, restarts)
    machine.journal["glance-api"] = "one\ntwo"

    seen = made(machine, "systemd", UNIT)

    assert not seen["passed"]
    assert detail in seen["detail"]
    assert seen["log"] == ["one", "two"]
    assert seen["seconds"] == 5.0


def test_a_unit_that_is_restarted_again_and_again_fails(machine: FakeMachine) -> None:
    machine.units["glance-api"] = ("active", 3)
    (machine.root / "proc/uptime").write_text("21.00 1.00\n")

    seen = made(machine, "systemd", UNIT)

    assert not seen["passed"]
    assert seen["detail"] == (
        "glance-api was restarted 3 times, at most 2 are allowed, and runs for 12 s "
        "only: what keeps ending it? When that is mended: "
        "systemctl reset-failed glance-api (for 5 s)"
    )


def test_restarts_of_long_ago_are_forgotten(machine: FakeMachine) -> None:
    machine.units["glance-api"] = ("active", 3)
    (machine.root / "proc/uptime").write_text("609.50 1.00\n")

    assert made(machine, "systemd", UNIT)["passed"]


def test_a_unit_that_began_just_now_has_to_prove_itself(machine: FakeMachine) -> None:
    machine.units["glance-api"] = ("active", 0)
    (machine.root / "proc/uptime").write_text("10.00 1.00\n")

    assert "began only 1 s ago" in made(machine, "systemd", UNIT)["detail"]


def test_a_unit_that_is_not_there_is_told(machine: FakeMachine) -> None:
    assert "there is no unit glance-api" in made(machine, "systemd", UNIT)["detail"]


def test_what_comes_true_in_time_passes(machine: FakeMachine) -> None:
    machine.units["glance-api"] = ("activating", 0)

    def recover() -> None:
        machine.units["glance-api"] = ("active", 0)

    machine.on_sleep = recover

    assert made(machine, "systemd", UNIT)["passed"]


def test_lines_of_trouble_in_a_log_file_are_shown(machine: FakeMachine) -> None:
    log = machine.root / "var/log/glance/glance-api.log"
    log.parent.mkdir(parents=True)
    log.write_text("a INFO x\nb ERROR no database\nc INFO y\n")

    assert made(machine, "systemd", UNIT)["log"] == ["b ERROR no database"]


def test_a_database_is_asked(machine: FakeMachine) -> None:
    machine.queries["SELECT 1"] = "1"
    right, wrong = ({"query": "SELECT 1", "expect": one} for one in (1, "2"))

    assert made(machine, "sql", right)["passed"]
    assert 'the answer is "1", not "2"' in made(machine, "sql", wrong)["detail"]
    machine.queries.clear()
    assert "ERROR 2002" in made(machine, "sql", right)["detail"]
    assert made(machine, "sql", right)["unit"] == "mariadb"


@pytest.mark.parametrize(("answer", "passed"), [("3", True), ("2", False)])
def test_a_database_cluster_has_its_size(
    machine: FakeMachine, *, answer: str, passed: bool
) -> None:
    query = "SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'"
    machine.queries[query] = f"wsrep_cluster_size\t{answer}"

    assert made(machine, "cluster", {"of": "mysql", "size": 3})["passed"] is passed


def test_a_single_database_needs_no_cluster(machine: FakeMachine) -> None:
    machine.queries["SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'"] = ""

    assert made(machine, "cluster", {"of": "mysql", "size": 1})["passed"]


def test_a_message_cluster_has_its_size(machine: FakeMachine) -> None:
    nodes = json.dumps({"running_nodes": ["rabbit@a"]})
    machine.commands["rabbitmqctl"] = Ran(0, nodes)

    assert made(machine, "cluster", {"of": "rabbitmq", "size": 1})["passed"]
    seen = made(machine, "cluster", {"of": "rabbitmq", "size": 2})
    assert "1 of 2 run: rabbit@a" in seen["detail"]


def test_messaging_is_asked(machine: FakeMachine) -> None:
    machine.commands["rabbitmq-diagnostics"] = Ran(0)
    assert made(machine, "amqp", {})["passed"]
    machine.commands["rabbitmq-diagnostics"] = Ran(69, "", "unable to connect")

    seen = made(machine, "amqp", {})

    assert "it ended with 69: unable to connect" in seen["detail"]
    assert seen["unit"] == "rabbitmq-server"


@pytest.mark.parametrize(
    ("ran", "detail"),
    [
        (Ran(None), "was killed"),
        (Ran(3, "", "no"), "it ended with 3: no"),
        (Ran(0, "other"), 'does not print "yes"'),
    ],
)
def test_a_command_that_fails_or_hangs(
    machine: FakeMachine, ran: Ran, detail: str
) -> None:
    machine.commands["probe"] = ran

    seen = made(machine, "command", {"argv": ["probe"], "stdout": "yes"})

    assert detail in seen["detail"]


def test_a_check_that_cannot_be_made_fails(machine: FakeMachine) -> None:
    assert "no 'query' given" in made(machine, "sql", {})["detail"]
    assert "knows no such check" in made(machine, "smell", {})["detail"]
    assert "cannot run none" in made(machine, "command", {"argv": ["none"]})["detail"]
    assert (
        "no cluster of x" in made(machine, "cluster", {"of": "x", "size": 1})["detail"]
    )


def test_a_nodes_checks_are_made_in_order_and_remembered(machine: FakeMachine) -> None:
    machine.units = {"a": ("active", 0), "b": ("failed", 0)}
    machine.journal["b"] = "my password is s3cret-word"
    asked = [
        {"name": name, "timeout_s": 1, "systemd": {"unit": name}} for name in ("a", "b")
    ]
    elsewhere = {"name": "c", "on": "deployer", "tcp": {"port": 1}}
    step = a_step("", "h1", *asked, elsewhere)
    put(machine.layout.bundle, a_bundle({"1": step}))
    store.remember(machine.layout, 1, {"state": "applied", "hash": "h1"})

    outcomes = checks.check(machine.site, [1])

    assert [(one["name"], one["passed"]) for one in outcomes] == [
        ("a", True),
        ("b", False),
    ]
    assert outcomes[1]["log"] == ["my password is ***"]
    assert store.records(machine.layout)[1]["passed"] is False
    assert checks.check(machine.site, [2]) == []


def test_checks_of_several_steps_are_made_in_one_round(machine: FakeMachine) -> None:
    machine.units = {"a": ("active", 0), "b": ("failed", 0)}
    asked = {
        name: {"name": name, "timeout_s": 30, "systemd": {"unit": name}}
        for name in ("a", "b")
    }
    steps = {"1": a_step("", "h1", asked["a"]), "4": a_step("", "h4", asked["b"])}
    put(machine.layout.bundle, a_bundle(steps))
    for number in (1, 4):
        record = {"state": "applied", "hash": f"h{number}"}
        store.remember(machine.layout, number, record)

    outcomes = checks.check(machine.site, [1, 4], within_s=3)

    assert [(one["step"], one["passed"]) for one in outcomes] == [(1, True), (4, False)]
    assert outcomes[1]["seconds"] == 3.0
    assert "(for 3 s)" in outcomes[1]["detail"]
    records = store.records(machine.layout)
    assert (records[1]["passed"], records[4]["passed"]) == (True, False)


def test_what_was_seen_is_told_while_another_run_holds_the_node(
    machine: FakeMachine,
) -> None:
    machine.units = {"a": ("active", 0)}
    asked = {"name": "a", "timeout_s": 30, "systemd": {"unit": "a"}}
    steps = {"1": a_step("", "h1", asked), "4": a_step("", "h4", asked)}
    put(machine.layout.bundle, a_bundle(steps))
    store.remember(machine.layout, 1, {"state": "applied", "hash": "h1"})
    began = machine.time

    with store.locked(machine.site, 0):
        outcomes = checks.check(machine.site, [1, 4])

    assert [one["passed"] for one in outcomes] == [True, True]
    assert store.records(machine.layout)[1] == {"state": "applied", "hash": "h1"}
    assert machine.time - began <= checks.WAIT_S + 1
