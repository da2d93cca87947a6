"""Deploying a stack and then its nodes, as one run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_node
from tests.fakes.cloud import FakeCloud
from tests.fakes.keys import FakeKeyFiles
from tests.fakes.nodes import FakeNodes
from tests.fakes.overcloud import (
    FakeOvercloudIdentity,
    FakeOvercloudServices,
    FakeOvercloudUse,
    FakeProbes,
)
from tests.unit.domain.overcloud.examples import SERVICES
from tests.unit.workflows.stacks import ROLES, TEMPLATES, World
from tripleo_cli.domain.deployment import DeploymentRequest
from tripleo_cli.domain.events import Noted
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.service import Service
from tripleo_cli.domain.overcloud.ssh import SshAccess
from tripleo_cli.domain.overcloud.steps import Choice
from tripleo_cli.domain.plan import Plan
from tripleo_cli.errors import InvalidInputError, StepFailedError
from tripleo_cli.workflows.after_stack import (
    SIMULATED,
    STACK_ONLY,
    UNMADE_KEY,
    NodeWish,
)
from tripleo_cli.workflows.deploy import Deployment, deploy, preview
from tripleo_cli.workflows.overcloud import Tools
from tripleo_cli.workflows.saved import has_leaving, save_leaving

RUNNING = {
    "Controller": ("haproxy", "mysql", "keystone", "glance-api"),
    "Compute": ("nova-compute",),
}
SERVING = {name: replace(ROLES[name], services=RUNNING[name]) for name in ROLES}


def without_checks(service: Service) -> Service:
    """What checks find is not the matter here."""
    return replace(service, checks={}, needs=())


@dataclass
class Site:
    """An undercloud with machines, and the nodes that these become."""

    extra: dict[str, Any] = field(default_factory=dict)
    nodes: FakeNodes = field(default_factory=FakeNodes)
    keys: FakeKeyFiles = field(default_factory=FakeKeyFiles)
    source: str = ""
    """Where service files are, by name."""
    world: World = field(init=False)

    def __post_init__(self) -> None:
        machines = (
            a_node(f"node-{number}", driver="redfish", extra=self.extra)
            for number in range(4)
        )
        cloud = FakeCloud(machines)
        cloud.images.put("overcloud-full")
        self.world = World(cloud=cloud)

    def deployment(self, *, stack_only: bool = False, **choice: Any) -> Deployment:
        services = {
            name: replace(without_checks(one), source=self.source.format(name))
            for name, one in SERVICES.items()
        }
        return Deployment(
            request=DeploymentRequest(
                stack="oc",
                counts={"Controller": 1, "Compute": 1},
                services=services,
            ),
            roles=SERVING,
            templates=TEMPLATES,
            nodes=NodeWish(
                keys=self.keys,
                ssh=SshAccess(key="/home/me/key"),
                tools=lambda _ssh: Tools(
                    nodes=self.nodes,
                    probes=FakeProbes(),
                    identity=lambda _access: FakeOvercloudIdentity(),
                    use=lambda _access: FakeOvercloudUse(),
                ),
                choice=replace(Choice(), **choice),
                is_stack_only=stack_only,
            ),
        )

    def deploy(self, **others: Any) -> Plan:
        return deploy(self.world.run, self.deployment(**others))[0]

    def verbs(self) -> list[str]:
        return [verb for verb, _, _ in self.nodes.calls]


def test_nodes_are_configured_when_their_stack_is_there() -> None:
    site = Site()

    plan = site.deploy()

    assert site.verbs()[:3] == ["reach", "prepare", "states"]
    assert "apply" in site.verbs()
    (key,) = {node.key for node in plan.nodes}
    assert key in site.world.cloud.compute.key_pairs()
    assert "steps.json" in site.world.workdir.files


def test_a_stack_that_is_as_asked_for_is_configured_all_the_same() -> None:
    site = Site()
    site.deploy(stack_only=True)
    assert site.nodes.calls == []
    assert Noted(STACK_ONLY) in site.world.events

    site.deploy()

    assert "apply" in site.verbs()
    assert site.world.changes() == ["create"]


def test_nothing_is_done_twice() -> None:
    site = Site()
    site.deploy()
    before = site.verbs().count("apply")

    site.deploy()

    assert site.verbs().count("apply") == before
    assert site.world.changes() == ["create"]


def test_simulated_machines_are_left_alone_and_get_no_key() -> None:
    site = Site(extra={"simulated": "boots nothing"})

    plan = site.deploy()

    assert {node.key for node in plan.nodes} == {""}
    assert site.keys.made == []
    assert site.nodes.calls == []
    assert Noted(SIMULATED) in site.world.events


def test_containers_behind_simulated_machines_are_configured() -> None:
    site = Site(extra={"simulated": "yes", "simulated_backing": "container"})

    site.deploy()

    assert "apply" in site.verbs()


def test_a_failed_step_leaves_the_stack_and_the_next_run_goes_on() -> None:
    site = Site()
    site.nodes.failing["oc-controller-0", 2] = "Access denied for user glance"
    with pytest.raises(StepFailedError, match="Access denied"):
        site.deploy()
    assert str(site.world.stack().status) == "CREATE_COMPLETE"
    site.nodes.failing.clear()

    site.deploy()

    assert site.world.changes() == ["create"]


def test_a_look_leaves_the_stack_as_it_is() -> None:
    site = Site()
    site.deploy(stack_only=True)

    site.deploy(is_check=True)

    assert "preview" in site.verbs()
    assert "apply" not in site.verbs()
    assert site.world.changes() == ["create"]


def test_a_look_lets_no_node_take_servers_again() -> None:
    site = Site()
    plan = site.deploy(stack_only=True)
    run = site.world.run
    save_leaving(run.workdir, site.world.stack().id, plan.nodes)
    asked: list[Access] = []

    def connect(access: Access) -> FakeOvercloudServices:
        asked.append(access)
        return FakeOvercloudServices({})

    deploy(run, replace(site.deployment(is_check=True), connect=connect))
    assert (asked, has_leaving(run.workdir)) == ([], True)

    deploy(run, replace(site.deployment(), connect=connect))
    assert (len(asked), has_leaving(run.workdir)) == (1, False)


def test_nodes_are_told_the_files_of_services_and_do_no_step_for_a_moved_one() -> None:
    site = Site()
    site.source = "services/{}.yaml"
    site.deploy()
    before = site.verbs().count("apply")

    site.source = "/srv/{}.yaml"
    site.deploy()

    controller = site.nodes.bundles["oc-controller-0"]
    assert controller["service_files"] == {
        "glance-api": "/srv/glance-api.yaml",
        "mysql": "/srv/mysql.yaml",
    }
    assert site.verbs().count("apply") == before
    assert site.world.changes() == ["create"]


def test_nodes_are_told_where_an_operators_keys_of_hiera_are_written() -> None:
    site = Site()
    given = {"a::b": 1, "a::c": 2}
    request = site.deployment().request
    asked = replace(
        request,
        parameters={**request.parameters, "ExtraConfig": given},
        places={"ExtraConfig": {"a::b": "env.yaml:3", "x::y": "env.yaml:4"}},
    )

    deploy(site.world.run, replace(site.deployment(), request=asked))

    controller = site.nodes.bundles["oc-controller-0"]
    assert controller["key_places"] == {"a::b": "env.yaml:3"}


def test_a_node_that_does_not_exist_is_refused_before_anything_is_made() -> None:
    site = Site()

    with pytest.raises(InvalidInputError, match="oc-controler-0"):
        site.deploy(limit=frozenset({"oc-controler-0"}))

    assert site.world.changes() == []


def test_a_dry_run_makes_no_key() -> None:
    site = Site()

    shown = preview(site.world.run, site.deployment())

    assert site.keys.made == []
    assert {node.key for node in shown.plan.nodes} == {UNMADE_KEY}
    site.keys.ensure(Path("/home/me/key"))
    again = preview(site.world.run, site.deployment())
    assert UNMADE_KEY not in {node.key for node in again.plan.nodes}
