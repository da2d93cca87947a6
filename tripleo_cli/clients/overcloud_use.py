"""Images, networks and servers of an overcloud, made and removed over plain HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tripleo_cli.clients.overcloud_rest import Rest, endpoint_of, sign_in, telling
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.domain.overcloud.trial import Thing, ThingState
from tripleo_cli.errors import NotFoundError

TIMEOUT_S = 60.0
CONSOLE_LINES = 50


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a kind of thing is in its service: the path, and what a list lacks."""

    path: str
    query: str = ""


_PLACES: Mapping[Thing, _Place] = {
    Thing.IMAGE: _Place("/v2/images"),
    Thing.NETWORK: _Place("/v2.0/networks"),
    Thing.SUBNET: _Place("/v2.0/subnets"),
    Thing.ROUTER: _Place("/v2.0/routers"),
    # None: private ones, too, which the trial's is.
    Thing.FLAVOR: _Place("/flavors", "is_public=None&"),
    Thing.SERVER: _Place("/servers"),
}


class LiveOvercloudUse:
    """Implements the ``OvercloudUse`` port."""

    def __init__(self, access: Access) -> None:
        self._session = sign_in(access, TIMEOUT_S)
        self._user = access.user
        names = {"image": "Glance", "network": "Neutron", "compute": "Nova"}
        self._services = {
            kind: Rest(self._session, name, kind=kind) for kind, name in names.items()
        }

    def sign_in(self) -> None:
        """Get a token."""
        with telling("Keystone", f"sign in as {self._user}"):
            self._session.get_token()

    def has(self, kind: str) -> bool:
        """Look into the catalogue that came with the token."""
        with telling("Keystone", "read the catalogue"):
            return bool(endpoint_of(self._session, kind))

    def computes(self) -> Sequence[str]:
        """Ask Nova for its computes that are up and enabled."""
        listed = self._services["compute"].listed("/os-services", "services")
        return [
            str(each["host"])
            for each in listed
            if each["binary"] == "nova-compute"
            and each["state"] == "up"
            and each["status"] == "enabled"
        ]

    def make(self, thing: Thing, fields: Mapping[str, Any]) -> str:
        """Make a thing."""
        place, key = _PLACES[thing], thing.value
        # Glance alone takes and gives fields as they are.
        is_image = thing is Thing.IMAGE
        body = fields if is_image else {key: fields}
        answer = self._services[thing.service].send("POST", place.path, body)
        return str((answer if is_image else answer[key])["id"])

    def upload(self, image_id: str, data: bytes) -> None:
        """Give an image its content."""
        self._services["image"].send(
            "PUT",
            f"/v2/images/{image_id}/file",
            data=data,
            headers={"Content-Type": "application/octet-stream"},
        )

    def attach(self, router_id: str, subnet_id: str) -> None:
        """Give a subnet a router."""
        path = f"{_PLACES[Thing.ROUTER].path}/{router_id}/add_router_interface"
        self._services["network"].send("PUT", path, {"subnet_id": subnet_id})

    def state(self, thing: Thing, thing_id: str) -> ThingState:
        """Say how a thing stands."""
        if thing is Thing.ROUTER:
            return self._router(thing_id)
        record = self.record(thing, thing_id)
        if not record:
            return ThingState()
        fault = record.get("fault") or {}
        return ThingState(
            # Flavors and subnets have none: they are there, and that is all.
            status=record.get("status", "ACTIVE"),
            reason=str(fault.get("message", "")),
        )

    def record(self, thing: Thing, thing_id: str) -> Mapping[str, Any]:
        """Give all that a service says of a thing."""
        place = _PLACES[thing]
        try:
            answer = self._services[thing.service].get(f"{place.path}/{thing_id}")
        except NotFoundError:
            return {}
        record: Mapping[str, Any] = (
            answer if thing is Thing.IMAGE else answer[thing.value]
        )
        return record

    def named(self, thing: Thing, name: str) -> Sequence[str]:
        """Give the ids of all things of a name."""
        place = _PLACES[thing]
        path = f"{place.path}?{place.query}name={name}"
        listed = self._services[thing.service].listed(path, f"{thing.value}s")
        # Nova takes a name for a pattern, and no name at all for flavors.
        return [str(each["id"]) for each in listed if each["name"] == name]

    def beginning(self, thing: Thing, prefix: str) -> Mapping[str, str]:
        """Look through all things; no service but Nova can be asked for a beginning."""
        place = _PLACES[thing]
        path = f"{place.path}?{place.query}".rstrip("?&")
        listed = self._services[thing.service].listed(path, f"{thing.value}s")
        names = {str(each["id"]): str(each["name"] or "") for each in listed}
        return {one: name for one, name in names.items() if name.startswith(prefix)}

    def remove(self, thing: Thing, thing_id: str) -> None:
        """Begin to remove a thing."""
        place = _PLACES[thing]
        service, path = self._services[thing.service], f"{place.path}/{thing_id}"
        try:
            if thing is Thing.ROUTER:
                for port in self._router_ports(thing_id):
                    body = {"port_id": port["id"]}
                    service.send("PUT", f"{path}/remove_router_interface", body)
            service.send("DELETE", path)
        except NotFoundError:
            return

    def console(self, server_id: str) -> str:
        """Give what a server wrote."""
        path = f"{_PLACES[Thing.SERVER].path}/{server_id}/action"
        body = {"os-getConsoleOutput": {"length": CONSOLE_LINES}}
        return str(self._services["compute"].send("POST", path, body)["output"])

    def _router(self, router_id: str) -> ThingState:
        down = [
            port["id"]
            for port in self._router_ports(router_id)
            if port["status"] != "ACTIVE"
        ]
        if down:
            reason = f"its port {down[0]} is not up: is neutron-l3-agent alive?"
            return ThingState(status="DOWN", reason=reason)
        return ThingState(status="ACTIVE")

    def _router_ports(self, router_id: str) -> Sequence[Mapping[str, Any]]:
        path = f"/v2.0/ports?device_id={router_id}"
        return self._services["network"].listed(path, "ports")
