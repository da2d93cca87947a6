"""The distribution, built and installed away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TIME_LIMIT_S = 600


@dataclass(frozen=True)
class Distribution:
    wheel: Path
    sdist: Path


@dataclass(frozen=True)
class Installation:
    """A virtual environment that knows the project only as a wheel."""

    venv: Path
    elsewhere: Path

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, from a folder of its own."""
        return subprocess.run(
            [str(self.venv / "bin" / argv[0]), *argv[1:]],
            cwd=self.elsewhere,
            env=clean_environment(self.elsewhere),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT_S,
            check=False,
        )

    def python(self, code: str) -> str:
        """Run code in a fresh interpreter and give what it prints."""
        # -P: the current folder must not be importable.
        done = self.run("python", "-P", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout


def clean_environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OS_", "PYTHON", "VIRTUAL_ENV"))
    }
    return kept | {"HOME": str(home), "PATH": "/usr/bin:/bin"}


def uv(*arguments: str) -> None:
    program = Path(sys.executable).with_name("uv")
    subprocess.run(
        [str(program), *arguments], cwd=CHECKOUT, check=True, timeout=TIME_LIMIT_S
    )


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    out = tmp_path_factory.mktemp("dist")
    # The wheel is built from the sdist, so that a file missing there is noticed.
    uv("build", "--quiet", "--out-dir", str(out))
    return Distribution(wheel=next(out.glob("*.whl")), sdist=next(out.glob("*.tar.gz")))


@pytest.fixture(scope="session")
def installation(
    distribution: Distribution, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    venv = tmp_path_factory.mktemp("venv")
    uv("venv", "--quiet", "--python", sys.executable, str(venv))
    uv("pip", "install", "--quiet", "--python", str(venv), str(distribution.wheel))
    return Installation(venv=venv, elsewhere=tmp_path_factory.mktemp("elsewhere"))
