"""``openstack undercloud install``: from options to a machine, and back to words."""

from __future__ import annotations

import argparse
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from osc_lib.exceptions import CommandError

from tests.fakes.site import FakeSite
from tests.fakes.undercloud import FakeMachine
from tests.unit.domain.undercloud.test_preflight import FIT
from tripleo_cli import plugin
from tripleo_cli.commands.undercloud import Install
from tripleo_cli.resources import shipped


class App:
    """As much of the shell as the command uses."""

    def __init__(self) -> None:
        self.stdout = io.StringIO()
        self.stderr = io.StringIO()
        self.client_manager = None
        self.options = argparse.Namespace()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeSite:
    folder = shipped("templates") / "undercloud"
    site = FakeSite({entry.name: entry.read_text() for entry in folder.iterdir()})
    site.machine = FakeMachine(FIT, site.supervisor)
    monkeypatch.setattr(plugin, "undercloud_tools", site.tools)
    monkeypatch.setattr(plugin, "local_machine", lambda: site.machine)
    monkeypatch.setenv("HOME", str(tmp_path))
    return site


@pytest.fixture
def conf(tmp_path: Path) -> str:
    path = tmp_path / "lab.conf"
    path.write_text(
        "[DEFAULT]\nstate_dir = /var/lib/uc\nservice_user = uc\n"
        "clouds_file = /root/clouds.yaml\n"
    )
    return str(path)


def run(*words: str) -> str:
    app: Any = App()
    command = Install(app, None)
    command.run(command.get_parser("x").parse_args(words))
    return str(app.stdout.getvalue())


def test_it_needs_no_cloud() -> None:
    assert not Install.auth_required


def test_it_ends_with_what_to_type_next(site: FakeSite, conf: str) -> None:
    said = run("--config", conf)

    assert "export OS_CLOUD=undercloud" in said
    assert "openstack overcloud node import" in said
    assert site.supervisor.runs("nova-compute")


def test_again_it_says_that_nothing_is_to_do(site: FakeSite, conf: str) -> None:
    run("--config", conf)

    assert run("--config", conf).startswith("Nothing to do")
    assert site.supervisor.runs("nova-compute")


def test_a_dry_run_lists_tasks_and_reasons(site: FakeSite, conf: str) -> None:
    said = run("--config", conf, "--dry-run")

    assert "Bootstrap Keystone: has not run yet" in said
    assert not site.supervisor.is_running()
    assert not site.host.exists("/var/lib/uc")


def test_an_unfit_machine_is_left_alone(site: FakeSite, conf: str) -> None:
    site.machine = FakeMachine(replace(FIT, euid=1000))

    with pytest.raises(CommandError, match="only root"):
        run("--config", conf)

    assert not site.host.ran


def test_a_failure_says_how_to_go_on(site: FakeSite, conf: str) -> None:
    site.host.failing["useradd"] = "no space left"

    with pytest.raises(CommandError, match=r"(?s)no space left.*same command again"):
        run("--config", conf)
