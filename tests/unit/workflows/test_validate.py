"""Gathering what checks need: rightly, and with few calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.fakes.baremetal import Findings
from tests.fakes.cloud import FakeCloud
from tests.fakes.times import FakeTimeServers
from tests.unit.workflows.stacks import ROLES, World, a_cloud
from tripleo_cli.domain.deployment import DeploymentRequest
from tripleo_cli.domain.ntp import TimeAnswer
from tripleo_cli.domain.role import Role
from tripleo_cli.domain.validation.finding import Severity
from tripleo_cli.domain.validation.registry import CHECKS
from tripleo_cli.domain.validation.report import Report
from tripleo_cli.errors import (
    InvalidInputError,
    StackFailedError,
    UnreachableError,
)
from tripleo_cli.inputs.document import Problems
from tripleo_cli.inputs.requirements import parse_requirements
from tripleo_cli.workflows.validate import INVENTORIES, look, validate


class Counted:
    """A cloud that counts the calls to its services."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self.calls: Counter[str] = Counter()

    def __getattr__(self, service: str) -> Any:
        return _Service(getattr(self._cloud, service), service, self.calls)


class _Service:
    def __init__(self, real: Any, name: str, calls: Counter[str]) -> None:
        self._real = real
        self._name = name
        self._calls = calls

    def __getattr__(self, method: str) -> Callable[..., Any]:
        self._calls[f"{self._name}.{method}"] += 1
        called: Callable[..., Any] = getattr(self._real, method)
        return called


def ask(
    cloud: Any,
    *,
    roles: Mapping[str, Role] = ROLES,
    times: FakeTimeServers | None = None,
    skip: tuple[str, ...] = (),
    parameters: dict[str, Any] | None = None,
    **counts: int,
) -> Report:
    request = DeploymentRequest(stack="oc", counts=counts, parameters=parameters or {})
    situation = look(cloud, request, roles)
    return validate(cloud, times or FakeTimeServers(), situation, skip)


def findings(report: Report) -> set[str]:
    return {name for kind in Severity for name, _ in report.findings(kind)}


def inspected(cloud: FakeCloud) -> FakeCloud:
    """Let all nodes have been inspected; they have two disks each."""
    disks = [{"name": f"/dev/sd{letter}", "size": 10**11} for letter in "ab"]
    for node in cloud.baremetal.nodes():
        cloud.baremetal.was_inspected(node.id, Findings(inventory={"disks": disks}))
    return cloud


def test_a_good_undercloud_has_nothing_against_a_deployment() -> None:
    report = ask(a_cloud(3), Compute=2)

    assert report.summary == "18 checks: all is well"


@pytest.mark.parametrize("nodes", [2, 200])
def test_calls_do_not_grow_with_the_number_of_nodes(nodes: int) -> None:
    cloud = Counted(a_cloud(nodes))

    ask(cloud, Compute=nodes - 1)

    assert cloud.calls == {
        "baremetal.nodes": 1,
        "stacks.find": 1,
        "compute.flavors": 1,
        "compute.offered": 1,
        "compute.quotas": 1,
        "compute.servers": 1,
        "images.images": 1,
        "networks.quotas": 1,
        "networks.subnets": 1,
    }


def test_inventories_are_read_of_a_few_nodes_only() -> None:
    cloud = Counted(inspected(a_cloud(INVENTORIES + 10)))

    report = ask(cloud, Compute=INVENTORIES + 9)

    assert cloud.calls["inspection.inventory"] == INVENTORIES
    assert findings(report) == {"root-disk"}


def test_nodes_with_a_hint_are_looked_at_first() -> None:
    """A hint that fits no disk fails the deployment; none at all may do."""
    cloud = inspected(a_cloud(INVENTORIES + 10))
    last = max(cloud.baremetal.nodes(), key=lambda node: node.name)
    properties = {**last.properties, "root_device": {"wwn": "0x9"}}
    cloud.baremetal.change(last.id, properties=properties)

    report = ask(cloud, Compute=INVENTORIES + 9)

    ((_, finding),) = report.findings(Severity.ERROR)
    assert finding.subjects == (last.name,)
    assert report.notes == (
        f"root-disk: {INVENTORIES} of {INVENTORIES + 10} nodes looked at",
    )


def test_what_is_skipped_is_not_asked() -> None:
    cloud = Counted(a_cloud(2))

    ask(cloud, skip=tuple(check.name for check in CHECKS))

    assert set(cloud.calls) == {"baremetal.nodes", "stacks.find"}


def test_time_servers_are_those_of_the_environment() -> None:
    times = FakeTimeServers(right=TimeAnswer(), wrong=TimeAnswer(offset_seconds=99))

    report = ask(
        a_cloud(2), times=times, parameters={"NtpServer": "right,wrong,unknown"}
    )

    told = [finding.subjects for _, finding in report.findings(Severity.WARNING)]
    assert told == [("unknown",), ("wrong",)]


def test_each_service_is_listened_to() -> None:
    cloud = a_cloud(2)
    cloud.compute.limits = {"instances": 1}
    cloud.networks.limits = {"port": 3}
    cloud.networks.networks["ctlplane"] = [
        replace(cloud.networks.networks["ctlplane"][0], total=3)
    ]
    cloud.compute.blind_to = {node.id for node in cloud.baremetal.nodes()}

    report = ask(cloud, Compute=1)

    assert findings(report) == {"quotas", "subnet", "placement"}


def test_a_failed_stack_is_seen() -> None:
    world = World()
    world.cloud.stacks.will_fail("oc-controller-0", "disk on fire")
    with pytest.raises(StackFailedError):
        world.deploy()

    report = ask(world.cloud)

    assert "stack" in findings(report)


def test_too_few_nodes_are_a_finding_among_others() -> None:
    cloud = a_cloud(2)
    cloud.images.delete(cloud.images.images()[0].id)

    report = ask(cloud, Compute=5)

    assert findings(report) == {"capacity", "images"}


def test_a_request_without_sense_is_a_finding() -> None:
    report = ask(a_cloud(2), Controler=5)

    ((name, finding),) = report.findings(Severity.ERROR)
    assert (name, finding.subjects) == ("request", ("Controler",))


def test_a_silent_service_is_an_error_among_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = a_cloud(2)

    def silent() -> None:
        raise UnreachableError("no answer from Glance")

    monkeypatch.setattr(cloud.images, "images", silent)

    report = ask(cloud, Computer=1)

    told = {name: str(finding) for name, finding in report.findings(Severity.ERROR)}
    assert set(told) == {"services", "request"}
    assert "flavors: cannot be checked: no answer from Glance" in told["services"]


def test_unknown_checks_are_refused_before_anything_is_asked() -> None:
    with pytest.raises(InvalidInputError, match="there is no such check"):
        ask(a_cloud(2), skip=("everything",))


def test_what_roles_require_of_machines_is_looked_up() -> None:
    cloud = inspected(a_cloud(4))
    odd = cloud.baremetal.nodes()[2]
    three = [{"name": f"/dev/sd{letter}", "size": 10**11} for letter in "abc"]
    cloud.baremetal.was_inspected(odd.id, Findings(inventory={"disks": three}))
    problems = Problems("requires")
    requires = parse_requirements(problems, "", {"count": "disks", "at_least": 3})
    roles = {"Controller": replace(ROLES["Controller"], requires=requires)}

    report = ask(cloud, roles=roles)

    problems.check()
    ((name, finding),) = report.findings(Severity.WARNING)
    assert (name, finding.subjects) == ("root-disk", (odd.name,))
