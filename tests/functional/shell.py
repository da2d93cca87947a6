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

BIN = Path(sys.executable).parent
FLEET = str(BIN / "tripleo-fleet")


def run(
    *words: str, code: int = 0, cloud: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run one of our commands, also without a cloud; it has to end with that code."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if cloud or not name.startswith("OS_")
    }
    done = subprocess.run(  # noqa: S603 - our own words
        (str(BIN / "openstack"), "overcloud", *words),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=environment,
    )
    assert done.returncode == code, done.stderr + done.stdout
    return done


def answer(*words: str, code: int = 0) -> Any:
    """Give what one of our commands answers in JSON."""
    return json.loads(run(*words, "-f", "json", code=code).stdout)


def node(name: str) -> Any:
    """Give what Ironic says of a node."""
    done = subprocess.run(  # noqa: S603 - our own words
        (str(BIN / "openstack"), "baremetal", "node", "show", name, "-f", "json"),
        capture_output=True,
        text=True,
        check=True,
    )
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
