"""The undercloud's commands: options in, table and exit code out."""

from __future__ import annotations

import argparse
import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from osc_lib.exceptions import CommandError

from tests.fakes.undercloud import CONFIG, STARTS_IN_S, FakeUndercloud
from tripleo_cli import plugin
from tripleo_cli.commands import undercloud_service as commands
from tripleo_cli.domain.undercloud.services import SERVICES
from tripleo_cli.inputs.undercloud_options import sample

NAMES = [spec.name for spec in SERVICES]


class App:
    """As much of the shell as commands use."""

    def __init__(self) -> None:
        self.stdout = io.StringIO()
        self.stderr = io.StringIO()
        self.client_manager = None
        self.options = argparse.Namespace()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeUndercloud:
    fake = FakeUndercloud()
    fake.supervisor.boot()
    fake.clock.sleep(STARTS_IN_S)
    monkeypatch.setattr(plugin, "make_undercloud", lambda _config: fake.undercloud)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TRIPLEO_UNDERCLOUD_CONF", raising=False)
    return fake


def run(kind: Any, *words: str) -> tuple[int, App]:
    app = App()
    command = kind(app, None)
    assert not command.auth_required
    code = command.run(command.get_parser("x").parse_args(words))
    return code or 0, app


@pytest.mark.usefixtures("fake")
def test_status_as_data() -> None:
    code, app = run(commands.Status, "-f", "json")

    assert code == 0
    found = {row["Service"]: row for row in json.loads(app.stdout.getvalue())}
    assert list(found) == NAMES
    assert found["keystone"] == {
        "Service": "keystone",
        "State": "RUNNING",
        "PID": 103,
        "Uptime": 60,
        "Memory MiB": 103,
        "Endpoint": "http://127.0.0.1:5000",
        "Answers": True,
        "Version": "30.0.0",
    }
    assert found["heat-engine"]["Answers"] is None


@pytest.mark.usefixtures("fake")
def test_status_for_the_eye() -> None:
    _, app = run(commands.Status)

    (row,) = [
        line for line in app.stdout.getvalue().splitlines() if "heat-engine" in line
    ]
    words = [word.strip() for word in row.strip("|").split("|")]
    assert words == ["heat-engine", "RUNNING", "114", "1 min 0 s", "114", "-", "-", "-"]


def test_status_ends_with_an_error_code_and_says_why(
    fake: FakeUndercloud, caplog: pytest.LogCaptureFixture
) -> None:
    fake.supervisor.stop("glance")

    with caplog.at_level(logging.ERROR):
        code, app = run(commands.Status, "-f", "json")

    assert code == 1
    assert "glance is STOPPED" in caplog.text
    assert json.loads(app.stdout.getvalue())


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (61, "1 min 1 s"),
        (3600, "1 h 0 min"),
        (90061, "1 d 1 h"),
    ],
)
def test_durations(seconds: int, shown: str) -> None:
    assert commands._duration(seconds) == shown  # noqa: SLF001 - a pure part


def test_stop_start_and_restart(fake: FakeUndercloud) -> None:
    run(commands.Stop, "glance")
    run(commands.Start, "glance")
    run(commands.Restart, "ironic")

    assert fake.supervisor.calls == [
        *("stop glance", "start glance"),
        *("stop ironic", "start ironic"),
    ]


@pytest.mark.usefixtures("fake")
def test_an_unknown_service() -> None:
    with pytest.raises(CommandError, match='did you mean "glance"'):
        run(commands.Stop, "glanec")


def test_logs(fake: FakeUndercloud) -> None:
    fake.machine.logs["/var/lib/uc/log/install.log"] = ["a", "b"]

    _, app = run(commands.Logs, "install", "--lines", "1")

    assert app.stdout.getvalue() == "b\n"


@pytest.mark.usefixtures("fake")
def test_credentials_without_any() -> None:
    with pytest.raises(CommandError, match="Try: openstack undercloud install"):
        run(commands.Credentials)


def test_uninstall_asks_first(
    fake: FakeUndercloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))

    with pytest.raises(CommandError, match="add --yes"):
        run(commands.Uninstall)

    assert fake.host.exists(CONFIG.state_dir)


def at_a_keyboard(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    keyboard = io.StringIO(f"{answer}\n")
    monkeypatch.setattr(keyboard, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin", keyboard)


@pytest.mark.parametrize("answer", ["y", "no", ""])
def test_uninstall_takes_only_yes(
    answer: str, fake: FakeUndercloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_a_keyboard(monkeypatch, answer)

    with pytest.raises(CommandError, match="nothing was removed"):
        run(commands.Uninstall)

    assert fake.host.exists(CONFIG.state_dir)


def test_uninstall_after_a_yes(
    fake: FakeUndercloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_a_keyboard(monkeypatch, "yes")

    run(commands.Uninstall)

    assert not fake.host.exists(CONFIG.state_dir)


def test_uninstall_with_yes_does_not_ask(fake: FakeUndercloud) -> None:
    run(commands.Uninstall, "--yes")
    _, app = run(commands.Uninstall, "--yes")

    assert not fake.host.exists(CONFIG.state_dir)
    assert "no undercloud to remove" in app.stderr.getvalue()


@pytest.mark.usefixtures("fake")
def test_a_wrong_file_is_told_by_every_command(tmp_path: Path) -> None:
    path = tmp_path / "bad.conf"
    path.write_text("[DEFAULT]\nlocal_ip = x\n")
    kinds: list[tuple[Any, tuple[str, ...]]] = [
        *((kind, ()) for kind in (commands.Status, commands.Start, commands.Stop)),
        *((kind, ()) for kind in (commands.Restart, commands.Credentials)),
        (commands.Uninstall, ()),
        (commands.Logs, ("glance",)),
    ]

    for kind, words in kinds:
        with pytest.raises(CommandError, match=r"\[DEFAULT\] local_ip"):
            run(kind, *words, "--config", str(path))


def test_the_sample() -> None:
    _, app = run(commands.ConfigSample)

    assert app.stdout.getvalue() == sample()
