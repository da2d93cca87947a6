"""Commands that checks advise are commands that there are."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib.metadata import entry_points
from types import SimpleNamespace

import pytest

from tests.unit.domain.validation import (
    test_addresses,
    test_hardware,
    test_images,
    test_request,
    test_services,
)
from tests.unit.domain.validation.facts import Case
from tripleo_cli.domain.validation.finding import Finding
from tripleo_cli.domain.validation.report import run_checks

MODULES = (test_addresses, test_hardware, test_images, test_request, test_services)
OURS = re.compile(r"openstack ((?:under|over)cloud [^,;|]+)")
NARRATIVE = " makes it again"
KNOWN = {
    entry.name.replace("_", " "): entry
    for entry in entry_points(group="openstack.tripleo.v1")
}


def cases() -> Iterator[Case]:
    for module in MODULES:
        for value in vars(module).values():
            if isinstance(value, list) and value and isinstance(value[0], Case):
                yield from value


def findings() -> Iterator[Finding]:
    """Give all that is found in all cases of the tests of checks."""
    for case in cases():
        for result in run_checks(case.facts).results:
            yield from result.findings


def advice() -> set[str]:
    """Give every command of ours that some finding advises."""
    return {
        command.removesuffix(NARRATIVE)
        for finding in findings()
        for command in OURS.findall(finding.remedy)
    }


def test_every_finding_has_a_remedy() -> None:
    assert not [finding for finding in findings() if not finding.remedy]


def test_there_is_advice() -> None:
    assert len(advice()) > 10


@pytest.mark.parametrize("command", sorted(advice()))
def test_advice_can_be_typed(command: str) -> None:
    words = shlex.split(command)
    name = next(
        " ".join(words[:length])
        for length in range(len(words), 0, -1)
        if " ".join(words[:length]) in KNOWN
    )
    shell = SimpleNamespace(command_options=[])

    parser = KNOWN[name].load()(shell, None).get_parser("openstack")

    parser.parse_args(words[len(name.split()) :])
