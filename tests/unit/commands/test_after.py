"""What operators see of an overcloud that is deployed: how to sign in, what works."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from osc_lib import exceptions

from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tests.unit.workflows.test_deploy_configured import a_world, deployed
from tripleo_cli.commands import base
from tripleo_cli.commands.after import refusal, tried_rows
from tripleo_cli.commands.deploy import ValidateOvercloud
from tripleo_cli.commands.stack import Credentials
from tripleo_cli.domain.overcloud.passwords import passwords_in
from tripleo_cli.domain.overcloud.trial import Tried, Verdict


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("OS_CLIENT_CONFIG_FILE", raising=False)
    return tmp_path


def run(kind: type[base.Command], cloud: FakeCloud, *argv: str) -> Any:
    class Timed(kind):  # type: ignore[misc, valid-type]
        clock = FakeClock()

    shell = SimpleNamespace(
        stdout=io.StringIO(),
        client_manager=SimpleNamespace(tripleo=cloud),
        command_options=[],
        prepare_to_run_command=lambda _command: None,
    )
    command = Timed(shell, None)
    options = [*argv, "-f", "json"]
    command.run(command.get_parser("openstack").parse_args(options))
    return json.loads(shell.stdout.getvalue())


def test_credentials_are_written_again_and_the_password_is_hidden(home: Path) -> None:
    world = a_world()
    password = passwords_in(deployed(world).parameters)["AdminPassword"]

    shown = run(Credentials, world.cloud, "oc")

    assert shown["password"] == "***"
    assert shown["auth_url"].endswith(":5000/v3")
    clouds = home / ".config/openstack/clouds.yaml"
    assert clouds.stat().st_mode & 0o777 == 0o600
    auth = yaml.safe_load(clouds.read_text())["clouds"]["oc"]["auth"]
    assert auth["password"] == password
    assert f"OS_PASSWORD={password}" in (home / "ocrc").read_text()
    assert (home / "ocrc").stat().st_mode & 0o777 == 0o600


def test_the_password_is_shown_to_whoever_asks_for_it() -> None:
    world = a_world()
    password = passwords_in(deployed(world).parameters)["AdminPassword"]

    shown = run(Credentials, world.cloud, "oc", "--show-password")

    assert shown["password"] == password


def test_clouds_yaml_is_the_one_that_the_shell_reads(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(home / "mine.yaml"))
    world = a_world()
    deployed(world)

    run(Credentials, world.cloud, "oc")

    assert "oc" in yaml.safe_load((home / "mine.yaml").read_text())["clouds"]


@pytest.mark.parametrize(
    ("kind", "argv"),
    [(Credentials, ("oc",)), (ValidateOvercloud, ("--after", "--stack", "oc"))],
)
def test_simulated_machines_have_nothing_to_sign_in_to(
    kind: type[base.Command], argv: tuple[str, ...]
) -> None:
    world = a_world(simulated="boots nothing")
    deployed(world)

    with pytest.raises(exceptions.CommandError, match=r"no Keystone.*\nTry: openstack"):
        run(kind, world.cloud, *argv)


def test_a_trial_is_a_table_and_its_failures_fail_the_command() -> None:
    good = Tried(what="sign in", verdict=Verdict.OK, seconds=0.3)
    bad = Tried(what="boot", verdict=Verdict.FAILED, seconds=9.0, detail="ERROR")

    assert tried_rows([good]) == [("sign in", "ok", 0.3, "")]
    assert refusal([good]) is None
    assert "  boot: ERROR" in str(refusal([good, bad]))
