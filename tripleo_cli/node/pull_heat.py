"""Heat, as a node sees it: what it is asked to do, and where it tells of it.

The node signs in as the user that Heat has made for its server, which may read the
metadata of that server only.
"""

from __future__ import annotations

import email
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Optional
from urllib.parse import quote, urlsplit

from tripleo_cli.node import files
from tripleo_cli.node.errors import NodeError

GROUP = "tripleo"
"""The group of software configs that are ours."""
REPORTS = "-reports"
"""What the name of a server's resource gets for that of its reports."""
REPORT = "orders"
"""The key under which reports are kept there: the latest only."""
USER_DATA = "var/lib/cloud/instance/user-data.txt"
ENDPOINTS = "etc/tripleo/pull.json"
_PART = "cfn-init-data"
_TIMEOUT_S = 30.0
_GOOD = range(200, 300)
_TOO_LATE = 401


class HeatError(Exception):
    """Keystone or Heat does not answer, or not what we can use; passing mostly."""


@dataclass(frozen=True)
class Account:
    """How a server's own user signs in; ``place`` is the path of its resource.

    ``moved`` are addresses by service type (``identity``, ``orchestration``) where the
    services are reached from here, if not at the ones that they tell themselves.
    """

    auth_url: str
    user_id: str
    password: str
    project_id: str
    stack_id: str
    resource: str
    region: str
    moved: Mapping[str, str]

    def path(self, resource: str) -> str:
        """Give the path of a resource of the server's stack."""
        return f"/stacks/{self.stack_id}/resources/{quote(resource)}"

    def reached(self, service: str, url: str) -> str:
        """Give the address at which a service is reached from this node."""
        if service not in self.moved:
            return url
        return self.moved[service].rstrip("/") + urlsplit(url).path


def load_account(root: Path) -> Account:
    """Read what cloud-init was given by Heat.

    Raises:
        NodeError: Nothing, or something else.
    """
    path = root / USER_DATA
    try:
        data = json.loads(_part(files.read(path)))["os-collect-config"]["heat"]
        moved = json.loads(files.read(root / ENDPOINTS) or "{}")
        return Account(
            auth_url=data["auth_url"],
            user_id=data["user_id"],
            password=data["password"],
            project_id=data["project_id"],
            stack_id=data["stack_id"],
            resource=data["resource_name"],
            region=data.get("region_name") or "",
            moved=moved,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NodeError(
            f"{path} does not say how this server signs in to Heat: {error!r}",
            "its role says transport: pull; servers made before that are pushed to",
        ) from error


def _part(text: str) -> str:
    for part in email.message_from_string(text).walk():
        if part.get_filename() == _PART:
            payload = part.get_payload(decode=True)
            return payload.decode() if isinstance(payload, bytes) else ""
    raise KeyError(_PART)


@dataclass(frozen=True)
class Response:
    """What came back over HTTP; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Send = Callable[[str, str, Mapping[str, str], Optional[bytes]], Response]
"""Method, URL, headers and body; raises :class:`HeatError` where nothing answers."""


class Heat:
    """Heat's API, with a token that is renewed when it is refused."""

    def __init__(self, account: Account, send: Send) -> None:
        self._account = account
        self._send = send
        self._token = ""
        self._endpoint = ""

    def orders(self) -> Mapping[str, str]:
        """List what the server is asked to do: texts by their ids, oldest first.

        Raises:
            HeatError: It could not be asked.
        """
        path = self._account.path(self._account.resource) + "/metadata"
        listed = self._ask("GET", path)["metadata"].get("deployments") or []
        ours = [one for one in listed if one.get("group") == GROUP]
        ours.sort(key=lambda one: str(one.get("creation_time")))
        return {one["id"]: one["config"] for one in ours}

    def report(self, text: str) -> None:
        """Tell how orders stand, in place of what was told before.

        That Heat answers does not mean that it has kept it: it does so later.

        Raises:
            HeatError: It was not taken.
        """
        path = self._account.path(self._account.resource + REPORTS) + "/signal"
        told = {"id": REPORT, "status": "SUCCESS", "reason": "reported", "data": text}
        self._ask("POST", path, told)

    def _ask(self, method: str, path: str, value: Any = None) -> Any:
        for _ in range(2):
            if not self._token:
                self._sign_in()
            headers = {"X-Auth-Token": self._token}
            found = self._call(method, self._endpoint + path, value, headers)
            if found.status != _TOO_LATE:
                return _value(found, f"Heat's {method} of {path}")
            self._token = ""
        raise HeatError("Heat does not take the tokens that Keystone gives")

    def _sign_in(self) -> None:
        user = {"id": self._account.user_id, "password": self._account.password}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"id": self._account.project_id}},
        }
        base = self._account.reached("identity", self._account.auth_url).rstrip("/")
        found = self._call("POST", f"{base}/auth/tokens", {"auth": auth}, {})
        token = _value(found, "signing in to Keystone")["token"]
        self._endpoint = self._heat_url(token.get("catalog") or [])
        self._token = found.headers.get("x-subject-token", "")

    def _heat_url(self, catalog: Any) -> str:
        for service in catalog:
            if service["type"] == "orchestration":
                for one in service["endpoints"]:
                    near = self._account.region in ("", one.get("region_id"))
                    if one["interface"] == "public" and near:
                        url = str(one["url"]).rstrip("/")
                        return self._account.reached("orchestration", url)
        raise HeatError("Keystone's catalogue has no public address of Heat")

    def _call(
        self, method: str, url: str, value: Any, headers: Mapping[str, str]
    ) -> Response:
        body = None if value is None else json.dumps(value).encode()
        kinds = {"Accept": "application/json", "Content-Type": "application/json"}
        return self._send(method, url, {**kinds, **headers}, body)


def _value(found: Response, what: str) -> Any:
    if found.status not in _GOOD:
        said = found.body.decode(errors="replace")[:200]
        raise HeatError(f"{what}: HTTP {found.status}: {said}")
    try:
        return json.loads(found.body or b"null")
    except ValueError as error:
        raise HeatError(f"{what}: that is no JSON: {error}") from error


def send(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> Response:
    """Send a request, and wait for half a minute at most.

    Raises:
        HeatError: Nobody answers.
    """
    request = urllib.request.Request(  # noqa: S310 - the address is from Heat itself
        url, data=body, headers=dict(headers), method=method
    )
    try:
        with _open(request) as answer:
            told = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status, told, answer.read())
    except urllib.error.HTTPError as refusal:
        return Response(refusal.code, {}, refusal.read())
    except (OSError, ValueError, HTTPException) as error:
        raise HeatError(f"{method} {url}: {error}") from error


def _open(request: urllib.request.Request) -> Any:
    # No proxy of the node's: the undercloud is near.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(request, timeout=_TIMEOUT_S)
