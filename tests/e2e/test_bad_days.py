"""Bad days: what an operator sees of each, and that the same command then completes.

The tests build on each other, in the order in which they stand here: one deployment
goes from one misfortune to the next, and gets to its end. They run as root: system
containers stand in for the machines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.e2e import toys as toy_cloud
from tests.e2e.boxes import Box
from tests.e2e.conftest import Running, Shell
from tests.e2e.toys import (
    AGENT,
    STACK,
    TOY,
    WRONG,
    Rows,
    Toys,
    await_said,
    cut_power,
    finished,
)

pytestmark = pytest.mark.e2e

GO_ON = "run the same `openstack overcloud deploy` again"
MANIFESTS = "/etc/puppet/tripleo/manifests"
RUNS = {1: 1, 2: 3, 3: 1, 4: 2, 5: 2}
"""How often puppet does each step on the node that others wait for: once, but for what
did not last (in 2 and 5), and what was asked for again (4)."""
CLOCK = "/usr/lib/python3/dist-packages/an-hour-ahead.pth"
"""A container has its host's clock: what can be off by an hour is what Python, and so
the program on the node, takes for the time."""
AHEAD = "import time; time.time = lambda now=time.time: now() + 3600"


@pytest.fixture(scope="module")
def toys(
    live_shell: Shell,
    cleanups: list[Callable[[], object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Toys:
    return toy_cloud.make(live_shell, tmp_path_factory.mktemp("toys"), cleanups)


@contextmanager
def trouble(box: Box, begin: str, end: str) -> Iterator[None]:
    """Break something on a node, and mend it as its operator would."""
    box.does(begin)
    try:
        yield
    finally:
        box.does(end)


@contextmanager
def fate(box: Box, script: str) -> Iterator[None]:
    """Have something happen to a node in step 4."""
    write = f"printf '%s\n' '#!/bin/sh' '{script}' > /root/fate; chmod +x /root/fate"
    with trouble(box, write, "rm /root/fate"):
        yield


@contextmanager
def killed(toys: Toys) -> Iterator[Running]:
    """Deploy, and kill that at the end of the block."""
    with toys.begin() as running:
        yield running
        cut_power(running)
    toys.note_what_is_done()


def test_a_node_that_never_answers(toys: Toys) -> None:
    toys.fleet.set_fault(toys.agent.node, "unplugged")
    toys.agent.wait(answers=False)

    told = toys.refused("--overcloud-ssh-timeout", "5", "--max-fail-percentage", "0")

    assert "1 of 1 compute nodes failed (100 %), more than 0 %" in told.said
    assert f"{AGENT} does not let us in after 5 s" in told.said
    assert "is it up? openstack server list; ssh -i" in told.said
    assert GO_ON in told.said
    assert toys.ran(toys.toy) == {}
    toys.fleet.set_fault(toys.agent.node, "none")
    toys.agent.wait()


def test_an_unfit_node_says_all_that_is_wrong_and_stays_as_it_is(toys: Toys) -> None:
    small = "mount -t tmpfs -o size=1m tmpfs /var/log"
    ahead = f"echo '{AHEAD}' > {CLOCK}"

    with trouble(toys.toy, f"{small}; {ahead}", f"umount --lazy /var/log; rm {CLOCK}"):
        told = toys.refused()

    assert f"before step 1 stopped: {TOY} failed" in told.said
    assert "ahead of the deploying machine's" in told.said
    assert "chronyc makestep" in told.said
    assert "MiB are free on /var/log, 100 are needed" in told.said
    assert "df -h /var/log" in told.said
    assert "package toy-of-the-tests: it is not on this node; service toy" in told.said
    assert "sudo apt-get install toy-of-the-tests" in told.said
    toys.toy.does("! test -e /var/lib/tripleo/bundle.json")
    install_the_toy(toys.toy)


def install_the_toy(box: Box) -> None:
    """Make the package that is missing; there is nowhere to get it from."""
    control = "Package: toy-of-the-tests\\nVersion: 1\\nArchitecture: all\\n"
    control += "Maintainer: tests\\nDescription: for tests\\n"
    box.does(
        "mkdir -p /tmp/toy/DEBIAN; "
        f"printf '{control}' > /tmp/toy/DEBIAN/control; "
        "dpkg-deb --build /tmp/toy /tmp/toy.deb; dpkg --install /tmp/toy.deb"
    )


def test_an_operators_value_that_puppet_does_not_take(toys: Toys) -> None:
    told = toys.refused()

    assert f"step 1 of {TOY}: failed: its puppet code does not compile" in told.said
    assert re.search(rf"{MANIFESTS}/step_1\.pp:\d+\b", told.said)
    assert "parameter 'max_connections' expects an Integer" in told.said
    written = f"{toys.folder}/environment.yaml"
    assert f'memcached::max_connections is "many" in {written}:' in told.said
    toys.tell(ExtraConfig=WRONG["ExtraConfig"])


def test_killed_in_step_1(toys: Toys) -> None:
    with killed(toys) as running:
        toys.await_in_step(running, 1)


def test_killed_in_step_2_and_no_other_deployment_meanwhile(toys: Toys) -> None:
    with killed(toys) as running:
        await_said(running, "step 2: began")
        told = toys.refused()
        toys.await_in_step(running, 2)

    assert f"process {running.process.pid}" in told.said
    assert f"to overcloud deploy of {STACK}" in told.said
    assert f"kill {running.process.pid}" in told.said


def test_killed_in_step_3(toys: Toys) -> None:
    with killed(toys) as running:
        toys.await_in_step(running, 3)


def test_mariadb_killed_between_steps_3_and_4(toys: Toys) -> None:
    folder = "/run/systemd/system/mariadb.service.d"
    # systemd would start it again after 5 s.
    stay = f"mkdir -p {folder}; printf '[Service]\nRestart=no\n' > {folder}/x.conf"
    toys.toy.does(f"{stay}; systemctl daemon-reload")

    with fate(toys.toy, "systemctl kill --signal KILL mariadb; sleep 1"):
        told = toys.refused()

    assert f"step 4 stopped: {TOY} failed" in told.said
    assert f"Exec[tables of the toy] ({MANIFESTS}/step_4.pp:" in told.said
    assert "Can't connect to " in told.said
    assert GO_ON in told.said
    assert toys.toy.ssh("systemctl", "is-active", "mariadb").returncode != 0


def test_a_wrong_password_in_hiera(toys: Toys) -> None:
    told = toys.refused()

    # First of all, what died is brought back.
    mended = f'step 2 of {TOY}: done before, but its check "MariaDB runs" (mariadb is'
    assert mended in told.said
    assert toys.ran(toys.toy) == {1: 1, 2: 2, 3: 1}
    toys.noted.pop((TOY, 2))
    assert f"Exec[tables of the toy] ({MANIFESTS}/step_4.pp:" in told.said
    assert "Access denied for user 'toy'" in told.said
    assert WRONG["ExtraConfig"]["toy_password"] not in told.said
    toys.tell()


def test_killed_in_step_4(toys: Toys) -> None:
    with killed(toys) as running:
        toys.await_in_step(running, 4)

    assert toys.ran(toys.toy) == {1: 1, 2: 2, 3: 1, 4: 1}


def test_rabbitmq_down_during_step_4(toys: Toys) -> None:
    with fate(toys.toy, "systemctl stop rabbitmq-server"):
        told = toys.refused("--step", "4", "--force")

    unit = "rabbitmq-server"
    assert f'step 4 of {TOY}: check "RabbitMQ still runs" failed after' in told.said
    assert f"(unit {unit}): {unit} is inactive (dead)" in told.said
    assert f"puppet's Service[{unit}] ({MANIFESTS}/step_2.pp:" in told.said
    assert f"Stopping and halting node rabbit@{TOY}" in told.said


def test_killed_in_step_5(toys: Toys) -> None:
    with killed(toys) as running:
        toys.await_in_step(running, 5)

    mended = f'step 2 of {TOY}: done before, but its check "RabbitMQ runs" (rabbitmq'
    assert mended in running.log.read_text()
    toys.noted.pop((TOY, 2), None)


def test_a_check_that_hangs(toys: Toys) -> None:
    with trouble(toys.toy, "touch /root/slow", "rm /root/slow"):
        told = toys.refused()
        skipped = toys.deploy("--skip-checks", "the toy is quick")

    assert f'step 5 of {TOY}: check "the toy is quick" failed after' in told.said
    assert "it did not end in its time, and was killed" in told.said
    assert "the toy is quick" not in skipped


def test_after_all_that_everything_is_done_and_nothing_twice(toys: Toys) -> None:
    toys.deploy()

    rows = assert_all_is_done(toys)
    assert toys.ran(toys.toy) == RUNS
    assert toys.ran(toys.agent) == {1: 1, 5: 1}
    assert {step for _, step in toys.noted} == {1, 3, 4}
    assert toys.noted.items() <= finished(rows).items()


def assert_all_is_done(toys: Toys) -> Rows:
    """Have the table say so; gives it."""
    rows = toys.steps()
    states = {(row["State"], row["Checks"]) for row in rows.values()}
    assert states == {("applied", "passed")}
    return rows


def test_a_look_shows_what_would_change_and_changes_nothing(toys: Toys) -> None:
    before, stack = toys.steps(), toys.stack()
    toys.tell(ToyPage="two")

    told = toys.deploy("--check", "--step", "3")

    assert f"step 3 of {TOY}: would change" in told
    assert "-a toy, page one" in told
    assert "+a toy, page two" in told
    assert "looked only, nothing was applied" in told
    assert (toys.steps(), toys.stack()) == (before, stack)
    assert toys.toy.says("cat", "/var/lib/toy/index.html") == "a toy, page one"
    assert toys.ran(toys.toy) == RUNS
    toys.tell()


def test_ctrl_c_while_one_step_is_made_again(toys: Toys) -> None:
    with toys.begin("--step", "3", "--force") as running:
        toys.await_in_step(running, 3, times=2)
        running.interrupt()
        told = running.end()

    assert told.code != 0
    assert f'interrupted while configuring stack "{STACK}"' in told.said
    assert "a step that has begun on a node goes on there" in told.said
    assert toys.ran(toys.toy) == {**RUNS, 3: 2}


def test_a_connection_that_is_cut_while_puppet_works(toys: Toys) -> None:
    words = ("--limit", AGENT, "--step", "5", "--force")
    with toys.begin(*words) as running:
        toys.await_in_step(running, 5, toys.agent, times=2)
        toys.agent.ssh("sudo pkill -KILL -f '[s]shd: tripleo-admin'")
        told = running.end()

    assert told.code != 0
    assert f"step 5 of {AGENT}: unreachable: the connection was lost" in told.said
    assert "what was begun there goes on; deploy again" in told.said
    assert toys.ran(toys.agent) == {1: 1, 5: 2}
    assert toys.ran(toys.toy)[5] == RUNS[5]


def test_a_node_that_may_fail_holds_nobody_up(toys: Toys) -> None:
    with trouble(toys.agent, "touch /root/broken", "rm /root/broken"):
        told = toys.refused("--step", "5", "--force")

    assert "1 of 2 nodes failed, the others are configured" in told.said
    assert f"step 5 of {AGENT}: failed: 1 resource failed" in told.said
    assert f"Exec[agent in step 5] ({MANIFESTS}/step_5.pp:" in told.said
    assert "the agent is broken" in told.said


def test_the_same_command_completes_what_was_interrupted_cut_and_broken(
    toys: Toys,
) -> None:
    toys.deploy()

    assert toys.ran(toys.agent) == {1: 1, 5: 4}
    assert toys.ran(toys.toy) == {**RUNS, 3: 2, 5: RUNS[5] + 1}
    assert_all_is_done(toys)


def test_force_does_all_of_a_node_again(toys: Toys) -> None:
    before, others = toys.ran(toys.agent), toys.ran(toys.toy)

    toys.deploy("--force", "--limit", AGENT)

    assert toys.ran(toys.agent) == {step: n + 1 for step, n in before.items()}
    assert toys.ran(toys.toy) == others
    assert_all_is_done(toys)
