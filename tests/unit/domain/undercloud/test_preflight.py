"""What speaks against installing an undercloud on a machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes.undercloud import CONFIG, FakeMachine
from tripleo_cli.domain.undercloud.preflight import (
    Listener,
    MachineFacts,
    Python,
    Registry,
    judge,
)
from tripleo_cli.errors import PreflightError
from tripleo_cli.workflows.undercloud.preflight import preflight

PYTHON = Python(path="/usr/bin/python3.11", version=(3, 11, 2), is_public=True)
FIT = MachineFacts(
    euid=0,
    distribution=("debian", "12"),
    python=PYTHON,
    memory_mb=16000,
    disk_free_mb=50000,
    hostname="director",
    hostname_resolves=True,
    has_local_ip=True,
    now=datetime(2026, 12, 1, tzinfo=UTC),
    registries=(Registry(name="Python packages"),),
)


def test_a_fit_machine_gets_neither_problems_nor_warnings() -> None:
    verdict = judge(CONFIG, FIT)

    assert verdict.problems == ()
    assert verdict.warnings == ()


REASONS: list[tuple[dict[str, Any], str, str]] = [
    ({"euid": 1000}, "user: only root", "sudo -E"),
    ({"distribution": ("ubuntu", "24.04")}, "distribution: this is ubuntu 24.04", "12"),
    ({"distribution": ("debian", "11")}, "distribution: this is debian 11", "12"),
    ({"distribution": ("", "")}, "distribution: this is unknown", "Debian 12"),
    ({"python": None}, "python: there is no /usr/bin/python3", "apt-get install"),
    ({"python": replace(PYTHON, version=(3, 9, 1))}, "is 3.9.1", "3.11"),
    ({"python": replace(PYTHON, is_public=False)}, "by every user", "chmod a+rx"),
    ({"memory_mb": 2000}, "memory: 2.0 GiB are there, 4 GiB is the least", "8 GiB"),
    (
        {"disk_free_mb": 4096},
        "disk: 4.0 GiB are free for /var/lib/uc, 5.0",
        "state_dir",
    ),
    ({"has_shared_memory": False}, "not every user can use /dev/shm", "mount -t tmpfs"),
    ({"state_dir_failure": "read-only"}, "state_dir: nothing can be", "another disk"),
    ({"hostname_resolves": False}, "hostname: this machine's name 'director'", "hosts"),
    ({"has_local_ip": False}, "local_ip: 127.0.0.1 is not an address", "ip -br"),
    (
        {"now": datetime(1970, 1, 2, tzinfo=UTC)},
        "time: the clock shows 1970",
        "set-ntp",
    ),
    (
        {"now": datetime(2150, 1, 2, tzinfo=UTC)},
        "time: the clock shows 2150",
        "set-ntp",
    ),
    (
        {"listeners": {5000: Listener(pid=42, name="nginx")}},
        "port: 5000 of keystone is taken by nginx (pid 42)",
        "[ports] keystone or port_offset",
    ),
    (
        {"listeners": {8774: Listener()}},
        "port: 8774 of nova-api is taken by a process that cannot be seen",
        "[ports] nova_api",
    ),
    (
        {"registries": (Registry(name="Python packages", failure="no route"),)},
        "registry: Python packages: no route",
        "proxy",
    ),
]


@pytest.mark.parametrize(
    ("facts", "what", "remedy"), REASONS, ids=[r[1] for r in REASONS]
)
def test_what_does_not_fit_is_told_with_its_remedy(
    facts: dict[str, Any], what: str, remedy: str
) -> None:
    (problem,) = judge(CONFIG, replace(FIT, **facts)).problems

    assert what in str(problem)
    assert remedy in str(problem)


def test_everything_is_told_at_once() -> None:
    facts: dict[str, Any] = {}
    for one, *_ in REASONS:
        facts.update(one)

    problems = judge(CONFIG, replace(FIT, **facts)).problems

    assert [problem.where for problem in problems] == [
        *("user", "distribution", "memory", "time", "python", "memory"),
        *("disk", "state_dir", "hostname", "local_ip", "port", "registry"),
    ]


def test_ports_of_this_very_undercloud_are_fine() -> None:
    ours = {5000: Listener(pid=7, name="uwsgi", is_ours=True)}

    assert judge(CONFIG, replace(FIT, listeners=ours)).problems == ()


def test_little_memory_is_a_warning() -> None:
    verdict = judge(CONFIG, replace(FIT, memory_mb=6000))

    assert verdict.problems == ()
    assert "8 GiB are recommended" in str(verdict.warnings[0])


def test_without_anything_to_download_a_registry_is_not_needed() -> None:
    silent = (Registry(name="Python packages", failure="no route"),)

    verdict = judge(CONFIG, replace(FIT, is_installed=True, registries=silent))

    assert verdict.problems == ()
    assert "no route" in str(verdict.warnings[0])


def test_a_later_run_needs_less_disk() -> None:
    facts = replace(FIT, disk_free_mb=2000)

    assert judge(CONFIG, facts).problems
    assert not judge(CONFIG, replace(facts, is_installed=True)).problems


def test_the_workflow_raises_every_problem_and_returns_warnings() -> None:
    bad = FakeMachine(replace(FIT, euid=1, memory_mb=10))

    with pytest.raises(
        PreflightError, match="nothing was changed; 2 problems"
    ) as caught:
        preflight(CONFIG, bad)

    assert "only root" in str(caught.value)
    assert preflight(CONFIG, FakeMachine(replace(FIT, memory_mb=5000)))
    assert preflight(CONFIG, FakeMachine(FIT)) == ()
