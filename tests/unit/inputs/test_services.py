"""Service files: what they may say, and what is wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.domain.overcloud.service import (
    Check,
    CheckPlace,
    Database,
    KeystoneService,
    KeystoneUser,
    Listen,
    Parameter,
    Password,
    PasswordKind,
    StepWork,
)
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.services import load_services

WHOLE = """
description: Images of the overcloud's users.
packages: [glance-api]
puppet: [puppet-module-glance]
parameters:
  GlanceWorkers: {default: 1, description: How many processes answer requests.}
passwords: [GlancePassword, {name: GlanceKey, kind: fernet}]
databases: [{name: glance, user: glance, password: GlancePassword}]
keystone:
  domains: [heat]
  roles: [reader]
  users:
    - {name: glance, password: GlancePassword, roles: [admin]}
    - {name: x, password: GlancePassword, roles: [admin], project: "", domain: heat}
  services: [{name: glance, type: image, port: 9292, path: ""}]
listen: [{name: glance_api, port: 9292, check: /healthcheck}]
hiera:
  glance::api::bind_host: "%{lookup('node_ip')}"
  glance::api::workers: "%{alias('GlanceWorkers')}"
all_nodes: {glance_is_here: true}
steps:
  3: {bootstrap: {classes: ["glance::db::sync"], manifest: "notice(1)"}}
  4:
    classes: [glance, "::glance::api"]
    manifest: |
      notice(lookup('glance_api_host'))
checks:
  4:
    - {name: it runs, on: node, systemd: {unit: glance-api, max_restarts: 2}}
    - name: it answers
      on: deployer
      target: host
      timeout_s: 12.5
      http: {port: 9292, path: /healthcheck, status: [200, 204], body: OK}
"""


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.yaml").write_text(text)
    return folder


def problems_of(folder: Path, **files: str) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        load_services([written(folder, **files)])
    return [
        " ".join(filter(None, (f"{one.where}: {one.what}", one.remedy)))
        for one in caught.value.problems
    ]


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    service = load_services([written(tmp_path, glance_api=WHOLE)])["glance-api"]

    assert service.key == "glance_api"
    assert service.packages == ("glance-api",)
    assert service.parameters == (
        Parameter(
            name="GlanceWorkers",
            default=1,
            description="How many processes answer requests.",
        ),
    )
    assert service.passwords == (
        Password(name="GlancePassword"),
        Password(name="GlanceKey", kind=PasswordKind.FERNET),
    )
    assert service.databases == (
        Database(name="glance", user="glance", password="GlancePassword"),
    )
    assert service.listen == (
        Listen(name="glance_api", port=9292, mode="http", check="/healthcheck"),
    )
    assert service.all_nodes == {"glance_is_here": True}
    assert service.steps[3] == StepWork(
        bootstrap_classes=("glance::db::sync",), bootstrap_manifest="notice(1)"
    )
    assert service.steps[4].classes == ("glance", "glance::api")


def test_what_keystone_is_told_is_read(tmp_path: Path) -> None:
    told = load_services([written(tmp_path, glance_api=WHOLE)])["glance-api"].keystone

    assert told.users == (
        KeystoneUser(
            name="glance",
            password="GlancePassword",
            roles=("admin",),
            project="service",
        ),
        KeystoneUser(
            name="x",
            password="GlancePassword",
            roles=("admin",),
            project="",
            domain="heat",
        ),
    )
    assert told.services == (KeystoneService(name="glance", type="image", port=9292),)
    assert (told.domains, told.roles) == (("heat",), ("reader",))


def test_checks_are_read_although_yaml_takes_on_for_a_truth(tmp_path: Path) -> None:
    checks = load_services([written(tmp_path, glance_api=WHOLE)])["glance-api"].checks

    assert checks[4] == (
        Check(
            name="it runs",
            kind="systemd",
            values={"unit": "glance-api", "max_restarts": 2},
        ),
        Check(
            name="it answers",
            kind="http",
            on=CheckPlace.DEPLOYER,
            target="host",
            timeout_s=12.5,
            values={
                "port": 9292,
                "path": "/healthcheck",
                "status": [200, 204],
                "body": "OK",
            },
        ),
    )


def test_a_later_directory_overrides_by_name(tmp_path: Path) -> None:
    first = written(tmp_path / "a", one="description: a", two="description: a")
    later = written(tmp_path / "b", two="description: b")

    services = load_services([first, later])

    assert {name: one.description for name, one in services.items()} == {
        "one": "a",
        "two": "b",
    }


def test_a_service_knows_its_file(tmp_path: Path) -> None:
    folder = written(tmp_path / "mine", one="description: One.")

    assert load_services([folder])["one"].source == f"{folder}/one.yaml"


def test_every_problem_of_every_file_is_said(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        one="descripton: x\nlisten: [{name: a, port: 70000, mode: htp}]",
        two="description: x\nsteps: {6: {}, 1: {clases: [a]}}",
    )

    start = str(tmp_path)
    assert [line.removeprefix(start) for line in found] == [
        '/one.yaml: line 1: descripton: unknown key did you mean "description"?',
        "/one.yaml: line 2: listen[0].port: must be at most 65535, not 70000",
        '/one.yaml: line 2: listen[0].mode: "htp" is not known did you mean "http"?',
        "/one.yaml: description: is missing",
        "/two.yaml: line 2: steps.6: there is no such step, only 1 to 5",
        '/two.yaml: line 2: steps.1.clases: unknown key did you mean "classes"?',
    ]


BROKEN = {
    "parameters: {A: {description: x}}": "parameters.A.default: is missing null",
    "parameters: {A-B: {default: 1, description: x}}": "parameters.A-B: must be",
    "passwords: [{name: A, kind: fernt}]": 'kind: "fernt" is not known did you mean',
    "passwords: [A b]": "passwords[0]: must be letters",
    "databases: [{name: a, user: b}]": "databases[0].password: is missing",
    "listen: [{name: a}]": "listen[0].port: is missing",
    "steps: {1: {classes: [Glance]}}": 'classes[0]: "Glance" is not the name',
    "checks: {1: [{name: a}]}": "must have one kind of check, and has none",
    "checks: {1: [{name: a, tcp: {port: 1}, amqp: {}}]}": "not tcp and amqp",
    "checks: {1: [{name: a, tcp: {}}]}": "checks.1[0].tcp.port: is missing",
    "checks: {1: [{name: a, on: deployer, amqp: {}}]}": "amqp can't be checked on",
    "checks: {1: [{name: a, on: nod, amqp: {}}]}": '"nod" is not known did you mean',
    "checks: {1: [{name: a, amqp: {}, timeout_s: 0}]}": "must be seconds, more than 0",
    "checks: {1: [{name: a, amqp: {}, timeout_s: 1e6}]}": "at most 86400, not",
    "checks: {1: [{name: a, amqp: {}, timeout_s: 86401}]}": "86400, not 86401",
    "checks: {1: [{name: a, amqp: {}, timeout_s: .inf}]}": "at most 86400, not inf",
    "checks: {1: [{name: a, http: {port: 80, status: [x]}}]}": "status[0]: must be",
    "checks: {1: [{name: a, systemd: {unit: x, restarts: 1}}]}": "unknown key",
    "checks: {1: x}": "checks.1: must be a list",
    "hiera: [a]": "hiera: must be a mapping",
    "parameters: {A: {default: 1, description: x}}\npasswords: [A]": "as well",
    "parameters: {A: {default: 1, description: x}}\nhiera: {A: 1}": "hiera.A: is a",
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_wrong_is_said_with_its_place(text: str, tmp_path: Path) -> None:
    found = problems_of(tmp_path, one=f"description: x\n{text}")

    assert len(found) == 1
    assert BROKEN[text] in found[0]


LOOSE = {
    "needs: [tow]": 'one: needs[0]: there is no service "tow" did you mean "two"?',
    "beside: [two, tow]": 'one: beside[1]: there is no service "tow" did you mean',
    "databases: [{name: a, user: a, password: A}]": 'there is no password "A"',
    "keystone: {users: [{name: a, password: A}]}": "one: keystone.users: there is no",
    "hiera: {a: \"%{lookup('node_pi')}\"}": 'the key "node_pi" did you mean "node_ip"?',
    "all_nodes: {a: [\"%{alias('b')}\"]}": "one: all_nodes.a: nothing gives",
    "steps: {1: {manifest: \"notice(lookup('b'))\"}}": "one: steps.1: nothing gives",
    "checks: {1: [{name: a, tcp: {port: \"%{alias('b')}\"}}]}": "one: checks.1: ",
    "checks: {1: [{name: a, cluster: {size: tow}}]}": "one: checks.1: there is no ser",
    "parameters: {P: {default: 2, description: x}}": "is a parameter with default 1",
    "passwords: [{name: Q, kind: hex}]": "a password of kind random here, but",
}


@pytest.mark.parametrize("text", LOOSE)
def test_what_leads_nowhere_is_found(text: str, tmp_path: Path) -> None:
    two = """
description: x
parameters: {P: {default: 1, description: x}}
passwords: [Q]
"""
    found = problems_of(tmp_path, one=f"description: x\n{text}", two=two)

    assert len(found) == 1
    assert LOOSE[text] in found[0] or "here, but" in found[0]


def test_a_call_with_a_default_may_name_what_is_not_there(tmp_path: Path) -> None:
    code = "notice(lookup('nobody', Integer, 'first', 1), lookup('two_ips'))"
    files = {
        "one": f'description: x\nsteps: {{1: {{manifest: "{code}"}}}}',
        "two": "description: x",
    }

    assert load_services([written(tmp_path, **files)])


@pytest.mark.parametrize("name", ["Big", "under_score", "1st"])
def test_files_are_named_as_services(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.yaml").write_text("description: x")

    with pytest.raises(InvalidInputError, match="small letters"):
        load_services([tmp_path])


def test_a_directory_without_services_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("x")

    with pytest.raises(InvalidInputError) as caught:
        load_services([tmp_path, tmp_path / "nowhere"])

    assert [one.what for one in caught.value.problems] == [
        "holds no service files (*.yaml)",
        "is no directory",
    ]
