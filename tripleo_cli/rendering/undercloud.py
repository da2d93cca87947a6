"""Every configuration file of an undercloud, from its templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tripleo_cli.domain.host import File
from tripleo_cli.domain.undercloud.baremetal import interfaces
from tripleo_cli.domain.undercloud.catalog import REGION, url_of
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.databases import (
    database_url,
    owner_of,
)
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.domain.undercloud.programs import (
    PROGRAMS,
    Program,
    command_of,
    environment_of,
)
from tripleo_cli.domain.undercloud.secrets import BROKER
from tripleo_cli.domain.url import host_part
from tripleo_cli.rendering.environment import environment

# Variants of nova.conf: the cell whose database it names; nova-compute has none.
_NOVA_CELLS = {
    "nova.conf": "nova",
    "nova-cell0.conf": "nova_cell0",
    "nova-compute.conf": "",
}
_ONE_EACH = (
    *("keystone.conf", "glance-api.conf", "placement.conf", "neutron.conf"),
    *("ironic.conf", "ironic-policy.yaml", "ironic-rules.yaml", "heat.conf"),
    *("my.cnf", "databases.sql", "rabbitmq.conf", "rabbitmq-plugins"),
    *("supervisord.conf", "supervisord.py"),
)


def render_undercloud(
    config: UndercloudConfig, secrets: Mapping[str, str], templates: Mapping[str, str]
) -> Mapping[str, File]:
    """Render every file below ``etc``, by its name there.

    ``templates`` maps the names of the shipped templates to their text.
    """
    layout = Layout(config.state_dir)
    pages = Pages(config, secrets, templates)
    return {
        name: File(
            path=f"{layout.etc}/{name}",
            text=text,
            owner=config.service_user,
            mode=0o600,
        )
        for name, text in pages.all()
    }


def render_unit(config: UndercloudConfig, templates: Mapping[str, str]) -> File:
    """Render the systemd unit."""
    pages = Pages(config, {}, templates)
    layout = Layout(config.state_dir)
    return File(path=layout.unit_file, text=pages.page("systemd.service"))


class Pages:
    """The templates of an undercloud with all that they may ask for."""

    def __init__(
        self,
        config: UndercloudConfig,
        secrets: Mapping[str, str],
        templates: Mapping[str, str],
    ) -> None:
        self._config = config
        self._layout = Layout(config.state_dir)
        self._secrets = secrets
        self._environment = environment(templates)
        self._environment.globals.update(self._vocabulary())

    def page(self, template: str, /, **values: Any) -> str:
        """Render one template with what is particular to this file."""
        return self._environment.get_template(f"{template}.j2").render(values)

    def all(self) -> Iterator[tuple[str, str]]:
        """Render every configuration file, with its name below ``etc``."""
        for name in _ONE_EACH:
            yield name, self.page(name)
        for name, cell in _NOVA_CELLS.items():
            yield name, self.page("nova.conf", cell=cell)
        for program in PROGRAMS:
            yield program.supervisor_file, self._program(program)
            if program.wsgi:
                yield program.wsgi_file, self._wsgi(program)

    def _vocabulary(self) -> Mapping[str, Any]:
        config = self._config
        return {
            "config": config,
            "layout": self._layout,
            "region": REGION,
            "address": host_part(config.local_ip),
            "databases": owner_of(),
            "interfaces": interfaces(config.enabled_hardware_types),
            "secret": self._secrets.__getitem__,
            "url": lambda port: url_of(config, port),
            "database": self._database,
            "broker": self._broker,
        }

    def _database(self, name: str) -> str:
        password = self._secrets[f"db_{owner_of()[name]}"]
        return database_url(self._config, name, password)

    def _broker(self) -> str:
        host = host_part(self._config.local_ip)
        port = self._config.ports["rabbitmq"]
        return f"rabbit://undercloud:{self._secrets[BROKER]}@{host}:{port}/"

    def _program(self, program: Program) -> str:
        variables = environment_of(program, self._config, self._layout)
        return self.page(
            "program.conf",
            name=program.name,
            command=command_of(program, self._config, self._layout),
            environment=",".join(f'{k}="{v}"' for k, v in variables.items()),
            priority=program.priority,
            stop_s=program.stop_s,
            stop_group=program.stop_group,
        )

    def _wsgi(self, program: Program) -> str:
        app = program.wsgi
        assert app is not None  # noqa: S101 - for the type checker; see all()
        argument = app.config_argument
        return self.page(
            "uwsgi.ini",
            port=self._config.ports[program.name],
            module=app.module,
            threads=app.threads,
            chunked=app.chunked,
            max_requests=app.max_requests,
            config_file=f"{self._layout.etc}/{argument}" if argument else "",
        )
