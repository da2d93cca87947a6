"""What an operator reads when a service refuses or does not answer."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import requests
from keystoneauth1 import session as keystone_session
from keystoneauth1.identity import v3
from requests_mock import Mocker

from tripleo_cli.clients.cloud import LiveCloud
from tripleo_cli.clients.translate import secret_values
from tripleo_cli.domain.node import NodeId, Verb
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

if TYPE_CHECKING:
    from tripleo_cli.workflows.ports import Cloud

KEYSTONE = "http://uc:5000/v3"
ENDPOINTS = {
    "baremetal": "http://uc:6385",
    "orchestration": "http://uc:8004/v1/p",
    "compute": "http://uc:8774/v2.1",
    "placement": "http://uc:8778",
    "image": "http://uc:9292",
}
PASSWORD = "password-of-admin"
NODE = NodeId("a-node")

# A call of each service, and the request it makes.
CALLS: dict[str, tuple[str, str, str, Callable[[Any], Any]]] = {
    "Ironic": (
        "DELETE",
        f"{ENDPOINTS['baremetal']}/v1/nodes/{NODE}",
        "cannot delete node a-node",
        lambda cloud: cloud.baremetal.delete(NODE),
    ),
    "Heat": (
        "POST",
        f"{ENDPOINTS['orchestration']}/validate",
        "cannot validate the templates",
        lambda cloud: cloud.stacks.validate(SimpleNamespace(**TEMPLATE)),
    ),
    "Nova": (
        "GET",
        f"{ENDPOINTS['compute']}/servers/detail",
        "cannot list servers",
        lambda cloud: cloud.compute.servers(),
    ),
    "Glance": (
        "DELETE",
        f"{ENDPOINTS['image']}/v2/images/i",
        "cannot delete image i",
        lambda cloud: cloud.images.delete("i"),
    ),
}
TEMPLATE: dict[str, Any] = {"template": "{}", "files": {}, "environment": {}}

# How each service words an error, and the status.
BODIES: dict[str, Callable[[int, str], dict[str, Any]]] = {
    "Ironic": lambda _code, text: {"error_message": f'{{"faultstring": "{text}"}}'},
    "Heat": lambda code, text: {"code": code, "error": {"message": text}},
    "Nova": lambda code, text: {"fault": {"code": code, "message": text}},
    "Glance": lambda code, text: {"error": {"code": code, "message": text}},
}
ADMIN = "use a user with the admin role (openstack undercloud credentials)"
SIGN_IN = "check user name, password and project of this cloud in clouds.yaml"
QUOTA = "openstack quota set --instances -1 --cores -1 --ram -1 PROJECT"
JSON = {"Content-Type": "application/json"}
STATUSES: list[tuple[int, str, type[ServiceError], str | None]] = [
    (400, "that is wrong", ServiceError, None),
    (401, "who are you", ServiceError, SIGN_IN),
    (403, "not you", ServiceError, ADMIN),
    (403, "Quota exceeded for instances", ServiceError, QUOTA),
    (404, "no such thing", NotFoundError, None),
    (409, "not now", ConflictError, None),
    (500, "it broke", ServiceError, "openstack undercloud logs"),
    (502, "no backend", ServiceError, "openstack undercloud logs"),
    (503, "busy", ServiceError, "openstack undercloud logs"),
]


@pytest.fixture
def web() -> Any:
    with Mocker() as web:
        catalog = [
            {
                "type": kind,
                "name": kind,
                "endpoints": [{"interface": "public", "url": url, "region": "R"}],
            }
            for kind, url in ENDPOINTS.items()
        ]
        token = {
            "token": {
                "methods": ["password"],
                "expires_at": "2099-01-01T00:00:00Z",
                "user": {"id": "u", "name": "admin", "domain": {"id": "d"}},
                "project": {"id": "p", "name": "admin", "domain": {"id": "d"}},
                "catalog": catalog,
            }
        }
        headers = {"X-Subject-Token": "token-of-admin"}
        web.post(f"{KEYSTONE}/auth/tokens", json=token, headers=headers)
        versions = {"X-OpenStack-Ironic-API-Maximum-Version": "1.110"}
        web.get(f"{ENDPOINTS['baremetal']}/v1", json={}, headers=versions)
        yield web


def connect(region: str = "R") -> Cloud:
    auth = v3.Password(
        auth_url=KEYSTONE,
        username="admin",
        password=PASSWORD,
        project_name="admin",
        user_domain_id="default",
        project_domain_id="default",
    )
    session = keystone_session.Session(auth=auth)
    instance = SimpleNamespace(session=session, region_name=region, interface="public")
    return LiveCloud(instance)


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("case", STATUSES, ids=lambda case: f"{case[0]}-{case[1]}")
def test_each_status_of_each_service_is_told(
    web: Mocker, service: str, case: tuple[int, str, type[ServiceError], str | None]
) -> None:
    status, text, kind, hint = case
    method, url, told, call = CALLS[service]
    body = BODIES[service](status, text)
    web.register_uri(method, url, status_code=status, json=body, headers=JSON)
    cloud = connect()
    if service == "Ironic":
        cloud.baremetal._clock = SimpleNamespace(sleep=lambda _s: None)  # type: ignore[attr-defined]  # noqa: SLF001 - no waiting

    with pytest.raises(ServiceError) as caught:
        call(cloud)

    error = caught.value
    assert type(error) is kind
    assert str(error).startswith(f"{told}: {text} ({service} at http://uc:")
    assert f"HTTP {status}" in str(error)
    assert (error.hint or "").startswith(hint or "")
    assert bool(error.hint) == bool(hint)
    assert PASSWORD not in str(error)
    assert "token-of-admin" not in str(error)


PROBLEMS: list[tuple[Exception, str, str]] = [
    (
        requests.ConnectionError(
            "HTTPConnectionPool(host='uc', port=1): Max retries exceeded (Caused by "
            "NewConnectionError('<x>: Failed: [Errno 111] Connection refused'))"
        ),
        "connection refused",
        "openstack undercloud status",
    ),
    (requests.Timeout("slow"), "timed out", "openstack undercloud status"),
    (
        requests.ConnectionError("[Errno -2] Name or service not known"),
        "its host name is not known",
        "openstack undercloud status",
    ),
    (
        requests.exceptions.SSLError(
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed "
            "certificate (_ssl.c:1006)"
        ),
        "TLS failed: certificate verify failed: self-signed certificate",
        "check cacert and the scheme (http or https) in clouds.yaml",
    ),
]


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize(("problem", "cause", "hint"), PROBLEMS, ids=str)
def test_an_endpoint_that_does_not_answer_is_named(
    web: Mocker, service: str, problem: Exception, cause: str, hint: str
) -> None:
    method, url, told, call = CALLS[service]
    web.register_uri(method, url, exc=problem)

    with pytest.raises(ServiceError) as caught:
        call(connect())

    assert str(caught.value) == f"{told}: no answer from {service} at {url}: {cause}"
    assert caught.value.hint == hint


def test_it_is_keystone_that_does_not_answer(web: Mocker) -> None:
    problem = requests.ConnectionError("[Errno 111] Connection refused")
    web.get(KEYSTONE, exc=problem)
    web.post(f"{KEYSTONE}/auth/tokens", exc=problem)

    with pytest.raises(ServiceError) as caught:
        _ = connect().baremetal

    assert str(caught.value) == (
        "cannot find the endpoint of Ironic: no answer from Keystone at "
        f"{KEYSTONE}/auth/tokens: connection refused"
    )
    assert caught.value.hint == "openstack undercloud status"


def test_a_wrong_password_is_told_without_it(web: Mocker) -> None:
    text = "The request you have made requires authentication."
    web.post(
        f"{KEYSTONE}/auth/tokens",
        status_code=401,
        json={"error": {"code": 401, "message": text, "title": "Unauthorized"}},
        headers=JSON,
    )

    with pytest.raises(ServiceError) as caught:
        _ = connect().images

    assert "requires authentication" in str(caught.value)
    assert "HTTP 401" in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert caught.value.hint == SIGN_IN


@pytest.mark.usefixtures("web")
def test_a_service_missing_from_the_catalogue_is_told() -> None:
    with pytest.raises(ServiceError) as caught:
        _ = connect("Mars").stacks

    assert str(caught.value) == (
        "cannot find the endpoint of Heat: the catalogue has none: public endpoint "
        "for orchestration service in Mars region not found"
    )
    assert str(caught.value.hint).startswith("openstack catalog list")


def test_an_old_ironic_is_refused(web: Mocker) -> None:
    versions = {"X-OpenStack-Ironic-API-Maximum-Version": "1.80"}
    web.get(f"{ENDPOINTS['baremetal']}/v1", json={}, headers=versions)

    with pytest.raises(ServiceError, match=r"up to version 1\.80, 1\.96 is needed"):
        _ = connect().baremetal


@pytest.mark.parametrize("newest", ["1.96", "1.110", "1.999"])
def test_the_newest_version_that_both_know_is_spoken(web: Mocker, newest: str) -> None:
    versions = {"X-OpenStack-Ironic-API-Maximum-Version": newest}
    web.get(f"{ENDPOINTS['baremetal']}/v1", json={}, headers=versions)
    web.get(f"{ENDPOINTS['baremetal']}/v1/nodes/", json={"nodes": []}, headers=JSON)

    assert connect().baremetal.states() == {}

    assert web.last_request is not None
    spoken = web.last_request.headers["X-OpenStack-Ironic-API-Version"]
    assert int(spoken.partition(".")[2]) == min(int(newest.partition(".")[2]), 115)


def test_secrets_given_to_a_service_are_not_repeated(web: Mocker) -> None:
    text = "driver_info: swordfish is too short"
    web.post(
        f"{ENDPOINTS['baremetal']}/v1/nodes",
        status_code=400,
        json=BODIES["Ironic"](400, text),
        headers=JSON,
    )
    info = {"ipmi_username": "root", "ipmi_password": "swordfish"}

    with pytest.raises(ServiceError, match=r"driver_info: \*\*\* is too short") as e:
        connect().baremetal.create({"driver": "ipmi", "driver_info": info})

    # The cause would show it with --debug.
    assert e.value.__cause__ is None


def test_a_node_locked_for_a_while_is_waited_for(web: Mocker) -> None:
    locked = BODIES["Ironic"](409, f"Node {NODE} is locked by host uc, please retry")
    url = f"{ENDPOINTS['baremetal']}/v1/nodes/{NODE}/states/provision"
    refusal = {"status_code": 409, "json": locked, "headers": JSON}
    web.put(url, [refusal, refusal, refusal, {"status_code": 202}])
    baremetal: Any = connect().baremetal
    pauses: list[float] = []
    baremetal._clock = SimpleNamespace(sleep=pauses.append)  # noqa: SLF001 - no waiting

    baremetal.set_provision_state(NODE, Verb.MANAGE)

    assert pauses == [0.5, 1, 2]


def test_a_node_made_before_the_connection_broke_is_found(web: Mocker) -> None:
    url = f"{ENDPOINTS['baremetal']}/v1/nodes"
    cut = requests.ConnectionError("Connection reset by peer")
    there = BODIES["Ironic"](409, "A node with name n already exists.")
    web.post(url, [{"exc": cut}, {"status_code": 409, "json": there, "headers": JSON}])
    state = {"provision_state": "enroll", "power_state": None, "maintenance": False}
    others = ("target_provision_state", "last_error", "maintenance_reason")
    node = {"uuid": "u", **state, "reservation": None, **dict.fromkeys(others)}
    web.get(f"{url}/", json={"nodes": [node]}, headers=JSON)
    baremetal: Any = connect().baremetal
    baremetal._clock = SimpleNamespace(sleep=lambda _s: None)  # noqa: SLF001 - no waiting

    assert baremetal.create({"uuid": "u", "name": "n", "driver": "ipmi"}) == "u"
    with pytest.raises(ConflictError):
        baremetal.create({"name": "n", "driver": "ipmi"})


def test_secret_values_are_found_at_any_depth() -> None:
    fields = {
        "name": "n",
        "/driver_info/redfish_password": "a",
        "driver_info": {"ipmi_password": "b", "redfish_username": "u"},
        "extra": {"deep": {"api_token": "c"}, "password": ""},
    }

    assert secret_values(fields) == {"a", "b", "c"}
