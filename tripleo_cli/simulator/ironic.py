"""The live Bare Metal API, asynchronously; sessions and tokens by keystoneauth."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
from keystoneauth1 import exceptions as auth_errors
from keystoneauth1 import session as auth_session

from tripleo_cli.simulator.ports import (
    RefusedError,
    SimulatedNode,
    UnavailableError,
    simulated_node,
)

LIST_FIELDS: Final = (
    "uuid,name,driver,provision_state,provision_updated_at,extra,maintenance,"
    "power_interface,deploy_interface,driver_info,instance_uuid"
)
ATTEMPTS: Final = 2
UNAUTHORIZED: Final = 401
NOT_FOUND: Final = 404
API_VERSION: Final = "1.84"
"""The first that takes inspection data; asks for no agent token in return."""
TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=10)
# Too many requests, and all that a restarting service or its proxy answers. A
# locked node (409) is busy for a moment.
_WORTH_ANOTHER_TRY: Final = frozenset({409, 429, 500, 502, 503, 504})

Query = Mapping[str, str]


class LiveIronic:
    """Ironic of one cloud; use it as an asynchronous context manager."""

    def __init__(
        self,
        session: auth_session.Session,
        endpoint: str,
        http: aiohttp.ClientSession | None = None,
    ) -> None:
        self._session = session
        self._endpoint = endpoint.rstrip("/").removesuffix("/v1")
        self._http = http

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=TIMEOUT)
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._http:
            await self._http.close()

    async def nodes(self, state: str | None = None) -> Sequence[SimulatedNode]:
        """List the simulated nodes, in one state or all, page by page."""
        query = {"fields": LIST_FIELDS, "driver": "fake-hardware"}
        if state:
            query["provision_state"] = state
        found: list[SimulatedNode] = []
        path = "/v1/nodes"
        while path:
            page = await self._call("GET", path, query=query)
            found += filter(None, map(simulated_node, page["nodes"]))
            # The link to the next page is complete, whatever host it names.
            _, _, rest = str(page.get("next") or "").partition("/v1/")
            path, query = f"/v1/{rest}" if rest else "", {}
        return found

    async def has(self, node_id: str) -> bool:
        """Say whether there is a node of that UUID, simulated or not."""
        call = "GET", f"/v1/nodes/{node_id}"
        status, answer = await self._ask(*call, query={"fields": "uuid"})
        if status == NOT_FOUND:
            return False
        _raise_for(status, " ".join(call), answer)
        return True

    async def macs(self, node_id: str) -> Sequence[str]:
        """Give the MAC addresses of a node's ports, the oldest first."""
        query = {"node": node_id, "fields": "address"}
        page = await self._call("GET", "/v1/ports", query=query)
        return [port["address"] for port in page["ports"]]

    async def patch(self, node_id: str, patch: Sequence[Mapping[str, Any]]) -> None:
        """Change a node."""
        await self._call("PATCH", f"/v1/nodes/{node_id}", body=list(patch))

    async def set_power(self, node_id: str, *, on: bool) -> None:
        """Ask Ironic to switch a node on or off; returns at once."""
        body = {"target": "power on" if on else "power off"}
        await self._call("PUT", f"/v1/nodes/{node_id}/states/power", body=body)

    async def continue_inspection(self, data: Mapping[str, Any]) -> None:
        """Send what the inspection ramdisk sends; it has no credentials."""
        await self._call(
            "POST", "/v1/continue_inspection", body=dict(data), with_token=False
        )

    async def agent_token(self, node_id: str) -> str:
        """Look a booted node up as its agent does; it has no credentials."""
        query = {"node_uuid": node_id}
        found = await self._call("GET", "/v1/lookup", query=query, with_token=False)
        token = str(found["config"].get("agent_token") or "")
        return "" if set(token) == {"*"} else token

    async def heartbeat(self, node_id: str, url: str, token: str) -> None:
        """Say that the agent of a node is alive, and where."""
        body = {"callback_url": url, "agent_version": "11.0.0", "agent_token": token}
        path = f"/v1/heartbeat/{node_id}"
        await self._call("POST", path, body=body, with_token=False)

    async def _call(self, method: str, path: str, **request: Any) -> Any:
        status, answer = await self._ask(method, path, **request)
        _raise_for(status, f"{method} {path}", answer)
        return answer

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        with_token: bool = True,
    ) -> tuple[int, Any]:
        for attempt in range(1, ATTEMPTS + 1):
            headers = {"X-OpenStack-Ironic-API-Version": API_VERSION}
            if with_token:
                headers["X-Auth-Token"] = await asyncio.to_thread(self._token)
            status, answer = await self._send(
                method, path, params=query, json=body, headers=headers
            )
            if status != UNAUTHORIZED or not with_token or attempt == ATTEMPTS:
                break
            # The token may have been revoked early, or Keystone's keys rotated.
            self._session.invalidate()
        return status, answer

    async def _send(self, method: str, path: str, **request: Any) -> tuple[int, Any]:
        if self._http is None:
            raise RuntimeError("LiveIronic must be entered before it is used")
        url = f"{self._endpoint}{path}"
        try:
            async with self._http.request(method, url, **request) as response:
                is_json = "json" in response.content_type
                text = await response.text()
                return response.status, await response.json() if is_json else text
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise UnavailableError(f"{method} {url}: {reason}") from error

    def _token(self) -> str:
        """Get a valid token; keystoneauth renews it before it expires."""
        try:
            return str(self._session.get_token())
        except auth_errors.Unauthorized as error:
            raise RefusedError(f"Keystone refuses the credentials: {error}") from error
        except auth_errors.ClientException as error:
            raise UnavailableError(f"no token from Keystone: {error}") from error


def _raise_for(status: int, call: str, answer: Any) -> None:
    if status < 400:  # noqa: PLR2004 - where HTTP's errors begin
        return
    message = f"{call}: HTTP {status}: {_reason(answer)}"
    if status in _WORTH_ANOTHER_TRY:
        raise UnavailableError(message)
    raise RefusedError(message)


def _reason(answer: Any) -> str:
    """Find the sentence in Ironic's answer: JSON, in JSON of one of two forms."""
    for key in ("error_message", "faultstring"):
        if isinstance(answer, str) and answer.startswith("{"):
            answer = json.loads(answer)
        if isinstance(answer, Mapping):
            answer = answer.get(key, answer)
    return " ".join(str(answer).split())[:300]
