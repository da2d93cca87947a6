"""`undercloud install` is killed at five moments; the same command heals each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.e2e.conftest import Running, Shell, wait_until

pytestmark = pytest.mark.e2e

PORT_OFFSET = 300
KILLS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""The share of its tasks that the installer has finished when it dies."""
INSTALL_LIMIT_S = 900


@dataclass(frozen=True)
class Undercloud:
    """An undercloud in a place of its own."""

    shell: Shell
    folder: Path
    state_dir: Path

    @property
    def options(self) -> tuple[str, str]:
        return ("--config", str(self.folder / "undercloud.conf"))

    def finished(self) -> set[str]:
        """Name the tasks that the journal has as finished."""
        try:
            text = (self.state_dir / "journal" / "tasks.json").read_text()
        except FileNotFoundError:
            return set()
        return {name for name, task in json.loads(text).items() if task["is_finished"]}

    def planned(self) -> int:
        """Count the tasks of an installation."""
        said = self.shell.openstack(
            "undercloud", "install", *self.options, "--dry-run"
        ).out
        return len([line for line in said.splitlines() if line.startswith("  ")])

    def install(self) -> Running:
        return self.shell.start("openstack", "undercloud", "install", *self.options)

    def passwords(self) -> str:
        return (self.state_dir / "secrets" / "passwords.yaml").read_text()


@pytest.fixture(scope="module")
def undercloud(
    local_shell: Shell, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Undercloud]:
    if os.geteuid() != 0:
        pytest.fail("an undercloud is installed as root")
    folder = tmp_path_factory.mktemp("undercloud")
    made = Undercloud(
        shell=local_shell,
        folder=folder,
        state_dir=Path("/var/lib/tripleo-undercloud-resume"),
    )
    (folder / "undercloud.conf").write_text(
        "[DEFAULT]\n"
        f"state_dir = {made.state_dir}\n"
        f"port_offset = {PORT_OFFSET}\n"
        f"clouds_file = {folder}/clouds.yaml\n"
        "cloud_name = undercloud-resume\n"
        "service_user = tripleo-resume\n"
    )
    yield made
    local_shell.run("openstack", "undercloud", "uninstall", *made.options, "--yes")


def kill_when(running: Running, undercloud: Undercloud, at: int) -> None:
    """Let it finish ``at`` tasks altogether, then kill it in the middle of others."""
    wait_until(
        lambda: running.is_over() or len(undercloud.finished()) >= at,
        within_s=INSTALL_LIMIT_S,
        every_s=0.05,
    )
    running.kill(with_children=at % 2 == 0)


def test_a_killed_installation_is_completed_by_the_same_command(
    undercloud: Undercloud,
) -> None:
    total = undercloud.planned()
    known: set[str] = set()
    for share in KILLS:
        with undercloud.install() as running:
            kill_when(running, undercloud, round(share * total))
        known.add(undercloud.passwords())

    healed = undercloud.shell.run(
        "openstack", "undercloud", "install", *undercloud.options
    )

    assert healed.code == 0, healed.said
    assert known == {undercloud.passwords()}


def test_every_service_answers_after_that(undercloud: Undercloud) -> None:
    rows = undercloud.shell.json("undercloud", "status", *undercloud.options)

    assert len({row["PID"] for row in rows}) == len(rows)
    assert {row["Answers"] for row in rows} <= {True, None}


def test_a_token_is_given(undercloud: Undercloud) -> None:
    shell = replace(
        undercloud.shell,
        cloud="undercloud-resume",
        clouds_file=str(undercloud.folder / "clouds.yaml"),
    )
    names = {row["Name"] for row in shell.json("service", "list")}

    assert {"keystone", "nova", "ironic", "heat"} <= names


def test_installing_again_has_nothing_to_do(undercloud: Undercloud) -> None:
    again = undercloud.shell.openstack("undercloud", "install", *undercloud.options)

    assert "nothing" in again.said.lower()
