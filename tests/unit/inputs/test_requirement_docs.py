"""The examples of docs/requirements.rst: each is read, and judged as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.unit.domain.facts.samples import real_facts, simulated_facts
from tripleo_cli.inputs.document import Problems, parse_document
from tripleo_cli.inputs.requirements import parse_requirements

PAGE = Path(__file__).parents[3] / "docs" / "requirements.rst"
BLOCK = re.compile(r"^\.\. code-block:: (\w+)\n\n((?:(?:   .*)?\n)+)", re.MULTILINE)
MEDIANS: Mapping[str, float] = {
    f"disk.{disk}.standalone_randread_4k_IOps": 400 for disk in ("sda", "sdb")
}
MACHINES = {
    "blade": real_facts(1),
    **{name: simulated_facts(name) for name in ("controller", "compute", "storage")},
}


def examples() -> Iterator[tuple[str, str]]:
    """Pair each role with the verdicts below it."""
    blocks = BLOCK.findall(PAGE.read_text())
    assert [language for language, _ in blocks[::2]] == ["yaml"] * (len(blocks) // 2)
    for (_, role), (_, verdicts) in zip(blocks[::2], blocks[1::2], strict=True):
        yield role, verdicts


@pytest.mark.parametrize(("role", "verdicts"), list(examples()))
def test_an_example_is_judged_as_the_page_says(role: str, verdicts: str) -> None:
    document = parse_document(role, source="example.yaml")
    problems = Problems("example")

    requirement = parse_requirements(problems, "requires", document["requires"])

    problems.check()
    assert requirement is not None
    for line in filter(None, map(str.strip, verdicts.splitlines())):
        machine, _, verdict = line.partition(": ")
        reason = requirement.reject(MACHINES[machine], MEDIANS)
        assert (reason or "fits") == verdict


def test_there_are_examples() -> None:
    assert len(list(examples())) >= 8
