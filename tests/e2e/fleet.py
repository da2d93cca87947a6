"""Simulated machines for end-to-end tests."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.conftest import Shell


def place_to_listen() -> str:
    """Give an address and port; each process of a parallel run has its own."""
    place = os.environ.get("TRIPLEO_TEST_FLEET", "127.0.0.1:6396")
    host, _, port = place.rpartition(":")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{host}:{int(port) + int(worker)}"


@dataclass(frozen=True)
class Fleet:
    """Machines of one nodes file, and the process that plays them."""

    shell: Shell
    folder: Path

    @property
    def nodes_file(self) -> str:
        return str(self.folder / "nodes.json")

    @property
    def names(self) -> list[str]:
        nodes = json.loads(Path(self.nodes_file).read_text())["nodes"]
        return [node["name"] for node in nodes]

    def start(self, count: int, prefix: str, *options: str) -> None:
        """Make the nodes file and play its machines in the background."""
        self._run("generate", "--nodes", str(count), "--prefix", prefix, *options)
        self._run(
            "run",
            "--background",
            *("--nodes-file", self.nodes_file),
            *("--pid-file", str(self.folder / "fleet.pid")),
            *("--log-file", str(self.folder / "fleet.log")),
            *("--listen", place_to_listen()),
        )

    def stop(self) -> None:
        self._run("stop", "--pid-file", str(self.folder / "fleet.pid"))

    def set_fault(self, node: str, fault: str) -> None:
        """Tell a machine to fail, or (``none``) not to any more."""
        self._run("fault", node, fault)

    def _run(self, *arguments: str) -> None:
        extra = ("--output", self.nodes_file) if arguments[0] == "generate" else ()
        done = self.shell.run("tripleo-fleet", *arguments, *extra)
        assert done.code == 0, done.said
