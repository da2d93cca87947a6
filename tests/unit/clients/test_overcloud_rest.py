"""Answers of an overcloud's services that are not what they should be."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
import requests
from keystoneauth1 import session
from keystoneauth1.adapter import Adapter

from tripleo_cli.clients.overcloud_rest import Rest
from tripleo_cli.errors import ServiceError

JSON = "application/json"
URL = "http://192.0.2.1"


class Pages(session.Session):
    """Answers by path."""

    def __init__(self, pages: Mapping[str, bytes], kind: str) -> None:
        super().__init__()
        self._pages = pages
        self._kind = kind

    def request(self, url: str, *_args: Any, **_options: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code = 200
        answer.headers["Content-Type"] = self._kind
        answer.raw = BytesIO(self._pages[url.removeprefix(URL)])
        return answer


def glance(body: bytes, kind: str = JSON, **more: bytes) -> Rest:
    pages = {"/v2/images": body, **{f"/{name}": page for name, page in more.items()}}
    return Rest(Adapter(Pages(pages, kind)), "Glance", kind="image", url=URL)


def test_a_list_is_what_the_answer_has_under_its_name() -> None:
    assert glance(b'{"images": [{"id": "1"}]}').listed("/v2/images", "images") == [
        {"id": "1"}
    ]


def test_a_list_of_several_pages_is_read_to_its_end() -> None:
    first = b'{"images": [{"id": "1"}], "next": "/second"}'
    second = b'{"images": [{"id": "2"}], "next": null}'

    found = glance(first, second=second).listed("/v2/images", "images")

    assert [one["id"] for one in found] == ["1", "2"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<h1>It works!</h1>", "text/html"),
        (b'{"versions": []}', JSON),
        (b'["images"]', JSON),
        (b"", JSON),
    ],
)
def test_an_answer_of_another_service_is_told_as_such(body: bytes, kind: str) -> None:
    with pytest.raises(ServiceError, match="there are no images in the answer"):
        glance(body, kind).listed("/v2/images", "images")


def test_an_answer_that_was_cut_short_is_damaged() -> None:
    with pytest.raises(ServiceError, match=r"Glance: GET /v2/images: .* damaged"):
        glance(b'{"images": [').listed("/v2/images", "images")
