"""The databases of an undercloud, and the commands that make their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.domain.url import host_part


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database; ``argv`` makes or upgrades its tables.

    In ``argv``, ``{etc}`` stands for the configuration folder; the first word is a
    program of the services' environment.
    """

    name: str
    owner: str
    argv: tuple[str, ...]


def _nova(config: str, *words: str) -> tuple[str, ...]:
    return ("nova-manage", "--config-file", f"{{etc}}/{config}", *words)


DATABASES: tuple[Database, ...] = (
    Database(
        name="keystone",
        owner="keystone",
        argv=("keystone-manage", "--config-file", "{etc}/keystone.conf", "db_sync"),
    ),
    Database(
        name="nova_api",
        owner="nova",
        argv=_nova("nova.conf", "api_db", "sync"),
    ),
    Database(
        name="neutron",
        owner="neutron",
        argv=(
            *("neutron-db-manage", "--config-file", "{etc}/neutron.conf"),
            *("upgrade", "heads"),
        ),
    ),
    # Each cell by itself: at once, and before the cells are known to nova_api.
    Database(
        name="nova",
        owner="nova",
        argv=_nova("nova.conf", "db", "sync", "--local_cell"),
    ),
    Database(
        name="nova_cell0",
        owner="nova",
        argv=_nova("nova-cell0.conf", "db", "sync", "--local_cell"),
    ),
    Database(
        name="ironic",
        owner="ironic",
        argv=("ironic-dbsync", "--config-file", "{etc}/ironic.conf", "upgrade"),
    ),
    Database(
        name="heat",
        owner="heat",
        argv=("heat-manage", "--config-file", "{etc}/heat.conf", "db_sync"),
    ),
    Database(
        name="placement",
        owner="placement",
        argv=(
            *("placement-manage", "--config-file", "{etc}/placement.conf"),
            *("db", "sync"),
        ),
    ),
    Database(
        name="glance",
        owner="glance",
        argv=("glance-manage", "--config-file", "{etc}/glance-api.conf", "db_sync"),
    ),
)
"""The slowest chains first."""

OWNERS = tuple(dict.fromkeys(database.owner for database in DATABASES))
"""The accounts of the database server."""


def owner_of() -> Mapping[str, str]:
    """Map each database's name to the account that owns it."""
    return {database.name: database.owner for database in DATABASES}


def database_url(config: UndercloudConfig, name: str, password: str) -> str:
    """Write the URL by which the owner of a database reaches it."""
    owner = owner_of()[name]
    where = f"{host_part(config.local_ip)}:{config.ports['mariadb']}"
    return f"mysql+pymysql://{owner}:{password}@{where}/{name}?charset=utf8mb4"


def sync_argv(database: Database, layout: Layout) -> tuple[str, ...]:
    """Give the command that makes or upgrades a database's tables."""
    program, *words = database.argv
    filled = (word.format(etc=layout.etc) for word in words)
    return (f"{layout.venv}/bin/{program}", *filled)


def tables_folder(database: Database, layout: Layout) -> str:
    """Where the server keeps a database."""
    return f"{layout.data}/mysql/{database.name}"
