"""What a machine finds on its disk at its first boot, as cloud-init would have it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from tripleo_cli.simulator.container import Record, Tenant

USER: Final = "tripleo-admin"
SEED: Final = "/var/lib/cloud/seed/config_drive/openstack"
VERSIONS: Final = ("2018-08-27", "latest")
"""cloud-init takes the newest it knows, but first looks for one with a date."""
CHRONY: Final = """\
# The clock is the host's: chrony may tell the time, and not set it.
[Unit]
ConditionCapability=
[Service]
ExecStart=
ExecStart=!/usr/sbin/chronyd -x $DAEMON_OPTS
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedFile:
    """A file of a machine; ``owner`` is a user of the machine's own."""

    path: str
    content: bytes
    mode: int = 0o644
    owner: str = "root"


def seed_files(record: Record, tenant: Tenant) -> list[SeedFile]:
    """Give what every image gets: its name, its resolver, its config drive."""
    nameservers = "".join(f"nameserver {n}\n" for n in record.fabric.nameservers)
    files = [
        _text("/etc/hostname", f"{tenant.hostname}\n"),
        # Empty: systemd writes the instance's UUID there.
        _text("/etc/machine-id", ""),
        _text("/etc/hosts", _hosts(record, tenant)),
        _text("/etc/resolv.conf", nameservers),
        # Or else systemd would not even start it where the clock cannot be set.
        _text("/etc/systemd/system/chrony.service.d/tripleo-fleet.conf", CHRONY),
        # The lab has set the address already, as the machine's cable.
        _text(
            "/etc/cloud/cloud.cfg.d/90-tripleo-fleet.cfg",
            "network: {config: disabled}\n",
        ),
    ]
    metadata = json.dumps(_metadata(record, tenant), indent=1).encode()
    network = json.dumps(_network(record), indent=1).encode()
    for version in VERSIONS:
        folder = f"{SEED}/{version}"
        files.append(_secret(f"{folder}/meta_data.json", metadata))
        files.append(_secret(f"{folder}/network_data.json", network))
        if tenant.user_data:
            files.append(_secret(f"{folder}/user_data", tenant.user_data))
    return files


def account_files(tenant: Tenant) -> list[SeedFile]:
    """Give what cloud-init would have made of the keys, for images without it."""
    keys = "".join(f"{key.strip()}\n" for key in tenant.keys.values()).encode()
    sudo = f"{USER} ALL=(ALL) NOPASSWD:ALL\n".encode()
    files = [SeedFile(path=f"/etc/sudoers.d/{USER}", content=sudo, mode=0o440)]
    for owner, home in (("root", "/root"), (USER, f"/home/{USER}")):
        path = f"{home}/.ssh/authorized_keys"
        files.append(SeedFile(path=path, content=keys, mode=0o600, owner=owner))
    return files


def _hosts(record: Record, tenant: Tenant) -> str:
    """Let a machine know its own name: sudo and RabbitMQ look it up."""
    return (
        "127.0.0.1 localhost\n"
        "::1 localhost ip6-localhost ip6-loopback\n"
        f"{record.address} {tenant.hostname}\n"
    )


def _text(path: str, text: str) -> SeedFile:
    return SeedFile(path=path, content=text.encode())


def _secret(path: str, content: bytes) -> SeedFile:
    return SeedFile(path=path, content=content, mode=0o600)


def _metadata(record: Record, tenant: Tenant) -> dict[str, Any]:
    """Write what Nova's metadata service says (its ``meta_data.json``)."""
    return {
        "uuid": tenant.instance_id,
        "name": tenant.hostname,
        "hostname": tenant.hostname,
        "launch_index": 0,
        "availability_zone": "nova",
        "meta": dict(tenant.metadata),
        "public_keys": dict(tenant.keys),
        "keys": [
            {"name": name, "type": "ssh", "data": key}
            for name, key in tenant.keys.items()
        ],
        "devices": [],
        "tripleo_simulated": f"a container stands in for {record.name}",
    }


def _network(record: Record) -> dict[str, Any]:
    """Write what Nova's metadata service says (its ``network_data.json``)."""
    family = "ipv6" if ":" in record.address else "ipv4"
    fabric = record.fabric
    everywhere = "::" if family == "ipv6" else "0.0.0.0"  # noqa: S104 - not a listener
    route = {"network": everywhere, "netmask": everywhere, "gateway": fabric.gateway}
    return {
        "links": [
            {
                "id": "eth0",
                "type": "phy",
                "ethernet_mac_address": record.mac,
                "mtu": fabric.mtu,
            }
        ],
        "networks": [
            {
                "id": "network0",
                "link": "eth0",
                "type": family,
                "network_id": fabric.subnet_id,
                "ip_address": f"{record.address}/{fabric.prefix}",
                "routes": [route] if fabric.gateway else [],
            }
        ],
        "services": [{"type": "dns", "address": n} for n in fabric.nameservers],
    }
