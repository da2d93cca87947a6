"""Services and overclouds for tests; name only what the test is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tripleo_cli.domain.overcloud.configuration import role_configurations
from tripleo_cli.domain.overcloud.layout import DeployedNode, Layout
from tripleo_cli.domain.overcloud.service import (
    Check,
    CheckPlace,
    Database,
    Keystone,
    KeystoneService,
    KeystoneUser,
    Listen,
    Parameter,
    Password,
    PasswordKind,
    Service,
    StepWork,
)

MYSQL = Service(
    name="mysql",
    packages=("mariadb-server",),
    parameters=(Parameter(name="MysqlMaxConnections", default=1024),),
    hiera={"mysql::server::max": "%{alias('MysqlMaxConnections')}"},
    steps={
        1: StepWork(classes=("mysql::server",)),
        2: StepWork(bootstrap_manifest="notice(lookup('databases'))"),
    },
    checks={1: (Check(name="cluster", kind="cluster", values={"size": "mysql"}),)},
)
KEYSTONE = Service(
    name="keystone",
    needs=("mysql",),
    passwords=(
        Password(name="AdminPassword"),
        Password(name="KeystoneFernetKey0", kind=PasswordKind.FERNET),
    ),
    databases=(Database(name="keystone", user="keystone", password="AdminPassword"),),
    keystone=Keystone(
        services=(KeystoneService(name="keystone", type="identity", port=5000),),
    ),
    listen=(Listen(name="keystone", port=5000, check="/v3"),),
    hiera={"keystone::key": "%{lookup('KeystoneFernetKey0')}"},
    steps={3: StepWork(classes=("keystone",))},
)
GLANCE = Service(
    name="glance-api",
    packages=("glance-api",),
    puppet=("puppet-module-glance",),
    needs=("keystone", "mysql"),
    parameters=(
        Parameter(name="GlanceWorkers", default=1),
        Parameter(name="GlancePort", default=9292),
    ),
    passwords=(Password(name="GlancePassword"),),
    databases=(Database(name="glance", user="glance", password="GlancePassword"),),
    keystone=Keystone(
        users=(
            KeystoneUser(name="glance", password="GlancePassword", roles=("admin",)),
        ),
        services=(KeystoneService(name="glance", type="image", port=9292),),
    ),
    listen=(Listen(name="glance_api", port=9292),),
    hiera={
        "glance::api::bind_host": "%{lookup('node_ip')}",
        "glance::api::workers": "%{alias('GlanceWorkers')}",
        "glance::api::db::database_connection": (
            "mysql://glance:%{lookup('GlancePassword')}@%{lookup('mysql_host')}/glance"
        ),
        "glance::api::authtoken::auth_url": "%{lookup('keystone_url')}",
    },
    steps={
        3: StepWork(bootstrap_classes=("glance::db::sync",)),
        4: StepWork(classes=("glance", "glance::api")),
    },
    checks={
        4: (
            Check(
                name="glance answers",
                kind="http",
                values={"port": "%{alias('GlancePort')}", "path": "/healthcheck"},
            ),
            Check(
                name="from outside",
                kind="tcp",
                on=CheckPlace.DEPLOYER,
                values={"port": 9292},
            ),
        )
    },
)
COMPUTE = Service(
    name="nova-compute",
    needs=("keystone",),
    passwords=(Password(name="NovaPassword"),),
    hiera={
        "nova::compute::auth": "%{lookup('keystone_url')} %{lookup('NovaPassword')}"
    },
    steps={4: StepWork(classes=("nova::compute",))},
)
HAPROXY = Service(
    name="haproxy",
    steps={1: StepWork(manifest="notice(lookup('listens'), lookup('vip'))")},
)
SERVICES = {one.name: one for one in (MYSQL, KEYSTONE, GLANCE, COMPUTE, HAPROXY)}
CONTROL = ("mysql", "keystone", "glance-api")
ROLES: Mapping[str, tuple[str, ...]] = {
    "Controller": CONTROL,
    "Compute": ("nova-compute",),
}
PASSWORDS = {
    "AdminPassword": "secret-of-admin",
    "KeystoneFernetKey0": "key-0",
    "GlancePassword": "secret-of-glance",
    "NovaPassword": "secret-of-nova",
}


def a_deployed_node(role: str, index: int) -> DeployedNode:
    name = f"oc-{role.lower()}-{index}"
    net = {"Controller": 1, "Compute": 2, "Database": 3, "Keystone": 4}.get(role, 9)
    return DeployedNode(
        hostname=name,
        fqdn=f"{name}.localdomain",
        role=role,
        index=index,
        address=f"10.0.{net}.{index + 1}",
    )


def a_layout(
    counts: Mapping[str, int] | None = None,
    *,
    roles: Mapping[str, tuple[str, ...]] = ROLES,
    services: Mapping[str, Service] = SERVICES,
    vip: str = "",
    **parameters: Any,
) -> Layout:
    """One controller and one compute, if nothing else is said."""
    numbers = counts or dict.fromkeys(roles, 1)
    return Layout(
        configurations=role_configurations(roles, services, parameters),
        nodes=tuple(
            a_deployed_node(role, index)
            for role in roles
            for index in range(numbers.get(role, 0))
        ),
        vip=vip,
    )
