"""What workflows rely on of questions to an overcloud from this machine.

The live ones ask a server of this test, in a thread; it misbehaves in many ways.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError

import pytest

from tripleo_cli.clients.probes import BODY_BYTES, LiveProbes
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.probing import HttpAnswer, HttpQuestion
from tripleo_cli.node import probes
from tripleo_cli.node.layout import Layout
from tripleo_cli.node.pull_heat import HeatError, send
from tripleo_cli.node.system import Site, run

pytestmark = pytest.mark.functional
LIMIT_S = 1.0


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, f"_{self.path.strip('/')}")()

    def _good(self) -> None:
        self._answer(200, b"OK")

    def _broken(self) -> None:
        self._answer(503, b"no server is available")

    def _moved(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/good")
        self.end_headers()

    def _long(self) -> None:
        self._answer(200, b"x" * BODY_BYTES * 3)

    def _silent(self) -> None:
        time.sleep(3 * LIMIT_S)

    def _slow(self) -> None:
        """Send a byte now and then, which no limit per packet ends."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(30):
            self.wfile.write(b"x")
            time.sleep(LIMIT_S / 10)

    def _nonsense(self) -> None:
        """Answer as something does that does not speak HTTP."""
        self.wfile.write(b"5.5.5-10.11 mysql_native_password\r\n")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def ask(url: str, limit_s: float = LIMIT_S * 10) -> HttpAnswer:
    return LiveProbes().http(HttpQuestion(url=url, timeout_s=limit_s))


@pytest.fixture
def closed() -> str:
    """An address where nobody listens."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{line.getsockname()[1]}"


def test_a_page_has_a_status_and_a_body(server: str) -> None:
    assert ask(f"{server}/good") == HttpAnswer(status=200, body="OK")
    assert ask(f"{server}/broken").status == 503


def test_redirects_are_answers_and_not_followed(server: str) -> None:
    assert ask(f"{server}/moved").status == 302


def test_proxies_of_the_environment_are_not_asked(
    server: str, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{closed}")
    monkeypatch.delenv("no_proxy", raising=False)

    assert ask(f"{server}/good").status == 200


def test_a_long_page_is_cut(server: str) -> None:
    assert 0 < len(ask(f"{server}/long").body) <= BODY_BYTES


@pytest.mark.parametrize("path", ["silent", "slow"])
def test_whoever_takes_too_long_is_left(server: str, path: str) -> None:
    assert ask(f"{server}/{path}", LIMIT_S).failure == "no answer in 1 s"


def test_nobody_there_is_an_answer(closed: str) -> None:
    host, _, port = closed.partition(":")

    assert ask(f"http://{closed}/").failure == "connection refused"
    assert LiveProbes().tcp(host, int(port), LIMIT_S) == "connection refused"


def test_who_speaks_something_else_is_an_answer(server: str) -> None:
    assert "mysql_native_password" in ask(f"{server}/nonsense").failure


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("nonsense", "mysql_native_password"),
        ("broken", "status 503, not 200"),
        ("silent", "no answer in 1 s"),
        ("slow", "no answer in 1 s"),
    ],
)
def test_a_node_gets_over_it_too(
    server: str, tmp_path: Path, path: str, detail: str
) -> None:
    port = int(server.rpartition(":")[2])
    values = {"host": "127.0.0.1", "port": port, "path": f"/{path}", "unit": "web"}

    seen = probes.http(Site(Layout(tmp_path), run), values, LIMIT_S)

    assert (seen.passed, seen.unit) == (False, "web")
    assert detail in seen.detail


@pytest.mark.parametrize("error", [TimeoutError(), URLError(TimeoutError())])
def test_a_node_says_the_same_whichever_limit_is_over_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(probes, "_get", fail)

    seen = probes.http(Site(Layout(tmp_path), run), {"host": "a", "port": 1}, LIMIT_S)

    assert seen.detail == "http://a:1/: no answer in 1 s"


def test_a_node_reads_a_good_page(server: str, tmp_path: Path) -> None:
    port = int(server.rpartition(":")[2])
    values = {"host": "127.0.0.1", "port": port, "path": "/good", "body": "OK"}

    assert probes.http(Site(Layout(tmp_path), run), values, LIMIT_S * 10).passed


def test_a_node_that_asks_heat_gets_over_nonsense(server: str) -> None:
    with pytest.raises(HeatError, match="mysql_native_password"):
        send("GET", f"{server}/nonsense", {}, None)


def test_a_node_asks_at_addresses_of_either_kind(tmp_path: Path) -> None:
    values = {"host": "::1", "port": 1, "path": "/"}

    seen = probes.http(Site(Layout(tmp_path), run), values, LIMIT_S)

    assert not seen.passed
    assert seen.detail.startswith("http://[::1]:1/")


def test_a_port_that_listens_takes_a_connection(server: str) -> None:
    port = int(server.rpartition(":")[2])

    assert LiveProbes().tcp("127.0.0.1", port, LIMIT_S) == ""


def test_an_overcloud_that_is_not_there_lists_nothing(closed: str) -> None:
    access = Access(auth_url=f"http://{closed}", password="any")

    answer = LiveProbes().call(access, "image_list", LIMIT_S * 10)

    assert "connection refused" in answer.failure
    assert not answer.records
