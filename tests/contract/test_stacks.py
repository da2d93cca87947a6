"""What workflows rely on of the orchestration service."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from tests.contract.conftest import Stage
from tests.fakes.cloud import FakeCloud
from tripleo_cli.domain.stack import Stack, StackFiles, StackStatus
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

ROOT = """
heat_template_version: 2021-04-16
parameters:
  size: {type: string, default: small}
resources:
  Role:
    type: role.yaml
    properties: {size: {get_param: size}}
  note:
    type: OS::Heat::Value
    properties: {value: {get_param: size}}
outputs:
  size: {value: {get_param: size}}
"""
ROLE = """
heat_template_version: 2021-04-16
parameters:
  size: {type: string}
resources:
  node-0:
    type: OS::Heat::Value
    properties: {value: {get_param: size}}
"""
FAILING = ROLE.replace("OS::Heat::Value", "OS::Heat::TestResource").replace(
    "{value: {get_param: size}}", "{fail: true}"
)
SLOW = ROLE.replace("OS::Heat::Value", "OS::Heat::TestResource").replace(
    "{value: {get_param: size}}", "{wait_secs: 60}"
)
FILES = StackFiles(
    template=ROOT,
    files={"role.yaml": ROLE},
    # Heat gives back what no template declares: passwords are kept so.
    environment={"parameter_defaults": {"size": "big", "Passwords": {"A": "kept"}}},
)
NOTHING = "no-such-stack"


def create(stage: Stage, name: str, files: StackFiles) -> str:
    """Begin a stack and see to its removal."""
    stack_id = stage.cloud.stacks.create(name, files, 10)
    stage.undo.callback(vanish, stage, name)
    return stack_id


def vanish(stage: Stage, name: str) -> None:
    stage.cloud.stacks.delete(name)
    stage.wait(lambda: stage.cloud.stacks.find(name) is None)


def settle(stage: Stage, name: str) -> Stack:
    stacks = stage.cloud.stacks
    stage.wait(
        lambda: (
            (found := stacks.find(name)) is not None and not found.status.in_progress
        )
    )
    found = stacks.find(name)
    assert found is not None
    return found


def test_a_stack_lives(stage: Stage) -> None:  # noqa: PLR0915 - a life takes 10 s
    stacks = stage.cloud.stacks
    name = stage.name("stack")

    stack_id = create(stage, name, FILES)
    made = settle(stage, name)
    assert (made.id, made.name, str(made.status)) == (
        stack_id,
        name,
        "CREATE_COMPLETE",
    )
    assert made.outputs == {"size": "big"}
    assert made.created
    assert not made.updated
    resources = {resource.path: resource for resource in stacks.resources(stack_id)}
    assert list(resources) == ["Role", "Role.node-0", "note"]
    assert {str(found.status) for found in resources.values()} == {"CREATE_COMPLETE"}
    assert resources["note"].type == "OS::Heat::Value"
    assert all(found.physical_id for found in resources.values())

    events = stacks.events(stack_id, after=None)
    told = [(event.path, str(event.status)) for event in events]
    assert told[0] == ("", "CREATE_IN_PROGRESS")
    assert told[-1] == ("", "CREATE_COMPLETE")
    began, ended = ("Role.node-0", "CREATE_IN_PROGRESS"), ("Role", "CREATE_COMPLETE")
    assert told.index(began) < told.index(("Role.node-0", "CREATE_COMPLETE"))
    assert told.index(("Role.node-0", "CREATE_COMPLETE")) < told.index(ended)
    assert len(told) == len(set(told))
    assert [e.id for e in stacks.events(stack_id, after=events[2].id)] == [
        event.id for event in events[3:]
    ]
    last = events[-1].id
    assert stacks.events(stack_id, after=last) == []

    given = stacks.files(name)
    assert (
        yaml.safe_load(given.template)["parameters"]
        == (yaml.safe_load(ROOT)["parameters"])
    )
    assert given.files == FILES.files
    assert given.environment == FILES.environment

    environment = {"parameter_defaults": {"size": "bigger"}}
    stacks.update(name, replace(FILES, environment=environment), 10)
    made = settle(stage, name)
    assert str(made.status) == "UPDATE_COMPLETE"
    assert made.outputs == {"size": "bigger"}
    assert made.updated
    paths = {event.path for event in stacks.events(stack_id, after=last)}
    assert paths == {"", "Role", "Role.node-0", "note"}
    last = stacks.events(stack_id, after=None)[-1].id

    stacks.delete(name)
    stage.wait(lambda: stacks.find(name) is None)
    told = [
        (event.path, str(event.status)) for event in stacks.events(stack_id, after=last)
    ]
    assert told[0] == ("", "DELETE_IN_PROGRESS")
    assert told[-1] == ("", "DELETE_COMPLETE")
    assert ("Role", "DELETE_COMPLETE") in told


def test_a_failure_is_told_from_the_leaf_up(stage: Stage) -> None:
    stacks = stage.cloud.stacks
    name = stage.name("failing")
    stack_id = create(stage, name, replace(FILES, files={"role.yaml": FAILING}))

    failed = settle(stage, name)

    assert failed.status == StackStatus(action="CREATE", status="FAILED")
    assert "resources.Role.resources.node-0: Test Resource failed" in failed.reason
    found = {resource.path: resource for resource in stacks.resources(stack_id)}
    assert found["Role.node-0"].status.failed
    assert found["Role.node-0"].reason == (
        "ValueError: resources.node-0: Test Resource failed node-0"
    )
    assert found["Role"].status.failed
    failures = [e.path for e in stacks.events(stack_id, after=None) if e.status.failed]
    assert failures[0] == "Role.node-0"
    assert failures[-1] == ""

    stacks.update(name, FILES, 10)
    assert str(settle(stage, name).status) == "UPDATE_COMPLETE"


def test_a_deployment_can_be_stopped_where_it_is(stage: Stage) -> None:
    stacks = stage.cloud.stacks
    name = stage.name("slow")
    if isinstance(stage.cloud, FakeCloud):
        stage.cloud.stacks.never_finishes("node-0")
    create(stage, name, replace(FILES, files={"role.yaml": SLOW}))
    found = stacks.find(name)
    assert found is not None
    assert found.status.in_progress

    stacks.cancel_update(name)

    assert settle(stage, name).status == StackStatus(action="CREATE", status="FAILED")
    if isinstance(stage.cloud, FakeCloud):
        stage.cloud.stacks.heal("node-0")


def test_a_stack_at_rest_cannot_be_cancelled(stage: Stage) -> None:
    name = stage.name("rest")
    create(stage, name, FILES)
    settle(stage, name)

    with pytest.raises(ConflictError, match="CREATE_COMPLETE"):
        stage.cloud.stacks.cancel_update(name)
    with pytest.raises(ConflictError, match=name):
        stage.cloud.stacks.create(name, FILES, 10)


def test_nothing_is_found_nowhere(stage: Stage) -> None:
    stacks = stage.cloud.stacks

    assert stacks.find(NOTHING) is None
    stacks.delete(NOTHING)
    for ask in (stacks.files, stacks.cancel_update):
        with pytest.raises(NotFoundError, match=NOTHING):
            ask(NOTHING)
    with pytest.raises(NotFoundError, match=NOTHING):
        stacks.update(NOTHING, FILES, 10)
    for list_all in (stacks.resources, lambda name: stacks.events(name, after=None)):
        with pytest.raises(NotFoundError, match=NOTHING):
            list_all(NOTHING)


def test_a_stack_with_an_unknown_parameter_is_not_begun(stage: Stage) -> None:
    # Heat's validation lets this pass; creation does not.
    files = replace(FILES, template=ROOT.replace("{get_param: size}", "{get_param: s}"))
    name = stage.name("unknown")

    with pytest.raises(ServiceError):
        create(stage, name, files)

    assert stage.cloud.stacks.find(name) is None


def test_a_good_template_is_valid(stage: Stage) -> None:
    stage.cloud.stacks.validate(FILES)
    stage.cloud.stacks.validate(
        replace(FILES, template=json.dumps(yaml.safe_load(ROOT), default=str))
    )


@pytest.mark.parametrize(
    "files",
    [
        replace(FILES, template="a: b: c"),
        replace(FILES, template="resources: {}"),
        replace(FILES, template=ROOT + "colour: red\n"),
        replace(FILES, template=ROOT.replace("OS::Heat::Value", "OS::Heat::Colour")),
        replace(FILES, files={}),
    ],
    ids=["yaml", "version", "section", "type", "file"],
)
def test_a_bad_template_is_refused(stage: Stage, files: StackFiles) -> None:
    with pytest.raises(ServiceError):
        stage.cloud.stacks.validate(files)
