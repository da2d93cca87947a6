"""What workflows rely on of an overcloud's Keystone.

The live one is the undercloud's own, in a domain and a region of this test: it is a
Keystone as well, and its administrator may do the same there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from uuid import uuid4

import pytest
from openstack import config

from tests.contract.conftest import PREFIX
from tests.fakes.clock import FakeClock
from tests.fakes.overcloud import FakeOvercloudIdentity
from tripleo_cli.clients.overcloud import KeystoneIdentity
from tripleo_cli.clients.overcloud_rest import Rest, sign_in
from tripleo_cli.domain.events import silent
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.catalog import (
    INTERFACES,
    Catalogue,
    CloudService,
    Domain,
    Endpoint,
    Grant,
    Item,
    Region,
    Role,
    User,
    changes,
)
from tripleo_cli.errors import NotFoundError
from tripleo_cli.workflows.catalog import ensure_catalogue
from tripleo_cli.workflows.overcloud_ports import OvercloudIdentity


@dataclass(kw_only=True)
class Place:
    """A Keystone, and a name that nothing else there has."""

    identity: OvercloudIdentity
    name: str

    def wanted(self, *, which: str = "first", port: int = 1) -> Catalogue:
        """A domain with an administrator, a role, a service with three endpoints."""
        name = self.name
        endpoints = (
            Endpoint(
                service=name,
                type=name,
                interface=interface,
                region=name,
                url=f"http://192.0.2.1:{port}/%(tenant_id)s",
            )
            for interface in INTERFACES
        )
        items: tuple[Item, ...] = (
            Domain(name=name),
            Region(name=name),
            Role(name=name),
            User(name=name, domain=name, password=which),
            Grant(user=name, role=name, domain=name),
            CloudService(name=name, type=name, description=f"tried on port {port}"),
            *endpoints,
        )
        return Catalogue(items=items, region=name)

    def ensure(self, wanted: Catalogue) -> list[str]:
        """Make it so; name the kinds of what was changed."""
        done = ensure_catalogue(self.identity, wanted, clock=FakeClock(), report=silent)
        return [change.item.key[0] for change in done]


@pytest.fixture(params=["fake", pytest.param("live", marks=pytest.mark.functional)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    name = f"{PREFIX}-{uuid4().hex[:6]}"
    if request.param == "fake":
        yield Place(identity=FakeOvercloudIdentity(), name=name)
        return
    access = _access()
    with ExitStack() as undo:
        undo.callback(_sweep, access, name)
        yield Place(identity=KeystoneIdentity(access), name=name)


def _access() -> Access:
    cloud = os.environ.get("OS_CLOUD")
    if not cloud:
        pytest.fail("OS_CLOUD names no undercloud")
    auth = config.OpenStackConfig().get_one(cloud).config["auth"]
    url = auth["auth_url"].removesuffix("/v3")
    return Access(auth_url=url, password=auth["password"])


def _sweep(access: Access, name: str) -> None:
    """Remove what a test made; a domain must be disabled first."""
    url = f"{access.auth_url}/v3"
    rest = Rest(sign_in(access), "Keystone", kind="identity", url=url)
    for kind in ("service", "role", "domain"):
        for each in rest.listed(f"/{kind}s?name={name}", f"{kind}s"):
            path = f"/{kind}s/{each['id']}"
            if kind == "domain":
                rest.send("PATCH", path, {"domain": {"enabled": False}})
            rest.send("DELETE", path)
    with suppress(NotFoundError):
        rest.send("DELETE", f"/regions/{name}")


def test_what_was_made_is_read_as_it_was_wanted(place: Place) -> None:
    wanted = place.wanted()

    place.ensure(wanted)

    assert changes(place.identity.read(), wanted) == ()
    assert place.ensure(wanted) == []


def lasting(place: Place) -> set[Item]:
    """Give what is there, but for what Heat has there while a stack lives."""
    items = place.identity.read().items
    return {item for item in items if getattr(item, "domain", "") != "heat"}


def test_all_else_stays(place: Place) -> None:
    before = lasting(place)

    place.ensure(place.wanted())

    assert before <= lasting(place)


def test_only_what_differs_is_corrected(place: Place) -> None:
    place.ensure(place.wanted())

    assert place.ensure(place.wanted(port=2)) == ["service"] + ["endpoint"] * 3
    assert changes(place.identity.read(), place.wanted(port=2)) == ()


def test_a_password_is_set_where_it_does_not_let_its_user_in(place: Place) -> None:
    place.ensure(place.wanted())
    (user,) = place.wanted(which="second").users
    assert not place.identity.accepts(user)

    assert place.ensure(place.wanted(which="second")) == ["user"]
    assert place.identity.accepts(user)
