"""What Nova, Neutron and Glance know of a server, by openstacksdk."""

from __future__ import annotations

import base64
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
from keystoneauth1 import exceptions as auth_errors
from openstack import connection
from openstack import exceptions as sdk_errors

from tripleo_cli.simulator.container import Fabric, Image, Tenant
from tripleo_cli.simulator.ports import RefusedError, UnavailableError

LOG = logging.getLogger(__name__)
SERVER_VERSION: Final = "2.79"
"""Shows user data, host name and key to whoever administers the cloud."""
CHUNK: Final = 1 << 20
BAD_REQUEST: Final = 400
SERVER_ERROR: Final = 500

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LiveCloud:
    """The services of one cloud; calls block, so they run in threads."""

    sdk: connection.Connection

    def tenant(self, instance_id: str) -> Tenant:
        """Describe a server and the first port that it has."""
        path = f"/servers/{instance_id}"
        server = self._get("compute", path, microversion=SERVER_VERSION)["server"]
        ports = self._get("network", f"/ports?device_id={instance_id}")["ports"]
        fixed = [ip for port in ports for ip in port["fixed_ips"]]
        if not fixed:
            raise RefusedError(f"server {server['name']} has no address in Neutron")
        data = base64.b64decode(server.get("OS-EXT-SRV-ATTR:user_data") or "")
        return Tenant(
            instance_id=instance_id,
            hostname=server["OS-EXT-SRV-ATTR:hostname"],
            image_id=server["image"]["id"],
            address=fixed[0]["ip_address"],
            fabric=self._fabric(fixed[0]["subnet_id"]),
            keys=self._keys(server),
            user_data=data,
            metadata=server["metadata"],
        )

    def _fabric(self, subnet_id: str) -> Fabric:
        subnet = self._get("network", f"/subnets/{subnet_id}")["subnet"]
        path = f"/networks/{subnet['network_id']}"
        network = self._get("network", path)["network"]
        return Fabric(
            subnet_id=subnet_id,
            cidr=subnet["cidr"],
            gateway=subnet["gateway_ip"] or "",
            mtu=network.get("mtu") or 1500,
            nameservers=tuple(subnet["dns_nameservers"]),
        )

    def _keys(self, server: Json) -> Mapping[str, str]:
        """Give the server's key, of whoever made the server."""
        name = server.get("key_name")
        if not name:
            return {}
        path = f"/os-keypairs/{name}?user_id={server['user_id']}"
        try:
            pair = self._get("compute", path, microversion="2.10")["keypair"]
        except RefusedError as error:
            # A key pair may be deleted while its servers live on.
            LOG.warning("server %s: no key: %s", server["name"], error)
            return {}
        return {name: pair["public_key"]}

    def image(self, image_id: str) -> Image:
        """Describe an image."""
        raw = self._get("image", f"/images/{image_id}")
        algorithm = raw.get("os_hash_algo") or "md5"
        return Image(
            id=image_id,
            name=raw["name"] or image_id,
            disk_format=raw["disk_format"] or "",
            algorithm=algorithm,
            digest=raw.get("os_hash_value") or raw.get("checksum") or "",
        )

    def download(self, image: Image, path: str) -> None:
        """Write an image to a file."""
        place = f"/images/{image.id}/file"
        answer = self._call("image", place, stream=True)
        with Path(path).open("wb") as file:
            try:
                for chunk in answer.iter_content(CHUNK):
                    file.write(chunk)
            except requests.RequestException as error:
                raise UnavailableError(f"image: GET {place}: {error}") from error

    def _get(self, service: str, path: str, **options: Any) -> Any:
        return self._call(service, path, **options).json()

    def _call(self, service: str, path: str, **options: Any) -> Any:
        try:
            answer = getattr(self.sdk, service).get(path, **options)
        except (sdk_errors.SDKException, auth_errors.ClientException) as error:
            raise UnavailableError(f"{service}: GET {path}: {error}") from error
        if answer.status_code < BAD_REQUEST:
            return answer
        message = f"{service}: GET {path}: HTTP {answer.status_code}"
        if answer.status_code < SERVER_ERROR:
            raise RefusedError(f"{message}: {' '.join(answer.text.split())[:200]}")
        raise UnavailableError(message)


def connect(cloud: str | None) -> LiveCloud:
    """Give the services of that cloud, or of ``OS_CLOUD``; nothing is asked yet."""
    return LiveCloud(connection.Connection(cloud=cloud or os.environ.get("OS_CLOUD")))
