"""Management controllers over Redfish (sushy) and IPMI (ipmitool)."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
from collections.abc import Iterator

import requests
import sushy
import urllib3
from sushy.auth import BasicAuth
from urllib3.exceptions import InsecureRequestWarning

from tripleo_cli.domain.discovery import (
    Controller,
    Credentials,
    Found,
    Kind,
    Machine,
    Place,
    card_address,
)
from tripleo_cli.domain.url import host_part
from tripleo_cli.errors import HostError, ServiceError, UntrustedError

CONNECT_SECONDS = 2
ANSWER_SECONDS = 20
IPMI_PROBE = bytes.fromhex("0600ff07000000000000000000092018c88100388e04b5")
"""Get Channel Authentication Capabilities of IPMI 2.0, which needs no session."""
_IPMI_ANSWER = bytes.fromhex("0600ff07")
_TLS_PORT = 443
"""HTTPS by definition; at another port a BMC may speak HTTP without TLS."""

# What sushy logs of a failure it raises as well.
logging.getLogger("sushy").setLevel(logging.CRITICAL)
# Certificates are not looked at where the operator said so, or nothing is sent.
urllib3.disable_warnings(InsecureRequestWarning)


class LiveControllers:
    """Implements the ``Controllers`` port.

    Without ``verify``, any certificate of a BMC is taken for good.
    """

    def __init__(self, *, verify: bool = True) -> None:
        self._verify = verify

    def find(self, place: Place) -> Controller | None:
        """Ask who is there; ``None`` where nobody answers."""
        if place.kind is Kind.IPMI:
            return _find_ipmi(place)
        return _find_redfish(place)

    def sign_in(self, controller: Controller, credentials: Credentials) -> Found | None:
        """Sign in once and list the machines; ``None`` where we are not let in."""
        if controller.place.kind is Kind.IPMI:
            machines = _ipmi_machines(controller.place, credentials)
        else:
            machines = self._redfish_machines(controller, credentials)
        if machines is None:
            return None
        return Found(
            controller=controller,
            credentials=credentials,
            machines=machines,
            is_verified=self._verify,
        )

    def _redfish_machines(
        self, controller: Controller, credentials: Credentials
    ) -> tuple[Machine, ...] | None:
        # Not a session: where that is refused, sushy would sign in a second time.
        auth = BasicAuth(username=credentials.user, password=credentials.password)
        try:
            root = sushy.Sushy(
                controller.address,
                auth=auth,
                verify=self._verify,
                server_side_retries=1,
                connect_timeout=CONNECT_SECONDS,
                read_timeout=ANSWER_SECONDS,
            )
            return tuple(_systems(root))
        except sushy.exceptions.AccessError:
            return None
        except sushy.exceptions.SushyError as error:
            raise _untalkable(controller, error) from error


def _systems(root: sushy.Sushy) -> Iterator[Machine]:
    for system in root.get_system_collection().get_members():
        yield Machine(system=system.path, macs=tuple(sorted(set(_macs(system)))))


def _macs(system: sushy.resources.system.system.System) -> Iterator[str]:
    try:
        cards = system.ethernet_interfaces.get_members()
    except (
        sushy.exceptions.MissingAttributeError,
        sushy.exceptions.ResourceNotFoundError,
    ):
        return  # Many BMCs do not know them; inspection will.
    for card in cards:
        if address := card_address(card.permanent_mac_address, card.mac_address):
            yield address


def _untalkable(controller: Controller, error: Exception) -> ServiceError:
    text = " ".join(str(error).split())
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return UntrustedError(
            f"the certificate of {controller} is not one to trust",
            hint="add its authority to this machine, or --no-verify-ca",
        )
    return ServiceError(f"{controller} cannot be talked to: {text[:300]}")


def _find_redfish(place: Place) -> Controller | None:
    schemes = ("https",) if place.port == _TLS_PORT else ("https", "http")
    for scheme in schemes:
        address = f"{scheme}://{host_part(place.host)}:{place.port}"
        if _is_redfish(address):
            return Controller(place=place, address=address)
    return None


def _is_redfish(address: str) -> bool:
    """Read the service root, which is for everybody; no credentials are sent."""
    try:
        answer = requests.get(
            f"{address}/redfish/v1/",
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            verify=False,  # noqa: S501 - to learn who is there
            auth=_nobody,
            # Else credentials would later go where TLS was only pointed to.
            allow_redirects=False,
        )
        root = answer.json()
    except requests.RequestException:  # nobody, or no JSON
        return False
    return isinstance(root, dict) and "RedfishVersion" in root


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send no credentials, not even those of ~/.netrc."""
    return request


def _find_ipmi(place: Place) -> Controller | None:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.settimeout(CONNECT_SECONDS / 2)
        for _ in range(2):
            try:
                probe.connect((place.host, place.port))
                probe.send(IPMI_PROBE)
                answer = probe.recv(1024)
            except OSError:  # nobody, or nobody yet
                continue
            if answer.startswith(_IPMI_ANSWER):
                return Controller(place=place, address=place.host)
    return None


def _ipmi_machines(
    place: Place, credentials: Credentials
) -> tuple[Machine, ...] | None:
    # -E: the password from the environment, which only our own user can read.
    words = (
        *("ipmitool", "-I", "lanplus", "-H", place.host, "-p", str(place.port)),
        *("-U", credentials.user, "-E", "-N", "2", "-R", "2", "mc", "info"),
    )
    environment = {**os.environ, "IPMI_PASSWORD": credentials.password}
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        hint = "sudo apt-get install ipmitool"
        raise HostError("ipmitool is not installed", hint=hint) from None
    except subprocess.TimeoutExpired:
        raise ServiceError(f"{place.host} gave ipmitool no answer in time") from None
    # It tells a wrong password and an unknown user in no way from each other.
    return (Machine(),) if done.returncode == 0 else None
