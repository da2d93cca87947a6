"""An undercloud's own services, asked as its administrator, over plain HTTP.

The client libraries look each thing up by several calls before making it; here one
call per kind lists what there is, and what is missing is made at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from keystoneauth1 import adapter, exceptions, session
from keystoneauth1.identity import v3

from tripleo_cli.domain.undercloud.catalog import (
    CATALOG,
    EXTRA_ROLES,
    NETWORK,
    REGION,
    SERVICE_PROJECT,
    SERVICE_ROLES,
    SERVICE_USERS,
    STACK_DOMAIN,
    STACK_DOMAIN_ADMIN,
    Identity,
    url_of,
)
from tripleo_cli.domain.undercloud.config import Subnet, UndercloudConfig
from tripleo_cli.domain.undercloud.secrets import ADMIN
from tripleo_cli.errors import ServiceError, UnreachableError

CONCURRENCY = 6
TIMEOUT_S = 60
NOVA_AGENTS = ("nova-conductor", "nova-scheduler", "nova-compute")
REPORT_TIMEOUT_S = 10
"""heat-api asks a dead engine for minutes; one that lives answers at once."""
Record = Mapping[str, Any]
Records = Mapping[str, Record]
T = TypeVar("T")
R = TypeVar("R")
_CORRECTED = frozenset({"gateway_ip", "allocation_pools", "dns_nameservers"})


class UndercloudAdministration:
    """Keystone, Neutron, Nova and Heat of one undercloud."""

    def __init__(self, config: UndercloudConfig, secrets: Mapping[str, str]) -> None:
        self._config = config
        auth = v3.Password(
            auth_url=f"{url_of(config, 'keystone')}/v3",
            username="admin",
            password=secrets[ADMIN],
            project_name="admin",
            user_domain_name="Default",
            project_domain_name="Default",
        )
        self._session = session.Session(auth=auth, timeout=TIMEOUT_S)
        self._impatient = session.Session(auth=auth, timeout=REPORT_TIMEOUT_S)
        self._secrets = secrets

    def ensure_identity(self, wanted: Identity) -> int:
        """Make what is missing, kinds that need each other one after the other."""
        keystone = self._service("keystone", "/v3")
        project = keystone.one("project", name=SERVICE_PROJECT, domain_id="default")
        domain = keystone.one("domain", name=STACK_DOMAIN)
        roles = keystone.many(
            "role", [{"name": name} for name in (*SERVICE_ROLES, *EXTRA_ROLES)]
        )
        users = self._users(keystone, wanted, domain)
        self._grant(keystone, users, roles, (project, domain))
        self._catalogue(keystone, wanted)
        return keystone.changes

    def ensure_network(self, subnets: Sequence[Subnet]) -> int:
        """Make the network and the subnets; correct those that differ."""
        neutron = self._service("neutron", "/v2.0")
        network = neutron.one(
            "network",
            name=NETWORK,
            shared=True,
            port_security_enabled=False,
            **{
                "provider:network_type": "flat",
                "provider:physical_network": NETWORK,
            },
        )
        for subnet in subnets:
            fields = _subnet_fields(subnet, network["id"])
            neutron.one("subnet", correct=_CORRECTED, **fields)
        return neutron.changes

    def silent_agents(self, hostname: str) -> Sequence[str]:
        """Ask Nova and Heat which of their parts report."""
        silent = list(self._silent_parts_of_nova(hostname))
        if not self._heat_engine_is_up():
            silent.append("heat-engine")
        return silent

    def is_computing(self, hostname: str) -> bool:
        """Ask Nova whether nova-compute reports."""
        return "nova-compute" not in self._silent_parts_of_nova(hostname)

    def _silent_parts_of_nova(self, hostname: str) -> Sequence[str]:
        nova = self._service("nova-api", "/v2.1").get("/os-services")["services"]
        up = {
            each["binary"]
            for each in nova
            if each["state"] == "up" and each["host"] == hostname
        }
        return [name for name in NOVA_AGENTS if name not in up]

    def _heat_engine_is_up(self) -> bool:
        path = f"/v1/{self._session.get_project_id()}"
        heat = self._service("heat-api", path, self._impatient)
        try:
            engines = heat.get("/services")["services"]
        except UnreachableError:
            return False
        return any(each["status"] == "up" for each in engines)

    def _service(
        self, name: str, path: str, to: session.Session | None = None
    ) -> _Service:
        return _Service(name, to or self._session, url_of(self._config, name) + path)

    def _users(self, keystone: _Service, wanted: Identity, domain: Record) -> Records:
        fields = [
            {
                "name": name,
                "password": wanted.passwords[name],
                "domain_id": "default" if name in SERVICE_USERS else domain["id"],
            }
            for name in (*SERVICE_USERS, STACK_DOMAIN_ADMIN)
        ]
        known = {each["name"] for each in keystone.listed("user")}
        users = keystone.many("user", fields, unique=("name", "domain_id"))
        for user in fields:
            if user["name"] in known:
                # Its password cannot be read: set it again, it is the same one.
                path = f"/users/{users[user['name']]['id']}"
                changed = {"user": {"password": user["password"]}}
                keystone.send("PATCH", path, changed)
        return users

    def _grant(
        self,
        keystone: _Service,
        users: Records,
        roles: Records,
        scopes: tuple[Record, Record],
    ) -> None:
        project, domain = scopes
        paths = [
            f"/projects/{project['id']}/users/{users[user]['id']}"
            f"/roles/{roles[role]['id']}"
            for user in SERVICE_USERS
            for role in SERVICE_ROLES
        ]
        administrator = users[STACK_DOMAIN_ADMIN]["id"]
        paths.append(
            f"/domains/{domain['id']}/users/{administrator}/roles/{roles['admin']['id']}"
        )
        _at_once(lambda path: keystone.send("PUT", path, None), paths)

    def _catalogue(self, keystone: _Service, wanted: Identity) -> None:
        services = keystone.many(
            "service", [{"name": each.name, "type": each.type} for each in CATALOG]
        )
        present = {each["service_id"]: each for each in keystone.listed("endpoint")}

        def ensure(name: str) -> None:
            service, url = services[name]["id"], wanted.endpoints[name]
            endpoint = present.get(service)
            if endpoint is None:
                fields = {
                    "service_id": service,
                    "interface": "public",
                    "url": url,
                    "region_id": REGION,
                }
                keystone.create("endpoint", fields)
            elif endpoint["url"] != url:
                path = f"/endpoints/{endpoint['id']}"
                keystone.send("PATCH", path, {"endpoint": {"url": url}})
                keystone.changes += 1

        _at_once(ensure, wanted.endpoints)


class _Service:
    """One service's REST interface; counts what it changed."""

    def __init__(self, name: str, to: session.Session, url: str) -> None:
        self.changes = 0
        self._name = name
        self._http = adapter.Adapter(to, endpoint_override=url)

    def get(self, path: str) -> Any:
        """Read."""
        return self.send("GET", path, None)

    def send(self, method: str, path: str, body: Any) -> Any:
        """Call, and turn what goes wrong into ours."""
        try:
            given = {} if body is None else {"json": body}
            response = self._http.request(path, method, **given)
        except exceptions.ClientException as error:
            is_silent = isinstance(error, exceptions.ConnectTimeout)
            kind = UnreachableError if is_silent else ServiceError
            raise kind(f"{self._name}: cannot {method} {path}: {error}") from error
        return response.json() if response.content else None

    def listed(self, kind: str) -> Sequence[Record]:
        """List everything of a kind."""
        found: Sequence[Record] = self.get(f"/{kind}s")[f"{kind}s"]
        return found

    def create(self, kind: str, fields: Record) -> Record:
        """Make one thing."""
        self.changes += 1
        made: Record = self.send("POST", f"/{kind}s", {kind: fields})[kind]
        return made

    def one(self, kind: str, correct: Iterable[str] = (), **fields: Any) -> Record:
        """Find a thing by its name, or make it; correct the fields that may be."""
        for each in self.listed(kind):
            if each["name"] == fields["name"]:
                return self._corrected(kind, each, fields, correct)
        return self.create(kind, fields)

    def many(
        self, kind: str, wanted: Sequence[Record], unique: Sequence[str] = ("name",)
    ) -> Records:
        """Find things by what is unique about them, or make them; by name."""
        present = {tuple(e.get(k) for k in unique): e for e in self.listed(kind)}

        def ensure(fields: Record) -> Record:
            found = present.get(tuple(fields[key] for key in unique))
            return found or self.create(kind, fields)

        return {each["name"]: each for each in _at_once(ensure, wanted)}

    def _corrected(
        self, kind: str, found: Record, fields: Record, correct: Iterable[str]
    ) -> Record:
        differing = {
            name: fields[name]
            for name in correct
            if name in fields and found.get(name) != fields[name]
        }
        if differing:
            self.changes += 1
            self.send("PUT", f"/{kind}s/{found['id']}", {kind: differing})
        return found


def _at_once(do: Callable[[T], R], to: Iterable[T]) -> Sequence[R]:
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        return list(pool.map(do, to))


def _subnet_fields(subnet: Subnet, network: str) -> Mapping[str, Any]:
    return {
        "name": subnet.name,
        "network_id": network,
        "ip_version": 6 if ":" in subnet.cidr else 4,
        "cidr": subnet.cidr,
        "gateway_ip": subnet.gateway,
        "allocation_pools": [{"start": subnet.dhcp_start, "end": subnet.dhcp_end}],
        "dns_nameservers": list(subnet.dns_nameservers),
        "enable_dhcp": False,
    }
