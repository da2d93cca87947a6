"""The installed command line, as an operator uses it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pytest

from tests.functional.signals import hear_ctrl_c

BIN = Path(sys.executable).parent
TIME_LIMIT_S = 900


@dataclass(frozen=True)
class Done:
    """A command that ended; ``said`` is what it wrote, to either stream."""

    code: int
    out: str
    said: str


@dataclass(frozen=True)
class Running:
    """A program that runs, and the file that it writes to."""

    process: subprocess.Popen[bytes]
    log: Path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave nothing running, however the test ended."""
        self.process.kill()
        self.process.wait()

    def is_over(self) -> bool:
        """Whether it came to its end."""
        return self.process.poll() is not None

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        assert not self.is_over(), f"too late to stop it: {self.log.read_text()}"
        self.process.send_signal(signal.SIGINT)

    def end(self) -> Done:
        """Let it come to its end, whatever that is."""
        code = self.process.wait(TIME_LIMIT_S)
        said = self.log.read_text()
        sys.stdout.write(f"{said}[{code}]\n")
        return Done(code, said, said)

    def kill(self, *, with_children: bool) -> None:
        """End it as a crash would; what it started survives, or dies with it."""
        assert not self.is_over(), f"too late to kill it: {self.log.read_text()}"
        if with_children:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        self.process.wait()


@dataclass(frozen=True)
class Shell:
    """Runs programs of the environment that the tests run in."""

    cwd: Path
    home: Path
    cloud: str = ""
    clouds_file: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """The caller's, with the cloud of this shell and no other."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("OS_")}
        cloud = {"OS_CLOUD": self.cloud, "OS_CLIENT_CONFIG_FILE": self.clouds_file}
        own = {"HOME": str(self.home), "PATH": f"{BIN}:{os.environ['PATH']}"}
        return kept | own | {name: value for name, value in cloud.items() if value}

    def start(self, program: str, *arguments: str) -> Running:
        """Begin a program, that may be killed; its output goes to a file."""
        log = self.cwd / f"{program}-{time.monotonic_ns()}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [str(BIN / program), *arguments],
                preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - no threads of ours run
                cwd=self.cwd,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # So that a kill can take what it started with it, or not.
                start_new_session=True,
            )
        return Running(process, log)

    def run(self, program: str, *arguments: str) -> Done:
        """Run a program to its end, whatever that is."""
        began = time.monotonic()
        done = subprocess.run(
            [str(BIN / program), *arguments],
            cwd=self.cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT_S,
            check=False,
        )
        seconds = time.monotonic() - began
        said = done.stdout + done.stderr
        line = f"$ {program} {' '.join(arguments)}"
        sys.stdout.write(f"{line}\n{said}[{done.returncode}, {seconds:.1f} s]\n")
        return Done(done.returncode, done.stdout, said)

    def openstack(self, *arguments: str) -> Done:
        """Run an ``openstack`` command that has to succeed."""
        done = self.run("openstack", *arguments)
        assert done.code == 0, done.said
        return done

    def refused(self, *arguments: str) -> Done:
        """Run an ``openstack`` command that has to fail, and in words."""
        done = self.run("openstack", *arguments)
        assert done.code != 0, done.said
        assert "Traceback" not in done.said
        return done

    def json(self, *arguments: str) -> Any:
        """Give the answer of an ``openstack`` command that has to succeed."""
        return json.loads(self.openstack(*arguments, "-f", "json").out)


@pytest.fixture(scope="session")
def local_shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Programs run in an empty folder, with an empty home, and know no cloud."""
    return Shell(
        cwd=tmp_path_factory.mktemp("cwd"), home=tmp_path_factory.mktemp("home")
    )


@pytest.fixture(scope="session")
def live_shell(local_shell: Shell) -> Shell:
    """A shell on the undercloud that OS_CLOUD names; without one the tests fail."""
    cloud = os.environ.get("OS_CLOUD", "")
    if not cloud:
        pytest.fail("OS_CLOUD must name an undercloud that is there for tests")
    return replace(
        local_shell,
        cloud=cloud,
        clouds_file=os.environ.get("OS_CLIENT_CONFIG_FILE", ""),
    )


def by_key(rows: Sequence[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    """Index the rows of a table."""
    return {row[key]: row for row in rows}


def wait_until(
    is_so: Callable[[], bool], *, within_s: float, every_s: float = 1.0
) -> None:
    """Wait for something to become true; fail the test if it does not."""
    end = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > end:
            pytest.fail(f"not so within {within_s:g} s")
        time.sleep(every_s)


@pytest.fixture(scope="module")
def cleanups() -> Iterator[list[Callable[[], object]]]:
    """What to undo at the end, last first, whatever happened."""
    undo: list[Callable[[], object]] = []
    yield undo
    while undo:
        undo.pop()()
