"""A BMC that speaks enough Redfish to be found: for tests that may open sockets."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ROOT = "/redfish/v1"


def documents(macs: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """Make every document of a BMC; ``macs`` are those of its machines, by id."""
    made: dict[str, dict[str, Any]] = {
        f"{ROOT}": {
            "@odata.id": f"{ROOT}/",
            "Id": "RootService",
            "Name": "a BMC of a test",
            "RedfishVersion": "1.6.0",
            "Systems": {"@odata.id": f"{ROOT}/Systems"},
        },
        f"{ROOT}/Systems": _collection(f"{ROOT}/Systems", macs),
    }
    for system, addresses in macs.items():
        path = f"{ROOT}/Systems/{system}"
        cards = {str(number): mac for number, mac in enumerate(addresses)}
        made[path] = {
            "@odata.id": path,
            "Id": system,
            "Name": system,
            "UUID": system,
            "PowerState": "Off",
            "Boot": {"BootSourceOverrideEnabled": "Disabled"},
            "EthernetInterfaces": {"@odata.id": f"{path}/EthernetInterfaces"},
        }
        folder = f"{path}/EthernetInterfaces"
        made[folder] = _collection(folder, cards)
        for card, mac in cards.items():
            made[f"{folder}/{card}"] = {
                "@odata.id": f"{folder}/{card}",
                "Id": card,
                "Name": card,
                "MACAddress": mac,
            }
    return made


def _collection(path: str, names: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@odata.id": path,
        "Name": path,
        "Members": [{"@odata.id": f"{path}/{name}"} for name in names],
        "Members@odata.count": len(names),
    }


@contextmanager
def serving(
    macs: Mapping[str, Sequence[str]], user: str, password: str
) -> Iterator[int]:
    """Serve a BMC on this machine; gives its port."""
    made = documents(macs)
    secret = base64.b64encode(f"{user}:{password}".encode()).decode()

    class Bmc(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.rstrip("/")
            if path != ROOT and self.headers.get("Authorization") != f"Basic {secret}":
                self._answer(HTTPStatus.UNAUTHORIZED, {"error": {"message": "no"}})
            elif path in made:
                self._answer(HTTPStatus.OK, made[path])
            else:
                self._answer(HTTPStatus.NOT_FOUND, {"error": {"message": "what?"}})

        def _answer(self, status: HTTPStatus, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bmc)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
