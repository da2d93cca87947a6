"""All checks together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import a_node
from tests.unit.domain.validation.facts import an_image, facts
from tripleo_cli.domain.compute import Image
from tripleo_cli.domain.facts import Disk, HardwareFacts
from tripleo_cli.domain.network import Subnet
from tripleo_cli.domain.validation.facts import DeploymentFacts, Need
from tripleo_cli.domain.validation.finding import (
    Finding,
    Severity,
    arguments,
    error,
    warning,
)
from tripleo_cli.domain.validation.registry import CHECKS
from tripleo_cli.domain.validation.report import (
    SERVICES,
    Policy,
    check_names,
    needs_of,
    run_checks,
)
from tripleo_cli.errors import InvalidInputError, ServiceError

SUBNET = Subnet(id="s", name="s", network_id="n", cidr="10.0.0.0/24", total=9, used=0)
LENIENT = Policy(errors_are_fatal=False)
STRICT = Policy(warnings_are_fatal=True)


def flawed(*images: Image) -> DeploymentFacts:
    """A misspelt count is a warning; without the image there is an error too."""
    return facts(parameters={"ComputCount": 1}, subnets=[SUBNET], images=images)


def test_a_good_deployment_is_not_refused() -> None:
    report = run_checks(facts(subnets=[SUBNET], images=[an_image()]))

    assert report.summary == "18 checks: all is well"
    assert report.refusal(STRICT) is None
    assert report.verdict(STRICT) is None


def test_all_errors_are_told_with_their_remedies() -> None:
    report = run_checks(facts(), {"names"})

    assert report.summary == "17 checks: 2 errors, 1 skipped"
    refusal = report.refusal(Policy())
    assert str(refusal).splitlines() == [
        "not ready to deploy, nothing was changed; 17 checks: 2 errors, 1 skipped:",
        "  error: images: overcloud-full: there is no such image "
        "(openstack overcloud image upload)",
        "  error: subnet: ctlplane: there is no such network, or it has no subnet "
        "(openstack undercloud install makes it again)",
    ]
    assert "images:" not in str(report.verdict(Policy()))


@pytest.mark.parametrize(
    ("policy", "images", "is_refused"),
    [
        (Policy(), [], True),
        (Policy(), [an_image()], False),
        (LENIENT, [], False),
        (STRICT, [an_image()], True),
        (Policy(errors_are_fatal=False, warnings_are_fatal=True), [], True),
    ],
    ids=["error", "warning", "lenient", "strict", "only warnings"],
)
def test_a_policy_says_what_is_fatal(
    policy: Policy, images: list[Image], *, is_refused: bool
) -> None:
    report = run_checks(flawed(*images))

    assert (report.refusal(policy) is not None) is is_refused


def test_skipped_checks_need_nothing_and_find_nothing() -> None:
    names = {check.name for check in CHECKS}

    report = run_checks(flawed(), names)

    assert all(result.is_skipped and not result.findings for result in report.results)
    assert needs_of(names) == frozenset()
    assert needs_of(names - {"ntp"}) == {Need.TIMES}
    assert needs_of(()) == set(Need)


def test_a_service_that_fails_hides_no_finding() -> None:
    silent = {Need.FLAVORS: ServiceError("no answer from Nova", hint="wake it")}

    report = run_checks(flawed(), unanswered=silent)

    assert report.summary == "18 checks: 2 errors, 1 warning, 2 unknown"
    assert [str(finding) for _, finding in report.findings(Severity.ERROR)][:1] == [
        "flavors, quotas: cannot be checked: no answer from Nova (wake it)"
    ]
    assert "  error: services: flavors, quotas:" in str(report.refusal(Policy()))
    assert report.verdict(LENIENT) is None


def test_what_is_skipped_needs_no_service() -> None:
    silent = {Need.TIMES: ServiceError("no route")}

    report = run_checks(facts(), {"ntp"}, silent)

    assert SERVICES not in {name for name, _ in report.findings(Severity.ERROR)}


def test_a_check_of_some_nodes_says_of_how_many() -> None:
    seen = HardwareFacts(disks=(Disk(name="/dev/sda"),))
    known = [replace(a_node("n0"), facts=seen), a_node("n1")]

    report = run_checks(facts(known, counts={"Controller": 2}))

    assert report.notes == ("root-disk: 1 of 2 nodes looked at",)


def test_every_check_has_a_name_of_its_own_and_a_meaning() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.meaning.endswith(".") for check in CHECKS)


def test_every_check_is_documented_as_it_describes_itself() -> None:
    page = (Path(__file__).parents[4] / "docs" / "validate.rst").read_text()
    told = " ".join(page.split())

    for check in CHECKS:
        assert f"``{check.name}`` {check.meaning}" in told


def test_unknown_names_are_refused_together() -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_names({"image", "nothing", "power"})

    assert 'image: there is no such check (did you mean "images"?)' in str(caught.value)
    assert "nothing: there is no such check" in str(caught.value)
    assert "one of stack, request, counts" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (error("a", "is bad"), "a: is bad"),
        (error((), "is bad", "mend it"), "is bad (mend it)"),
        (warning([f"n{i}" for i in range(7)], "x"), "n0, n1, n2, n3, n4 and 2 more: x"),
    ],
)
def test_a_finding_in_one_line(finding: Finding, text: str) -> None:
    assert str(finding) == text


def test_long_commands_are_cut() -> None:
    assert arguments("abc") == "a b c"
    assert arguments("abcdefg") == "a b c d e ..."
    assert [severity.value for severity in Severity] == ["error", "warning"]
