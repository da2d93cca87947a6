"""Making an undercloud's users, catalogue and network, at the HTTP line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import requests_mock

from tripleo_cli.clients.bootstrap import UndercloudAdministration
from tripleo_cli.domain.undercloud.catalog import (
    CATALOG,
    SERVICE_USERS,
    Identity,
    identity_of,
)
from tripleo_cli.domain.undercloud.config import Subnet, UndercloudConfig
from tripleo_cli.domain.undercloud.secrets import SECRETS
from tripleo_cli.errors import ServiceError

CONFIG = UndercloudConfig(clouds_file="/c.yaml")
SECRET = {name: f"secret-of-{name}" for name in SECRETS}
HOST = "http://127.0.0.1"
UP = {"state": "up", "host": "undercloud"}


class FakeRest:
    """Keystone and Neutron as collections that can be listed, added to and patched."""

    def __init__(self, mocker: requests_mock.Mocker) -> None:
        self.things: dict[str, dict[str, dict[str, Any]]] = {}
        self.grants: set[str] = set()
        self.changes: list[tuple[str, str]] = []
        mocker.get(
            f"{HOST}:5000/v3", json={"version": {"id": "v3.14", "status": "stable"}}
        )
        token = {"methods": ["password"], "expires_at": "2999-01-01T00:00:00.0Z"}
        token["project"] = {"id": "p0", "name": "admin"}  # type: ignore[assignment]
        mocker.post(
            f"{HOST}:5000/v3/auth/tokens",
            headers={"X-Subject-Token": "t"},
            json={"token": token},
        )
        mocker.put(re.compile("/roles/"), text=self._grant)
        pattern = re.compile(
            "/(v3|v2.0)/(projects|domains|roles|users|services|endpoints"
            "|networks|subnets)$"
        )
        mocker.get(pattern, text=self._list)
        mocker.post(pattern, text=self._create)
        one = re.compile("/(v3|v2.0)/(users|endpoints|subnets)/[^/]*$")
        mocker.patch(one, text=self._change)
        mocker.put(one, text=self._change)

    def named(self, kind: str) -> set[str]:
        return {each["name"] for each in self.things[kind].values()}

    def _list(self, request: Any, _context: Any) -> str:
        kind = request.path.rpartition("/")[2]
        return json.dumps({kind: list(self.things.get(kind, {}).values())})

    def _create(self, request: Any, _context: Any) -> str:
        kind = request.path.rpartition("/")[2]
        one = kind.removesuffix("s")
        fields = request.json()[one]
        known = self.things.setdefault(kind, {})
        fields["id"] = f"{one}-{len(known)}"
        known[fields["id"]] = fields
        return json.dumps({one: fields})

    def _change(self, request: Any, _context: Any) -> str:
        kind, _, name = request.path.rpartition("/")
        kind = kind.rpartition("/")[2]
        one = kind.removesuffix("s")
        fields = request.json()[one]
        self.changes += [(kind, key) for key in fields]
        self.things[kind][name].update(fields)
        return json.dumps({one: self.things[kind][name]})

    def _grant(self, request: Any, _context: Any) -> str:
        self.grants.add(request.path)
        return ""


@pytest.fixture
def mocker() -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker() as mocker:
        yield mocker


@pytest.fixture
def rest(mocker: requests_mock.Mocker) -> FakeRest:
    return FakeRest(mocker)


def administration() -> UndercloudAdministration:
    return UndercloudAdministration(CONFIG, SECRET)


def wanted(**changed: str) -> Identity:
    identity = identity_of(CONFIG, SECRET)
    return Identity(
        passwords=identity.passwords, endpoints={**identity.endpoints, **changed}
    )


def test_a_new_keystone_learns_everything(rest: FakeRest) -> None:
    changes = administration().ensure_identity(wanted())

    assert rest.named("users") == {*SERVICE_USERS, "heat_domain_admin"}
    assert rest.named("services") == {entry.name for entry in CATALOG}
    assert {each["url"] for each in rest.things["endpoints"].values()} == set(
        wanted().endpoints.values()
    )
    assert len(rest.grants) == 2 * len(SERVICE_USERS) + 1
    assert changes == sum(len(things) for things in rest.things.values())


def test_the_stack_domain_s_administrator_is_not_of_the_default_domain(
    rest: FakeRest,
) -> None:
    administration().ensure_identity(wanted())

    domains = {
        each["name"]: each["domain_id"] for each in rest.things["users"].values()
    }
    assert domains["heat_domain_admin"] == "domain-0"
    assert domains["nova"] == "default"


def test_what_is_there_stays_and_gets_its_password_again(rest: FakeRest) -> None:
    administration().ensure_identity(wanted())
    before = json.dumps(rest.things, sort_keys=True)

    assert administration().ensure_identity(wanted()) == 0

    assert json.dumps(rest.things, sort_keys=True) == before
    assert set(rest.changes) == {("users", "password")}


def test_a_moved_service_moves_in_the_catalogue(rest: FakeRest) -> None:
    administration().ensure_identity(wanted())

    changes = administration().ensure_identity(wanted(glance="http://127.0.0.1:9"))

    assert changes == 1
    assert ("endpoints", "url") in rest.changes


def test_the_network_is_made_once_and_subnets_are_corrected(rest: FakeRest) -> None:
    subnet = Subnet()
    assert administration().ensure_network([subnet]) == 2
    assert administration().ensure_network([subnet]) == 0

    changes = administration().ensure_network([Subnet(dns_nameservers=("9.9.9.9",))])

    assert changes == 1
    assert rest.changes == [("subnets", "dns_nameservers")]


AGENTS: dict[str, tuple[list[str], str, list[str]]] = {
    "all up": (["nova-conductor", "nova-scheduler", "nova-compute"], "up", []),
    "one missing": (["nova-conductor", "nova-scheduler"], "up", ["nova-compute"]),
    "heat down": (
        ["nova-conductor", "nova-scheduler", "nova-compute"],
        "down",
        ["heat-engine"],
    ),
}


@pytest.mark.parametrize("case", AGENTS)
def test_agents_that_do_not_report_are_named(
    rest: FakeRest, mocker: requests_mock.Mocker, case: str
) -> None:
    up, heat, silent = AGENTS[case]
    services = [{"binary": name, **UP} for name in up]
    mocker.get(f"{HOST}:8774/v2.1/os-services", json={"services": services})
    mocker.get(f"{HOST}:8004/v1/p0/services", json={"services": [{"status": heat}]})

    assert administration().silent_agents("undercloud") == silent
    assert not rest.changes


@pytest.mark.usefixtures("rest")
def test_a_dead_engine_is_not_waited_for(mocker: requests_mock.Mocker) -> None:
    nova = [{"binary": name, **UP} for name in AGENTS["all up"][0]]
    mocker.get(f"{HOST}:8774/v2.1/os-services", json={"services": nova})
    mocker.get(f"{HOST}:8004/v1/p0/services", exc=requests.exceptions.ReadTimeout)

    assert administration().silent_agents("undercloud") == ["heat-engine"]


@pytest.mark.usefixtures("rest")
def test_a_compute_service_counts_once_it_reports(mocker: requests_mock.Mocker) -> None:
    told = [{"services": []}, {"services": [{"binary": "nova-compute", **UP}]}]
    answers = [{"json": each} for each in told]
    mocker.get(f"{HOST}:8774/v2.1/os-services", answers)

    assert not administration().is_computing("undercloud")
    assert administration().is_computing("undercloud")


REFUSALS: dict[str, tuple[Callable[[UndercloudAdministration], object], str]] = {
    "keystone": (lambda cloud: cloud.ensure_identity(wanted()), "keystone: cannot GET"),
    "neutron": (lambda cloud: cloud.ensure_network([]), "neutron: cannot GET"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_names_service_and_call_and_no_secret(
    rest: FakeRest, mocker: requests_mock.Mocker, case: str
) -> None:
    call, message = REFUSALS[case]
    mocker.get(re.compile("/(projects|networks)$"), status_code=503)

    with pytest.raises(ServiceError, match=message) as caught:
        call(administration())

    assert "secret-of" not in str(caught.value)
    assert not rest.changes
