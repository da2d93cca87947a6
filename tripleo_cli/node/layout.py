"""Where the program keeps and finds things on a node."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

LAYERS = (
    "step",
    "node",
    "role",
    "service_configs",
    "network",
    "passwords",
    "all_nodes",
)
"""Hiera's layers, first wins; the program writes ``step`` itself."""


@dataclass(frozen=True)
class Layout:
    """Paths under ``root``, which is ``/`` on a node.

    ``drafts`` is where files for puppet are that it shall only look at.
    """

    root: Path = Path("/")
    drafts: Path | None = None

    @property
    def home(self) -> Path:
        """What must outlive a run, 0700."""
        return self.root / "var/lib/tripleo"

    @property
    def bundle(self) -> Path:
        """The bundle that was prepared last."""
        return self.home / "bundle.json"

    @property
    def state(self) -> Path:
        """What became of each step."""
        return self.home / "state.json"

    @property
    def lock(self) -> Path:
        """Held by whoever changes the node."""
        return self.home / "lock"

    @property
    def incoming(self) -> Path:
        """Where the program and the bundle come in; 0700."""
        return self.home / "incoming"

    @property
    def orders(self) -> Path:
        """What a node that pulls was asked to do, and what came of it; 0700."""
        return self.home / "orders"

    @property
    def preview(self) -> Path:
        """Where a look has its files, as long as it takes."""
        return self.home / "preview"

    @property
    def previewing(self) -> Layout:
        """The same node, whose own files for puppet stay as they are."""
        return replace(self, drafts=self.preview)

    @property
    def vardir(self) -> Path:
        """Puppet's own state: reports, replaced files."""
        return (self.drafts or self.home) / "puppet"

    @property
    def report(self) -> Path:
        """Puppet's account of its last run."""
        return self.vardir / "state/last_run_report.yaml"

    @property
    def confdir(self) -> Path:
        """Puppet's configuration for our runs; the node's own is left alone."""
        return (self.drafts or self.root / "etc/puppet") / "tripleo"

    @property
    def modules(self) -> Path:
        """Puppet modules that are there for our runs only."""
        return self.root / "etc/puppet/tripleo/modules"

    @property
    def command(self) -> Path:
        """How an operator on the node runs this program."""
        return self.root / "usr/local/sbin/tripleo-node"

    @property
    def logs(self) -> Path:
        """What puppet printed, per step; 0700."""
        return self.root / "var/log/tripleo"

    def layer(self, name: str) -> Path:
        """Give the file of one of hiera's layers."""
        return self.confdir / "hieradata" / f"{name}.json"

    def manifest(self, step: int) -> Path:
        """Give the file with a step's puppet code."""
        return self.confdir / "manifests" / f"step_{step}.pp"

    def log(self, step: int) -> Path:
        """Give the file that has what puppet printed in a step."""
        return self.logs / f"step_{step}.log"
