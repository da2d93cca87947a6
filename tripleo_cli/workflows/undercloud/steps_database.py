"""The database server's files, and the tables of each service."""

from __future__ import annotations

import json

from tripleo_cli.domain.host import Call
from tripleo_cli.domain.undercloud.databases import (
    DATABASES,
    Database,
    sync_argv,
    tables_folder,
)
from tripleo_cli.domain.undercloud.journal import Entry, is_leftover
from tripleo_cli.domain.undercloud.tasks import sync_task
from tripleo_cli.workflows.undercloud.site import Site, Step, Steps

# Runs in the services' environment, which has a client; the password is in stdin.
_RECREATE = """
import json, sys, pymysql
told = json.load(sys.stdin)
name = told.pop("name")
with pymysql.connect(**told).cursor() as cursor:
    cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
    cursor.execute(
        f"CREATE DATABASE `{name}`"
        " CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
    )
"""
_CELL_DATABASE = "{scheme}://{username}:{password}@{hostname}:{port}/%s?{query}"
_CELL_BROKER = "{scheme}://{username}:{password}@{hostname}:{port}/{path}"


def database_steps(site: Site) -> Steps:
    """Give the steps that make the databases."""
    mysql = f"{site.layout.data}/mysql"
    return {
        "database files": Step(
            run=lambda _: _prepare_server(site),
            is_intact=lambda: site.host.exists(f"{mysql}/mysql"),
        ),
        "cells": Step(run=lambda attempt: _map_cells(site, attempt.before)),
        **{sync_task(each.name): _sync_step(site, each) for each in DATABASES},
    }


def _prepare_server(site: Site) -> str:
    """Make the server's own tables beside, then rename: all of them or none."""
    final = f"{site.layout.data}/mysql"
    if site.host.exists(f"{final}/mysql"):
        return ""
    user, new = site.config.service_user, f"{final}.new"
    site.host.remove(new)
    site.host.mkdir(new, owner=user, mode=0o700)
    account = ("--auth-root-authentication-method=socket", "--skip-test-db")
    owner = f"--auth-root-socket-user={user}"
    folders = (f"--datadir={new}", f"--tmpdir={site.layout.scratch}")
    program = ("mariadb-install-db", "--no-defaults")
    site.must(Call(argv=(*program, *folders, *account, owner), user=user))
    site.must(Call(argv=("mv", "--no-target-directory", new, final)))
    return "made"


def _sync_step(site: Site, database: Database) -> Step:
    folder = tables_folder(database, site.layout)
    return Step(
        run=lambda attempt: _sync(site, database, attempt.before),
        # A database without tables has only this file.
        is_intact=lambda: site.host.exists(f"{folder}/alembic_version.frm"),
    )


def _sync(site: Site, database: Database, before: Entry | None) -> str:
    if is_leftover(before):
        # The server cannot undo half a migration, and nothing used the tables yet.
        _recreate(site, database)
    site.must(
        Call(argv=sync_argv(database, site.layout), user=site.config.service_user)
    )
    return "made"


def _recreate(site: Site, database: Database) -> None:
    told = {
        "name": database.name,
        "host": site.config.local_ip,
        "port": site.config.ports["mariadb"],
        "user": database.owner,
        "password": site.secrets[f"db_{database.owner}"],
    }
    python = f"{site.layout.venv}/bin/python"
    site.must(Call(argv=(python, "-I", "-c", _RECREATE), stdin=json.dumps(told)))


def _map_cells(site: Site, before: Entry | None) -> str:
    """Map both cells by patterns that nova.conf fills: nothing secret is stored."""
    cell0 = ("map_cell0", "--database_connection", _CELL_DATABASE % "nova_cell0")
    _nova_manage(site, *cell0)
    listed = _nova_manage(site, "list_cells") if before else ""
    if " cell1 " not in listed:
        database = ("--database_connection", _CELL_DATABASE % "{path}")
        broker = ("--transport-url", _CELL_BROKER)
        _nova_manage(site, "create_cell", "--name", "cell1", *database, *broker)
    return "mapped"


def map_hosts(site: Site) -> str:
    """Tell Nova which cell its compute service is in."""
    _nova_manage(site, "discover_hosts", "--by-service")
    return "mapped"


def _nova_manage(site: Site, *words: str) -> str:
    program = f"{site.layout.venv}/bin/nova-manage"
    configuration = ("--config-file", f"{site.layout.etc}/nova.conf")
    argv = (program, *configuration, "cell_v2", *words)
    return site.must(Call(argv=argv, user=site.config.service_user)).stdout
