"""What our plugin costs every ``openstack`` call: CPU time, paired in one run.

One environment has the plugin; the other has the very same packages without it. Runs
alternate, so that a busy machine slows both.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench.conftest import Say
from tests.dist.conftest import CHECKOUT, clean_environment, uv

ROUNDS = 15
SERVER_LIST = ("server", "list", "--help")
DEPLOY = ("overcloud", "deploy", "--help")
BARS: dict[tuple[str, ...], float] = {SERVER_LIST: 1.03, DEPLOY: 1.10}


@dataclass(frozen=True)
class Environments:
    plain: Path
    ours: Path
    home: Path

    def cpu(self, venv: Path, arguments: tuple[str, ...]) -> float:
        """Run a command once; give its CPU time in seconds."""
        process = subprocess.Popen(
            [str(venv / "bin" / "openstack"), *arguments],
            cwd=self.home,
            env=clean_environment(self.home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return usage.ru_utime + usage.ru_stime


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Environments:
    made = Environments(
        plain=tmp_path_factory.mktemp("plain"),
        ours=tmp_path_factory.mktemp("ours"),
        home=tmp_path_factory.mktemp("home"),
    )
    for venv in (made.plain, made.ours):
        uv("venv", "--quiet", "--python", sys.executable, str(venv))
        uv(
            *("pip", "install", "--quiet", "--compile-bytecode"),
            *("--python", str(venv), str(CHECKOUT)),
        )
    uv("pip", "uninstall", "--quiet", "--python", str(made.plain), "tripleo-cli")
    return made


@pytest.mark.parametrize("arguments", list(BARS), ids=" ".join)
def test_what_a_call_costs(
    environments: Environments,
    arguments: tuple[str, ...],
    say: Say,
) -> None:
    plain, ours = [], []
    for _ in range(ROUNDS):
        plain.append(environments.cpu(environments.plain, SERVER_LIST))
        ours.append(environments.cpu(environments.ours, arguments))

    # The best run is what the machine can do; all others are that and a disturbance.
    say(
        f"openstack {' '.join(arguments)}: {min(ours):.3f} s CPU; "
        f"server list --help without the plugin: {min(plain):.3f} s; "
        f"ratio {min(ours) / min(plain):.3f} (bar {BARS[arguments]})"
    )
