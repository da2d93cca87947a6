"""A network with BMCs on it, in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from tripleo_cli.domain.discovery import (
    Controller,
    Credentials,
    Found,
    Kind,
    Machine,
    Place,
)
from tripleo_cli.errors import ServiceError


@dataclass(frozen=True, kw_only=True)
class Bmc:
    """What one BMC knows."""

    user: str = "admin"
    password: str = "right"
    machines: tuple[Machine, ...] = (Machine(),)
    fault: ServiceError | None = None


class FakeControllers:
    """Answers for the BMCs that were put; counts who signs in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bmcs: dict[Place, Bmc] = {}
        self.tried: list[tuple[str, str]] = []
        """Hosts and users of every attempt to sign in."""

    def put(self, place: Place, bmc: Bmc) -> None:
        """Let there be a BMC."""
        self._bmcs[place] = bmc

    def find(self, place: Place) -> Controller | None:
        if place not in self._bmcs:
            return None
        is_ipmi = place.kind is Kind.IPMI
        address = place.host if is_ipmi else f"http://{place.host}:{place.port}"
        return Controller(place=place, address=address)

    def sign_in(self, controller: Controller, credentials: Credentials) -> Found | None:
        with self._lock:
            self.tried.append((controller.place.host, credentials.user))
        bmc = self._bmcs[controller.place]
        if bmc.fault:
            raise bmc.fault
        if (credentials.user, credentials.password) != (bmc.user, bmc.password):
            return None
        return Found(
            controller=controller, credentials=credentials, machines=bmc.machines
        )
