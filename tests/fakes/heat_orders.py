"""Heat's software deployments, as deployers and as servers see them, in memory.

Servers speak HTTP with it: they sign in as the user that Heat made for each, and may
read their own metadata and nobody else's. Signals take the place of earlier ones.
Faults are set from outside: ``down``, ``forgetful`` (signals are answered and lost),
``expired`` (tokens are refused once).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from tripleo_cli.errors import NotFoundError, UnreachableError
from tripleo_cli.node.pull_heat import Account, HeatError, Response

KEYSTONE = "http://192.0.2.1:5000/v3"
HEAT = "http://192.0.2.1:8004"
PROJECT = "stack-users"
STACK = "oc-Compute-1/s1"
JSON = Mapping[str, Any]


@dataclass
class Server:
    """A server in Heat: its orders in the order in which they came."""

    name: str
    password: str
    orders: dict[str, str] = field(default_factory=dict)
    reports: dict[str, JSON] = field(default_factory=dict)


class FakeHeatOrders:
    """Implements the ``Orders`` port, and the HTTP that nodes send."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.servers: dict[str, Server] = {}
        self._tokens: dict[str, str] = {}
        self._count = 0
        self.halves: list[str] = []
        """Texts that runs which were killed made for orders, and for no server."""
        self.is_down = False
        self.is_forgetful = False
        self.on_put: Callable[[str], None] = lambda _server: None

    def serve(self, server: str) -> Account:
        """Make a server whose node pulls; gives what cloud-init tells it."""
        name = f"{server}-resource"
        self.servers[server] = Server(name=name, password=f"secret of {server}")
        return Account(
            auth_url=KEYSTONE,
            user_id=server,
            password=f"secret of {server}",
            project_id=PROJECT,
            stack_id=STACK,
            resource=name,
            region="",
            moved={},
        )

    def expire(self) -> None:
        """Let no token be good any more."""
        self._tokens.clear()

    # What deployers do.

    def put(self, server: str, text: str) -> str:
        with self._lock:
            self._count += 1
            name = f"order-{self._count}"
            self._server(server).orders[name] = text
        self.on_put(server)
        return name

    def left(self, server: str) -> Collection[str]:
        with self._lock:
            return tuple(self._known(server).orders)

    def take_back(self, server: str, order: str) -> None:
        with self._lock:
            self._known(server).orders.pop(order, None)

    def sweep(self) -> None:
        self._check_up()
        self.halves.clear()

    def report(self, server: str) -> str:
        with self._lock:
            told = self._server(server).reports.get("orders")
            return str(told["data"]) if told else ""

    def _check_up(self) -> None:
        if self.is_down:
            raise UnreachableError("Heat does not answer")

    def _known(self, server: str) -> Server:
        """Give what Heat has of a server, nothing for one that it does not know."""
        self._check_up()
        return self.servers.get(server) or Server(name="", password="")

    def _server(self, server: str) -> Server:
        self._check_up()
        if server not in self.servers:
            raise NotFoundError(f"there is no server {server} in the stack")
        return self.servers[server]

    # What nodes do.

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        if self.is_down:
            raise HeatError(f"{method} {url}: Connection refused")
        assert headers["Content-Type"] == "application/json"
        value: Any = json.loads(body) if body else None
        with self._lock:
            if url == f"{KEYSTONE}/auth/tokens":
                return self._sign_in(value)
            user = self._tokens.get(headers["X-Auth-Token"])
            if user is None:
                return _refused(HTTPStatus.UNAUTHORIZED)
            return self._answer(user, method, urlsplit(url).path, value)

    def _sign_in(self, value: JSON) -> Response:
        user = value["auth"]["identity"]["password"]["user"]
        assert value["auth"]["scope"]["project"]["id"] == PROJECT
        server = self.servers.get(user["id"])
        if server is None or server.password != user["password"]:
            return _refused(HTTPStatus.UNAUTHORIZED)
        token = f"token-{len(self._tokens)}-of-{user['id']}"
        self._tokens[token] = user["id"]
        place = {"interface": "public", "region_id": "r", "url": f"{HEAT}/v1/{PROJECT}"}
        inner = {**place, "interface": "internal", "url": "http://inside"}
        catalog = [
            {"type": "identity", "endpoints": []},
            {"type": "orchestration", "endpoints": [inner, place]},
        ]
        told = json.dumps({"token": {"catalog": catalog}}).encode()
        return Response(HTTPStatus.CREATED, {"x-subject-token": token}, told)

    def _answer(self, user: str, method: str, path: str, value: Any) -> Response:
        server = self.servers[user]
        mine = f"/v1/{PROJECT}/stacks/{STACK}/resources/{server.name}"
        if (method, path) == ("GET", f"{mine}/metadata"):
            listed = [_config(name, text) for name, text in server.orders.items()]
            metadata = {"os-collect-config": {}, "deployments": listed}
            return Response(
                HTTPStatus.OK, {}, json.dumps({"metadata": metadata}).encode()
            )
        if (method, path) == ("POST", f"{mine}-reports/signal"):
            assert set(value) == {"id", "status", "reason", "data"}
            assert value["status"] in ("SUCCESS", "FAILURE")
            if not self.is_forgetful:
                server.reports[value["id"]] = value
            return Response(HTTPStatus.OK, {}, b"")
        return _refused(HTTPStatus.FORBIDDEN)


def _config(name: str, text: str) -> JSON:
    number = int(name.partition("-")[2])
    return {
        "id": name,
        "name": name,
        "group": "tripleo",
        "config": text,
        "creation_time": f"2026-11-23T07:00:{number:02}Z",
        "inputs": [],
        "outputs": [],
        "options": {},
    }


def _refused(status: HTTPStatus) -> Response:
    return Response(status, {}, json.dumps({"error": status.phrase}).encode())
