"""Operating a live undercloud, found by TRIPLEO_UNDERCLOUD_CONF, through the shell.

Needs root, as the commands do. Services are stopped for moments only.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.functional.signals import hear_ctrl_c
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.domain.undercloud.services import SERVICES
from tripleo_cli.inputs.undercloud import FILE_VARIABLE, load_undercloud

pytestmark = [pytest.mark.functional, pytest.mark.disruptive]

OPENSTACK = Path(sys.executable).with_name("openstack")
RECOVERY_S = 120
Rows = Mapping[str, Mapping[str, Any]]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ours, with nobody at the keyboard."""
    return subprocess.run(  # noqa: S603 - our own words
        (str(OPENSTACK), "undercloud", *words),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def shell(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command that has to end with ``code``."""
    done = run(*words)
    assert done.returncode == code, done.stderr + done.stdout
    return done


def by_service(text: str) -> Rows:
    return {row["Service"]: row for row in json.loads(text)}


def rows(code: int = 0) -> Rows:
    return by_service(shell("status", "-f", "json", code=code).stdout)


def wait_until_well() -> Rows:
    deadline = time.monotonic() + RECOVERY_S
    while (done := run("status", "-f", "json")).returncode:
        assert time.monotonic() < deadline, done.stderr
        time.sleep(1)
    return by_service(done.stdout)


def wait_for_pid(service: str) -> int:
    """Wait until it runs, be it that it only begins to."""
    deadline = time.monotonic() + RECOVERY_S
    while True:
        found = by_service(run("status", "-f", "json").stdout)[service]
        if found["PID"] and psutil.pid_exists(found["PID"]):
            return int(found["PID"])
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


@pytest.fixture(scope="module")
def config() -> UndercloudConfig:
    assert FILE_VARIABLE in os.environ, f"{FILE_VARIABLE} has to name an undercloud"
    return load_undercloud()


@pytest.fixture(autouse=True)
def _named(config: UndercloudConfig) -> None:
    """Every test needs an undercloud that was named on purpose."""
    assert config.cloud_name


@pytest.fixture
def _restored() -> Iterator[None]:
    """Whatever a test did, the undercloud runs after it."""
    yield
    shell("start")


def test_every_service_runs_and_answers() -> None:
    found = rows()

    assert list(found) == [spec.name for spec in SERVICES]
    for spec in SERVICES:
        row = found[spec.name]
        assert row["State"] == "RUNNING"
        assert row["Answers"] is (True if spec.port else None)
        assert row["Memory MiB"] > 0
        assert row["Uptime"] >= 0
        assert row["Version"]


@pytest.mark.usefixtures("_restored")
def test_stopping_and_starting_one_service() -> None:
    before = rows()

    shell("stop", "heat-cfn")
    stopped = rows(code=1)
    shell("start", "heat-cfn")
    after = rows()

    assert stopped["heat-cfn"]["State"] == "STOPPED"
    assert stopped["heat-cfn"]["Answers"] is False
    assert after["heat-cfn"]["Answers"] is True
    others = [name for name in before if name != "heat-cfn"]
    assert all(before[name]["PID"] == after[name]["PID"] for name in others)


def test_starting_what_runs_changes_nothing() -> None:
    before = {name: row["PID"] for name, row in rows().items()}

    shell("start")

    assert {name: row["PID"] for name, row in rows().items()} == before


@pytest.mark.usefixtures("_restored")
def test_a_service_that_is_killed_comes_back() -> None:
    pid = rows()["heat-cfn"]["PID"]

    os.kill(pid, signal.SIGKILL)

    assert wait_until_well()["heat-cfn"]["PID"] != pid


@pytest.mark.usefixtures("_restored")
def test_a_service_that_is_killed_while_it_starts_comes_back() -> None:
    """Its worker, which loads the application, must not keep the port."""
    for _ in range(3):
        os.kill(wait_for_pid("heat-cfn"), signal.SIGKILL)

    wait_until_well()


@pytest.mark.usefixtures("_restored")
def test_start_after_the_supervisor_was_killed(config: UndercloudConfig) -> None:
    before = rows()
    pid_file = Path(Layout(config.state_dir).run) / "supervisord.pid"

    os.kill(int(pid_file.read_text()), signal.SIGKILL)
    shell("start")

    after = rows()
    assert all(before[name]["PID"] != row["PID"] for name, row in after.items())


POLLS_A_BROKEN_PIPE = """
import os, runpy, sys
from supervisor import poller, supervisord

supervisord.main = lambda: None
runpy.run_path(sys.argv[1])
polled = poller.Poller(options=None)
theirs, ours = os.pipe()
polled.register_readable(ours)
os.close(theirs)
print(polled.poll(0), polled.poll(60))
"""


def test_the_supervisor_rests_beside_a_pipe_that_is_broken(
    config: UndercloudConfig,
) -> None:
    """It would take a whole core: its poll() would never wait again."""
    layout = Layout(config.state_dir)
    argv = (f"{layout.venv}/bin/python", "-c", POLLS_A_BROKEN_PIPE)

    with subprocess.Popen((*argv, layout.supervisor_program)) as one:  # noqa: S603
        with pytest.raises(subprocess.TimeoutExpired):
            one.wait(timeout=3)
        one.kill()


@pytest.mark.parametrize("verb", ["start", "stop", "restart", "logs"])
def test_an_unknown_service(verb: str) -> None:
    said = shell(verb, "keystoen", code=1).stderr

    assert 'did you mean "keystone"?' in said


def test_the_end_of_a_log() -> None:
    lines = shell("logs", "mariadb", "--lines", "3").stdout.splitlines()

    assert 0 < len(lines) <= 3


def test_restarting_while_following_a_log() -> None:
    command = (str(OPENSTACK), "undercloud", "logs", "supervisord")
    options = ("--follow", "--lines", "1")
    argv = (*command, *options)
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdout=pipe, preexec_fn=hear_ctrl_c) as follower:  # noqa: S603, PLW1509 - our own words, no threads
        assert follower.stdout is not None
        try:
            follower.stdout.readline()
            before = rows()["heat-cfn"]["PID"]
            shell("restart", "heat-cfn")
            assert rows()["heat-cfn"]["PID"] != before
            line = follower.stdout.readline().decode()
        finally:
            follower.send_signal(signal.SIGINT)
    assert "heat-cfn" in line
    assert follower.returncode == 0


def test_credentials_sign_in(config: UndercloudConfig) -> None:
    hidden = json.loads(shell("credentials", "-f", "json").stdout)
    words = ("credentials", "--show-password", "-f", "shell", "--prefix", "uc_")
    script = f"""
        {shell(*words).stdout}
        export OS_AUTH_URL="$uc_auth_url" OS_USERNAME="$uc_username"
        export OS_PASSWORD="$uc_password" OS_PROJECT_NAME="$uc_project_name"
        export OS_USER_DOMAIN_NAME="$uc_user_domain_name" OS_IDENTITY_API_VERSION=3
        export OS_PROJECT_DOMAIN_NAME="$uc_project_domain_name"
        exec {OPENSTACK} token issue -f value -c id
    """

    done = subprocess.run(  # noqa: S603 - our own words
        ("/bin/sh", "-c", script), capture_output=True, text=True, check=False
    )

    assert hidden["password"] == "***"
    assert hidden["cloud"] == config.cloud_name
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_sample_can_be_installed_from(tmp_path: Path) -> None:
    sample = tmp_path / "undercloud.conf"
    sample.write_text(shell("config", "sample").stdout)

    assert load_undercloud(sample).state_dir == "/var/lib/tripleo-undercloud"


def test_uninstall_removes_nothing_without_a_yes(config: UndercloudConfig) -> None:
    said = shell("uninstall", code=1).stderr

    assert f"{config.state_dir}/data" in said
    assert "--yes" in said
    assert rows()


def test_a_busy_port_is_named_with_its_holder(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        path = tmp_path / "undercloud.conf"
        path.write_text(
            f"[DEFAULT]\nstate_dir = {tmp_path}/state\n"
            f"clouds_file = {tmp_path}/clouds.yaml\nport_offset = 30000\n"
            f"[ports]\nkeystone = {server.getsockname()[1]}\n"
        )
        said = shell("install", "--dry-run", "--config", str(path), code=1).stderr

    assert "keystone is taken by" in said
    assert f"(pid {os.getpid()})" in said
    assert not (tmp_path / "state").exists()


def test_a_second_run_sees_its_own_services(config: UndercloudConfig) -> None:
    """The ports are taken, and that is as it should be."""
    assert config.ports

    shell("install", "--dry-run")
