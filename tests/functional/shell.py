"""The installed command line, and simulated machines to use it on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.functional.signals import hear_ctrl_c

BIN = Path(sys.executable).parent
OPENSTACK = str(BIN / "openstack")
FLEET = str(BIN / "tripleo-fleet")


def openstack(
    *words: str, home: Path | None = None, cloud: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as an operator with a home, or without a cloud."""
    return subprocess.run(  # noqa: S603 - our own words
        (OPENSTACK, *words),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=_environment(home, cloud=cloud),
    )


def begin(
    *words: str, home: Path, stderr: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    """Start a command as a terminal would: Ctrl-C reaches it."""
    return subprocess.Popen(  # noqa: S603 - our own words
        (OPENSTACK, *words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env=_environment(home),
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - no threads here
    )


def _environment(home: Path | None, *, cloud: bool = True) -> dict[str, str]:
    own = {"HOME": str(home)} if home else {}
    kept = {k: v for k, v in os.environ.items() if cloud or not k.startswith("OS_")}
    return kept | own


def run(
    *words: str, code: int = 0, cloud: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run one of our commands, also without a cloud; it has to end with that code."""
    done = openstack("overcloud", *words, cloud=cloud)
    assert done.returncode == code, done.stderr + done.stdout
    return done


def answer(*words: str, code: int = 0) -> Any:
    """Give what one of our commands answers in JSON."""
    return json.loads(run(*words, "-f", "json", code=code).stdout)


def node(name: str) -> Any:
    """Give what Ironic says of a node."""
    done = openstack("baremetal", "node", "show", name, "-f", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def generate(*words: str) -> None:
    """Let the simulator draw machines."""
    subprocess.run([FLEET, "generate", *words], check=True)  # noqa: S603 - our words


@contextmanager
def playing(nodes_file: Path, *options: str) -> Iterator[None]:
    """Play the machines of a nodes file by a fleet of their own."""
    assert os.environ.get("OS_CLOUD"), "OS_CLOUD names no undercloud"
    log = nodes_file.with_suffix(".log")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["--nodes-file", str(nodes_file), "--listen", f"127.0.0.1:{port}"]
    process = subprocess.Popen(  # noqa: S603 - our own words
        [FLEET, "run", *words, *options, "--log-file", str(log)]
    )
    try:
        while not (log.exists() and "SIMULATED" in log.read_text()):
            assert process.poll() is None, "the fleet did not start"
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
