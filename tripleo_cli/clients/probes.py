"""Questions to an overcloud from this machine, each cut off at its time limit.

The limits of the libraries are per packet: whoever sends a byte now and then would
hold them for ever. So each question has a thread of its own, which is left behind
when its time is over; it ends by itself later.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TypeVar

import requests
from keystoneauth1.adapter import Adapter

from tripleo_cli.clients.overcloud_rest import Rest, direct, sign_in, telling
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.probing import (
    CallAnswer,
    HttpAnswer,
    HttpQuestion,
    Record,
)
from tripleo_cli.errors import ServiceError

BODY_BYTES = 64 * 1024
"""More of a page is not read."""
T = TypeVar("T")

_LISTS: Mapping[str, tuple[str, str, str]] = {
    "endpoint_list": ("identity", "/endpoints", "endpoints"),
    "image_list": ("image", "/v2/images", "images"),
    "compute_services": ("compute", "/os-services", "services"),
    "hypervisors": ("compute", "/os-hypervisors", "hypervisors"),
    "network_agents": ("network", "/v2.0/agents", "agents"),
    "network_list": ("network", "/v2.0/networks", "networks"),
    "server_list": ("compute", "/servers", "servers"),
    "stack_list": ("orchestration", "/stacks", "stacks"),
}
"""The type of the service, the path, and where the answer has the list."""


ONE_ANSWER_S = 20.0
"""How long a shared session waits for one answer; the whole is cut off apart."""


class LiveProbes:
    """Implements the ``Probes`` port.

    Lists share one token: signing in costs Keystone more than any of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[Access, Adapter] = {}

    def http(self, question: HttpQuestion) -> HttpAnswer:
        """Get a page."""
        late = HttpAnswer(failure=_late(question.timeout_s))
        return _within(question.timeout_s, lambda: _get(question), late)

    def tcp(self, address: str, port: int, timeout_s: float) -> str:
        """Open a connection and close it."""
        try:
            socket.create_connection((address, port), timeout_s).close()
        except TimeoutError:
            return _late(timeout_s)
        except OSError as error:
            return (error.strerror or str(error)).lower()
        return ""

    def call(self, access: Access, call: str, timeout_s: float) -> CallAnswer:
        """Sign in, and list something."""
        late = CallAnswer(failure=_late(timeout_s))
        return _within(timeout_s, lambda: self._list(access, call, timeout_s), late)

    def _list(self, access: Access, call: str, timeout_s: float) -> CallAnswer:
        try:
            if call == "token":
                session = sign_in(access, timeout_s)
                with telling("Keystone", f"sign in as {access.user}"):
                    session.get_token()
                return CallAnswer()
            return CallAnswer(records=_records(self._shared(access), access, call))
        except ServiceError as error:
            # What came with the token may be out of date: its list of services, too.
            with self._lock:
                self._sessions.pop(access, None)
            return CallAnswer(failure=str(error))

    def _shared(self, access: Access) -> Adapter:
        with self._lock:
            if access not in self._sessions:
                self._sessions[access] = sign_in(access, ONE_ANSWER_S)
            return self._sessions[access]


def _within(timeout_s: float, work: Callable[[], T], late: T) -> T:
    answer: Future[T] = Future()

    def do() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            answer.set_exception(error)

    threading.Thread(target=do, daemon=True).start()
    try:
        return answer.result(timeout_s)
    except TimeoutError:
        return late


def _late(timeout_s: float) -> str:
    return f"no answer in {timeout_s:.0f} s"


def _get(question: HttpQuestion) -> HttpAnswer:
    try:
        with (
            direct() as line,
            line.get(
                question.url,
                timeout=question.timeout_s,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            body = next(response.iter_content(BODY_BYTES), b"")
            return HttpAnswer(
                status=response.status_code, body=body.decode(errors="replace")
            )
    except (requests.RequestException, OSError) as error:
        return HttpAnswer(failure=_reason(error, question.timeout_s))


def _records(session: Adapter, access: Access, call: str) -> tuple[Record, ...]:
    kind, path, key = _LISTS[call]
    url = f"{access.auth_url}/v3" if kind == "identity" else ""
    return tuple(Rest(session, kind, kind=kind, url=url).listed(path, key))


def _reason(error: Exception, timeout_s: float) -> str:
    """Say the cause in a few words: urllib3 nests its texts."""
    text = str(error)
    if isinstance(error, requests.Timeout) or "timed out" in text:
        return _late(timeout_s)
    known = ("Connection refused", "No route to host", "Network is unreachable")
    found = next((sign for sign in known if sign in text), "")
    return found.lower() or text.rpartition(": ")[2] or type(error).__name__
