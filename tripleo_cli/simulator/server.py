"""Where Ironic finds the simulated agents and management controllers."""

from __future__ import annotations

import ipaddress
import logging
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tripleo_cli.errors import HostError
from tripleo_cli.simulator import bmc
from tripleo_cli.simulator.agents import Agents
from tripleo_cli.simulator.faults import FaultKind
from tripleo_cli.simulator.hardware import about, document
from tripleo_cli.simulator.machine import Machine
from tripleo_cli.simulator.ports import Backing, SimulatedNode

LOG = logging.getLogger(__name__)
VALID_FOR: Final = timedelta(days=365)
Hardware = Callable[[str], Awaitable[tuple[Machine, Sequence[str]] | None]]
"""Gives the machine of a node and the addresses of its network cards."""


async def _unknown(_node_id: str) -> None:
    """Tell nothing of any machine."""


class Endpoints:
    """HTTP handlers; they look at the fleet's own values and change only agents."""

    def __init__(
        self,
        agents: Agents,
        nodes: Mapping[str, SimulatedNode],
        hardware: Hardware = _unknown,
        backings: Mapping[str, Backing] | None = None,
    ) -> None:
        self._agents = agents
        self._nodes = nodes
        self._hardware = hardware
        self._backings = backings or {}
        self._told: dict[str, str] = {}
        """Why nodes could not be switched, as it was logged last."""

    def application(self) -> web.Application:
        """Give the routes."""
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_get("/agents/{node}/v1/commands/", self.commands)
        app.router.add_post("/agents/{node}/v1/commands/", self.command)
        app.router.add_get(f"{bmc.ROOT}/", self.root)
        app.router.add_get(bmc.ROOT + "/Systems/{node}", self.system)
        app.router.add_get(bmc.ROOT + "/Systems/{node}/{parts:.+}", self.part)
        reset = "/Systems/{node}/Actions/ComputerSystem.Reset"
        app.router.add_post(bmc.ROOT + reset, self.reset)
        return app

    async def commands(self, request: web.Request) -> web.Response:
        """List what an agent did since it booted."""
        agent = self._agents.by_node.get(request.match_info["node"])
        return web.json_response({"commands": agent.commands if agent else []})

    async def command(self, request: web.Request) -> web.Response:
        """Have an agent do something, if Ironic shows the token it gave."""
        agent = self._agents.by_node.get(request.match_info["node"])
        if agent is None or request.query.get("agent_token") != agent.token:
            return web.json_response({"faultstring": "invalid agent_token"}, status=401)
        body = await request.json()
        return web.json_response(agent.execute(body["name"], body.get("params") or {}))

    async def root(self, _request: web.Request) -> web.Response:
        """Describe the Redfish service."""
        return web.json_response(bmc.service_root())

    async def system(self, request: web.Request) -> web.Response:
        """Describe a machine by its management controller."""
        node_id = request.match_info["node"]
        node = self._nodes.get(node_id)
        backing = self._backings.get(node.backing) if node else None
        is_on = backing is not None and backing.is_on(node_id)
        answer = bmc.system(node_id, node.name if node else node_id, is_on=is_on)
        if found := await self._hardware(node_id):
            answer |= about(found[0], answer["@odata.id"])
        return web.json_response(answer)

    async def part(self, request: web.Request) -> web.Response:
        """Describe a machine's processors, disks or network cards."""
        node_id = request.match_info["node"]
        parts = request.match_info["parts"].strip("/").split("/")
        path = f"{bmc.ROOT}/Systems/{node_id}"
        found = await self._hardware(node_id)
        answer = document(*found, path, parts) if found else None
        if answer is None:
            return web.json_response({"error": {"message": "SIMULATED"}}, status=404)
        return web.json_response(answer)

    async def reset(self, request: web.Request) -> web.Response:
        """Change a machine's power, or refuse to."""
        node = self._nodes.get(request.match_info["node"])
        backing = self._backings.get(node.backing) if node else None
        has_fault = node and node.fault and node.fault.kind is FaultKind.POWER_FAILS
        if node is None or backing is None or has_fault:
            return web.json_response(bmc.refusal(node), status=500)
        kind = (await request.json()).get("ResetType")
        if kind not in bmc.RESET_TYPES:
            text = f"SIMULATED: no reset is called {kind!r}"
            return web.json_response(bmc.trouble(text), status=400)
        try:
            await backing.reset(node, kind)
        except HostError as error:
            # Ironic is asked again and again: once is enough to read.
            if self._told.get(node.id) != str(error):
                self._told[node.id] = str(error)
                LOG.error("%s: %s: %s", node.name, kind, error)  # noqa: TRY400 - foreseen: no trace
            return web.json_response(bmc.trouble(str(error)), status=500)
        if kind in ("On", "ForceOn"):
            self._told.pop(node.id, None)
        # Ironic asks for the power until it is as it should be.
        return web.Response(status=204)


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve over TLS; gives the URL.

    Raises:
        HostError: the address is taken or not this machine's.
    """
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=_tls(host))
        try:
            await site.start()
        except OSError as error:
            hint = "is another fleet running? choose another address with --listen"
            reason = error.strerror or str(error)
            raise HostError(f"{host}:{port}: {reason}", hint=hint) from error
        yield f"https://{host}:{port}"
    finally:
        await runner.cleanup()


def _tls(host: str) -> ssl.SSLContext:
    """Make a certificate of our own; Ironic insists on TLS, not on who signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(host, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as directory:
        both = Path(directory) / "both.pem"
        both.touch(mode=0o600)
        both.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(both)
    return context


def _certificate(host: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tripleo-fleet")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(
            x509.SubjectAlternativeName([_alternative(host)]), critical=False
        )
        .sign(key, hashes.SHA256())
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
