"""How each service of an undercloud runs: what supervisord starts, with which files.

``{venv}``, ``{etc}``, ``{data}``, ``{log}``, ``{run}`` stand for the folders of
:class:`~tripleo_cli.domain.undercloud.layout.Layout`; ``{port:NAME}`` for ports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.layout import Layout

PYTHON_ENVIRONMENT: Mapping[str, str] = {
    "HOME": "{data}",
    "LANG": "C.UTF-8",
    # glibc gives every thread its own heap otherwise: a third more memory.
    "MALLOC_ARENA_MAX": "2",
    "PATH": "{venv}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "PYTHONWARNINGS": "ignore",
    "TMPDIR": "{data}/scratch",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WsgiApp:
    """An application that uWSGI serves.

    ``config_argument`` is a configuration file that it wants as ``--config-file``;
    after ``max_requests`` its process is replaced, 0 for never.
    """

    module: str
    threads: int = 4
    max_requests: int = 0
    chunked: bool = False
    config_argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One supervised service.

    ``config`` names the files of ``etc`` that it reads: a change of one of them
    restarts it. ``stop_s`` is how long it may take to end, in seconds. A program
    with a ``wsgi`` application needs no command.
    """

    name: str
    command: str = ""
    config: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: PYTHON_ENVIRONMENT)
    wsgi: WsgiApp | None = None
    priority: int = 100
    stop_s: int = 30
    stop_group: bool = True

    @property
    def supervisor_file(self) -> str:
        """Its file for supervisord, below ``etc``."""
        return f"supervisor.d/{self.name}.conf"

    @property
    def wsgi_file(self) -> str:
        """Its file for uWSGI, below ``etc``."""
        return f"uwsgi-{self.name}.ini"

    @property
    def files(self) -> tuple[str, ...]:
        """Every file of ``etc`` that decides how it runs."""
        wsgi = (self.wsgi_file,) if self.wsgi else ()
        return (*self.config, *wsgi, self.supervisor_file)


def _python(**others: str) -> Mapping[str, str]:
    return {**PYTHON_ENVIRONMENT, **others}


def _erlang(**others: str) -> Mapping[str, str]:
    return {
        "HOME": "{data}/rabbitmq",
        "LANG": "C.UTF-8",
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": "{port:epmd}",
        **others,
    }


_NOVA = _python(
    OS_NOVA_CONFIG_DIR="{etc}",
    # The first one holds the paste pipeline.
    OS_NOVA_CONFIG_FILES="{venv}/etc/nova/api-paste.ini;nova.conf",
)

PROGRAMS: tuple[Program, ...] = (
    Program(
        name="mariadb",
        command="/usr/sbin/mariadbd --defaults-file={etc}/my.cnf",
        config=("my.cnf", "databases.sql"),
        environment={"HOME": "{data}", "LANG": "C.UTF-8"},
        priority=10,
        stop_s=60,
    ),
    Program(
        name="epmd",
        command="/usr/bin/epmd -address 127.0.0.1 -port {port:epmd}",
        environment=_erlang(),
        priority=20,
    ),
    Program(
        name="rabbitmq",
        # Not /usr/sbin's wrapper: it insists on the distribution's own user.
        command="/usr/lib/rabbitmq/bin/rabbitmq-server",
        config=("rabbitmq.conf", "rabbitmq-plugins"),
        environment=_erlang(
            RABBITMQ_NODENAME="rabbit@localhost",
            RABBITMQ_CONFIG_FILE="{etc}/rabbitmq.conf",
            RABBITMQ_CONF_ENV_FILE="/dev/null",
            RABBITMQ_ENABLED_PLUGINS_FILE="{etc}/rabbitmq-plugins",
            RABBITMQ_MNESIA_BASE="{data}/rabbitmq/mnesia",
            RABBITMQ_GENERATED_CONFIG_DIR="{data}/rabbitmq/config",
            RABBITMQ_LOG_BASE="{log}",
            RABBITMQ_PID_FILE="{run}/rabbitmq.pid",
            RABBITMQ_DIST_PORT="{port:rabbitmq-dist}",
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=(
                "-kernel inet_dist_use_interface {{127,0,0,1}} +S 2:2 +sbwt none"
            ),
        ),
        priority=30,
        stop_s=40,
    ),
    Program(
        name="keystone",
        config=("keystone.conf",),
        environment=_python(OS_KEYSTONE_CONFIG_DIR="{etc}"),
        # A new process now and then: the cache in its memory only grows.
        wsgi=WsgiApp(
            module="keystone.wsgi.api:application", threads=8, max_requests=50_000
        ),
        priority=40,
    ),
    Program(
        name="glance",
        config=("glance-api.conf",),
        environment=_python(OS_GLANCE_CONFIG_DIR="{etc}"),
        wsgi=WsgiApp(module="glance.wsgi.api:application", chunked=True),
    ),
    Program(
        name="placement",
        config=("placement.conf",),
        environment=_python(OS_PLACEMENT_CONFIG_DIR="{etc}"),
        wsgi=WsgiApp(module="placement.wsgi.api:application"),
    ),
    Program(
        name="neutron",
        config=("neutron.conf",),
        wsgi=WsgiApp(
            module="neutron.wsgi.api:application",
            config_argument="neutron.conf",
        ),
    ),
    Program(
        name="ironic",
        command="{venv}/bin/ironic --config-file {etc}/ironic.conf",
        config=("ironic.conf", "ironic-policy.yaml", "ironic-rules.yaml"),
    ),
    Program(
        name="nova-api",
        config=("nova.conf",),
        environment=_NOVA,
        wsgi=WsgiApp(module="nova.wsgi.osapi_compute:application", threads=8),
    ),
    Program(
        name="nova-conductor",
        command="{venv}/bin/nova-conductor --config-file {etc}/nova.conf",
        config=("nova.conf",),
    ),
    Program(
        name="nova-scheduler",
        command="{venv}/bin/nova-scheduler --config-file {etc}/nova.conf",
        config=("nova.conf",),
    ),
    Program(
        name="nova-compute",
        # Refuses to start where its file tells how to reach a database.
        command="{venv}/bin/nova-compute --config-file {etc}/nova-compute.conf",
        config=("nova-compute.conf",),
        priority=110,
    ),
    Program(
        name="heat-api",
        config=("heat.conf",),
        wsgi=WsgiApp(
            module="heat.wsgi.api:application",
            threads=8,
            config_argument="heat.conf",
        ),
    ),
    Program(
        name="heat-cfn",
        config=("heat.conf",),
        wsgi=WsgiApp(
            module="heat.wsgi.cfn:application",
            threads=2,
            config_argument="heat.conf",
        ),
    ),
    Program(
        name="heat-engine",
        command="{venv}/bin/heat-engine --config-file {etc}/heat.conf",
        config=("heat.conf",),
    ),
)


def command_of(program: Program, config: UndercloudConfig, layout: Layout) -> str:
    """Give the command line that supervisord runs."""
    uwsgi = f"{{venv}}/bin/uwsgi --ini {{etc}}/{program.wsgi_file}"
    return _filled(uwsgi if program.wsgi else program.command, config, layout)


def environment_of(
    program: Program, config: UndercloudConfig, layout: Layout
) -> Mapping[str, str]:
    """Give the variables that supervisord sets."""
    return {
        name: _filled(value, config, layout)
        for name, value in program.environment.items()
    }


def _filled(text: str, config: UndercloudConfig, layout: Layout) -> str:
    for name, number in config.ports.items():
        text = text.replace(f"{{port:{name}}}", str(number))
    folders = {
        name: getattr(layout, name) for name in ("venv", "etc", "data", "log", "run")
    }
    return text.format(**folders)
