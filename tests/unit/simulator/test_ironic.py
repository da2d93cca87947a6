"""The Bare Metal API over HTTP: pages, tokens, errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from keystoneauth1 import exceptions as auth_errors

from tripleo_cli.simulator.faults import Fault, FaultKind
from tripleo_cli.simulator.ironic import LiveIronic
from tripleo_cli.simulator.ports import (
    RefusedError,
    UnavailableError,
    simulated_node,
)

Answer = tuple[int, Any]


class FakeHttp:
    """Answers requests without a socket; notes them."""

    def __init__(self, answer: Callable[[str, str, Mapping[str, Any]], Answer]) -> None:
        self.answer = answer
        self.requests: list[tuple[str, str, Mapping[str, Any]]] = []

    @asynccontextmanager
    async def request(self, method: str, url: str, **request: Any) -> Any:
        self.requests.append((method, url, request))
        status, body = self.answer(method, url, request)

        async def text() -> str:
            return json.dumps(body)

        async def decoded() -> Any:
            return body

        yield SimpleNamespace(
            status=status, content_type="application/json", text=text, json=decoded
        )


class FakeSession:
    """keystoneauth's session: a new token after each invalidation."""

    def __init__(self) -> None:
        self.tokens = 1

    def get_token(self) -> str:
        return f"token-{self.tokens}"

    def invalidate(self) -> bool:
        self.tokens += 1
        return True


def an_ironic(http: FakeHttp, session: Any = None) -> LiveIronic:
    endpoint = "http://ironic:6385/v1"
    client = cast("aiohttp.ClientSession", http)
    return LiveIronic(cast("Any", session or FakeSession()), endpoint, client)


def a_raw_node(name: str, **extra: Any) -> dict[str, Any]:
    return {
        "uuid": f"id-{name}",
        "name": name,
        "driver": "fake-hardware",
        "provision_state": "manageable",
        "provision_updated_at": None,
        "extra": extra,
        "driver_info": {},
        "maintenance": False,
        "power_interface": "fake",
        "deploy_interface": "fake",
    }


@pytest.mark.parametrize(
    ("parameters", "extra", "measured"),
    [
        (None, {}, set()),
        ("nosmt quiet", {}, set()),
        ("nosmt ipa-inspection-benchmarks=cpu,disk", {}, {"cpu", "disk"}),
        ("ipa-inspection-benchmarks=cpu ipa-inspection-benchmarks=mem", {}, {"mem"}),
        (None, {"simulated_benchmarks": "cpu"}, {"cpu"}),
        ("ipa-inspection-benchmarks=", {"simulated_benchmarks": "cpu"}, set()),
    ],
)
def test_a_machine_measures_what_its_kernel_parameters_say(
    parameters: str | None, extra: dict[str, str], measured: set[str]
) -> None:
    raw = a_raw_node("a", simulated="yes", **extra)
    raw["driver_info"] = {"kernel_append_params": parameters}

    node = simulated_node(raw)

    assert node
    assert node.measured == measured


def test_only_simulated_nodes_are_listed() -> None:
    page = {"nodes": [a_raw_node("real"), a_raw_node("sim", simulated="yes")]}
    http = FakeHttp(lambda *_: (200, page))

    nodes = asyncio.run(an_ironic(http).nodes("inspect wait"))

    assert [node.name for node in nodes] == ["sim"]
    [(_, _, request)] = http.requests
    assert request["params"]["provision_state"] == "inspect wait"


def test_every_page_is_read() -> None:
    first = {
        "nodes": [a_raw_node("a", simulated="yes")],
        "next": "https://proxy/baremetal/v1/nodes?marker=a",
    }
    last = {"nodes": [a_raw_node("b", simulated="yes")]}
    http = FakeHttp(lambda _, url, __: (200, last if "marker" in url else first))

    nodes = asyncio.run(an_ironic(http).nodes())

    assert [node.name for node in nodes] == ["a", "b"]
    assert http.requests[1][1] == "http://ironic:6385/v1/nodes?marker=a"


@pytest.mark.parametrize(("status", "found"), [(200, {"id-a"}), (404, set())])
def test_a_node_is_looked_up_by_its_uuid(status: int, found: set[str]) -> None:
    http = FakeHttp(lambda *_: (status, {}))

    assert asyncio.run(an_ironic(http).has("id-a")) is bool(found)
    assert http.requests[0][1] == "http://ironic:6385/v1/nodes/id-a"


@pytest.mark.parametrize("status", [403, 503])
def test_who_may_not_look_or_cannot_takes_no_node_for_gone(status: int) -> None:
    http = FakeHttp(lambda *_: (status, {}))

    with pytest.raises((RefusedError, UnavailableError)):
        asyncio.run(an_ironic(http).has("id-a"))


def test_what_a_node_was_told_is_read() -> None:
    raw = a_raw_node(
        "a",
        simulated="yes",
        simulated_model="compute",
        simulated_seed=7,
        simulated_fault="power-fails",
    )
    http = FakeHttp(lambda *_: (200, {"nodes": [raw]}))

    [node] = asyncio.run(an_ironic(http).nodes())

    assert (node.model, node.seed) == ("compute", 7)
    assert node.fault == Fault(FaultKind.POWER_FAILS)


def test_an_unreadable_fault_is_a_problem_of_its_node() -> None:
    raw = a_raw_node("a", simulated="yes", simulated_fault="boom")
    http = FakeHttp(lambda *_: (200, {"nodes": [raw]}))

    [node] = asyncio.run(an_ironic(http).nodes())

    assert node.fault is None
    assert "unknown fault 'boom'" in node.fault_problem


def test_a_token_that_expired_is_renewed() -> None:
    def answer(_method: str, _url: str, request: Mapping[str, Any]) -> Answer:
        good = request["headers"]["X-Auth-Token"] == "token-2"
        return (200, {"nodes": []}) if good else (401, {"error": {"code": 401}})

    http = FakeHttp(answer)

    assert asyncio.run(an_ironic(http).nodes()) == []
    assert len(http.requests) == 2


def test_the_ramdisk_sends_no_token() -> None:
    http = FakeHttp(lambda *_: (202, {}))

    asyncio.run(an_ironic(http).continue_inspection({"inventory": {}}))

    [(method, url, request)] = http.requests
    assert (method, url) == ("POST", "http://ironic:6385/v1/continue_inspection")
    assert "X-Auth-Token" not in request["headers"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RefusedError),
        (403, RefusedError),
        (404, RefusedError),
        (409, UnavailableError),
        (500, UnavailableError),
        (503, UnavailableError),
    ],
)
def test_errors_are_told_apart(status: int, error: type[Exception]) -> None:
    body = {"error_message": json.dumps({"faultstring": "no such\n thing"})}
    http = FakeHttp(lambda *_: (status, body))

    with pytest.raises(error, match=f"HTTP {status}: no such thing$"):
        asyncio.run(an_ironic(http).macs("id"))


@pytest.mark.parametrize(
    "trouble", [aiohttp.ClientConnectionError("refused"), TimeoutError()]
)
def test_an_ironic_that_does_not_answer_is_unavailable(trouble: Exception) -> None:
    def answer(*_: Any) -> Answer:
        raise trouble

    with pytest.raises(UnavailableError, match="GET http://ironic:6385/v1/nodes"):
        asyncio.run(an_ironic(FakeHttp(answer)).nodes())


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (auth_errors.Unauthorized("wrong password"), RefusedError),
        (auth_errors.ConnectFailure("nobody there"), UnavailableError),
    ],
)
def test_trouble_with_keystone_is_told(
    trouble: Exception, error: type[Exception]
) -> None:
    class Broken(FakeSession):
        def get_token(self) -> str:
            raise trouble

    http = FakeHttp(lambda *_: (200, {}))

    with pytest.raises(error, match=str(trouble).split(" (", maxsplit=1)[0]):
        asyncio.run(an_ironic(http, Broken()).nodes())


def test_a_token_given_out_before_is_none() -> None:
    config = {"config": {"agent_token": "******"}}
    http = FakeHttp(lambda *_: (200, config))

    assert asyncio.run(an_ironic(http).agent_token("id")) == ""
