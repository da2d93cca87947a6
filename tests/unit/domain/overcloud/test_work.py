"""What counts in the hash of a step's work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.fakes.node_machine import FakeMachine
from tests.unit.node.bundles import a_bundle, put
from tripleo_cli.domain.overcloud.work import FORMAT, digest
from tripleo_cli.node import bundle as bundles
from tripleo_cli.node import puppet
from tripleo_cli.node.system import Ran, Runner

WHAT_PUPPET_IS_TOLD = {
    1: "8f6f89790bf86160",
}
"""By format: a digest of puppet's arguments and configuration on nodes."""


def test_equal_work_has_equal_hashes() -> None:
    assert digest("a", {"x": 1, "y": 2}) == digest("a", {"y": 2, "x": 1})
    assert digest("a", {"x": 1}) != digest("a", {"x": 2})
    assert digest("a", {}) != digest("b", {})


def test_no_work_is_always_the_same() -> None:
    assert digest("", {"x": 1}) == digest("", {"x": 2})


def test_a_program_that_tells_puppet_something_else_has_another_format(
    tmp_path: Path,
) -> None:
    """Whoever changes that adds one to ``FORMAT``, so that all nodes do it once."""
    machine = FakeMachine(root=tmp_path)
    told: list[str] = []

    def run(
        argv: Sequence[str], *, timeout_s: float, holding: int | None = None
    ) -> Ran:
        told.extend(argv)
        return machine(argv, timeout_s=timeout_s, holding=holding)

    runner: Runner = run
    site = replace(machine.site, run=runner)
    bundle = bundles.load(put(machine.layout.bundle, a_bundle()))
    puppet.configure(machine.layout, bundle)
    puppet.apply(site, bundle, 1, noop=False, timeout_s=9)

    told += [
        f"{path.relative_to(tmp_path)}: {path.read_text()}"
        for path in sorted(machine.layout.confdir.rglob("*"))
        if path.is_file()
    ]
    text = json.dumps(told).replace(str(tmp_path), "")
    found = hashlib.sha256(text.encode()).hexdigest()[:16]

    assert found == WHAT_PUPPET_IS_TOLD[FORMAT]
