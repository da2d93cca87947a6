"""A management controller behind real HTTP, to be refused by."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler


class Refusing(BaseHTTPRequestHandler):
    """A BMC that takes no password."""

    def do_GET(self) -> None:
        self.send_response(HTTPStatus.UNAUTHORIZED)
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
