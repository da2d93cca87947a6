"""An overcloud's services at the HTTP line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests_mock

from tripleo_cli.domain.overcloud.access import Access, access_to

HOST = "192.0.2.9"
ACCESS: Access = access_to(HOST, "secret")
PLACES = {
    "compute": f"http://{HOST}:8774/v2.1",
    "network": f"http://{HOST}:9696",
    "image": f"http://{HOST}:9292",
    "placement": f"http://{HOST}:8778",
}
ELSEWHERE = "http://192.0.2.99"
"""Nobody answers there."""

TOKEN = {
    "expires_at": "2099-01-01T00:00:00.000000Z",
    "issued_at": "2026-01-01T00:00:00.000000Z",
    "methods": ["password"],
    "user": {"id": "u", "name": "admin", "domain": {"id": "d", "name": "Default"}},
}


class Site:
    """What is answered at each place, and what was asked."""

    def __init__(self, mocker: requests_mock.Mocker, *lacking: str) -> None:
        self._mocker = mocker
        catalog = [_entry(kind) for kind in PLACES if kind not in lacking]
        mocker.post(
            f"http://{HOST}:5000/v3/auth/tokens",
            json={"token": {**TOKEN, "catalog": catalog}},
            headers={"X-Subject-Token": "token"},
        )
        version = {"id": "v3.0", "status": "stable", "links": []}
        mocker.get(f"http://{HOST}:5000/v3", json={"version": version})

    def answer(
        self, method: str, kind: str, path: str, body: Any = None, status: int = 200
    ) -> None:
        """Answer a call; without a body as services answer that have nothing to say."""
        given = {} if body is None else {"json": body}
        headers = {} if body is None else {"Content-Type": "application/json"}
        self._mocker.register_uri(
            method, PLACES[kind] + path, status_code=status, headers=headers, **given
        )

    @property
    def asked(self) -> list[tuple[str, str, Any]]:
        """What was changed: method, path, and body, in order."""
        return [
            (one.method, one.path, json.loads(one.text) if one.text else None)
            for one in self._mocker.request_history
            if one.method != "GET" and "/auth/" not in one.path
        ]

    @property
    def sign_ins(self) -> int:
        """How often somebody got a token."""
        return len([1 for one in self._mocker.request_history if one.method == "POST"])

    @property
    def last(self) -> Any:
        """The last call."""
        return self._mocker.last_request


def _entry(kind: str) -> dict[str, Any]:
    """Describe a service that somebody has in another region, too."""
    elsewhere = {"interface": "public", "url": ELSEWHERE, "region": "elsewhere"}
    place = {"interface": "public", "url": PLACES[kind], "region": ACCESS.region}
    return {"id": kind, "type": kind, "name": kind, "endpoints": [elsewhere, place]}


@contextmanager
def a_site(*lacking: str) -> Iterator[Site]:
    """Have an overcloud without some kinds of services."""
    with requests_mock.Mocker() as mocker:
        yield Site(mocker, *lacking)
