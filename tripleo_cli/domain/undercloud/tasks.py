"""What installing an undercloud consists of, and what has to come before what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tripleo_cli.domain.undercloud.databases import DATABASES
from tripleo_cli.domain.undercloud.programs import PROGRAMS, Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One piece of work.

    It starts when all that it ``needs`` are done. It runs again when one of its
    ``inputs`` has changed, or when a task in ``renewed_by`` has run since. Those that
    run ``always`` are quick and change nothing where all is as it should be.
    """

    name: str
    title: str
    needs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    renewed_by: tuple[str, ...] = ()
    always: bool = False


# What a service's start needs besides its files and its program.
_BEFORE_START: Mapping[str, tuple[str, ...]] = {
    "mariadb": ("packages", "database files"),
    "epmd": ("packages",),
    "rabbitmq": ("start epmd",),
    "keystone": ("sync keystone",),
    "glance": ("sync glance",),
    "placement": ("sync placement",),
    "neutron": ("sync neutron",),
    "ironic": ("packages", "sync ironic"),
    "nova-api": ("cells", "sync nova", "sync nova_cell0", "start rabbitmq"),
    "nova-conductor": ("cells", "sync nova", "start rabbitmq"),
    # Looks for Placement in the catalogue when it starts, and never again.
    "nova-scheduler": ("cells", "sync nova", "start rabbitmq", "identity"),
    # Signs in to Ironic and Placement when it starts.
    "nova-compute": (
        *("start nova-conductor", "start ironic", "start placement", "identity"),
        "start rabbitmq",
    ),
    "heat-api": ("start rabbitmq", "sync heat"),
    "heat-cfn": ("start rabbitmq", "sync heat"),
    "heat-engine": ("start rabbitmq", "sync heat"),
}
_OPERATING_SYSTEM = frozenset({"mariadb", "epmd", "rabbitmq"})


def file_input(name: str) -> str:
    """Name the input that is the content of a file below ``etc``."""
    return f"etc/{name}"


def start_task(service: str) -> str:
    """Name the task that starts a service."""
    return f"start {service}"


def sync_task(database: str) -> str:
    """Name the task that makes a database's tables."""
    return f"sync {database}"


def _start(program: Program) -> Task:
    libraries = () if program.name in _OPERATING_SYSTEM else ("libraries", "bytecode")
    versions = () if program.name in _OPERATING_SYSTEM else ("services.lock",)
    return Task(
        name=start_task(program.name),
        title=f"Start {program.name}",
        needs=("supervisor", *libraries, *_BEFORE_START[program.name]),
        inputs=(*map(file_input, program.files), *versions),
        renewed_by=("database files",) if program.name == "mariadb" else (),
    )


_MACHINE = (
    Task(name="account", title="Create the services' user", always=True),
    Task(name="folders", title="Make the folders", needs=("account",), always=True),
    Task(
        name="configuration",
        title="Write the configuration",
        needs=("folders",),
        always=True,
    ),
    Task(
        name="packages",
        title="Install distribution packages",
        # Both note what is ours in one file.
        needs=("account",),
        inputs=("packages",),
    ),
    Task(
        name="environment",
        title="Make the services' Python environment",
        needs=("folders",),
        inputs=("python",),
    ),
    Task(
        name="libraries",
        title="Install the services' libraries",
        needs=("environment",),
        inputs=("services.lock",),
        renewed_by=("environment",),
    ),
    Task(
        name="bytecode",
        title="Compile the libraries",
        needs=("libraries",),
        renewed_by=("libraries",),
    ),
    Task(
        name="supervisor",
        title="Run the supervisor",
        needs=("environment", "configuration"),
        inputs=(
            file_input("supervisord.conf"),
            file_input("supervisord.py"),
            "systemd unit",
        ),
        renewed_by=("environment",),
    ),
    Task(
        name="database files",
        title="Prepare the database server",
        needs=("packages", "folders"),
    ),
)
_SYNCS = tuple(
    Task(
        name=sync_task(database.name),
        title=f"Make the tables of {database.name}",
        needs=("configuration", "bytecode", "start mariadb"),
        inputs=("services.lock",),
        renewed_by=("database files",),
    )
    for database in DATABASES
)
_CLOUD = (
    Task(
        name="bootstrap",
        title="Bootstrap Keystone",
        needs=("sync keystone",),
        inputs=("keystone address", "administrator"),
        renewed_by=("database files",),
    ),
    Task(
        name="cells",
        title="Map Nova's cells",
        needs=("sync nova_api",),
        renewed_by=("database files",),
    ),
    *map(_start, PROGRAMS),
    Task(
        name="identity",
        title="Register services and users",
        needs=("bootstrap", "start keystone"),
        inputs=("identity",),
        renewed_by=("database files",),
    ),
    Task(
        name="network",
        title="Make the provisioning network",
        needs=("identity", "start neutron"),
        inputs=("subnets",),
        renewed_by=("database files",),
    ),
    Task(
        name="hosts",
        title="Map Nova's compute host",
        needs=("start nova-compute", "start nova-api"),
        inputs=("hostname",),
        renewed_by=("cells",),
    ),
    Task(
        name="clouds",
        title="Write clouds.yaml",
        needs=("bootstrap", "start keystone"),
        always=True,
    ),
    Task(
        name="check",
        title="Check that every service answers",
        needs=("network", "hosts", *(start_task(each.name) for each in PROGRAMS)),
        always=True,
    ),
)
TASKS: tuple[Task, ...] = (*_MACHINE, *_SYNCS, *_CLOUD)
"""Every task."""


def ready(
    tasks: Iterable[Task], done: Collection[str], begun: Collection[str]
) -> Sequence[Task]:
    """List the tasks that can begin now, the one with most work behind it first."""
    weights = _weights()
    able = [
        task
        for task in tasks
        if task.name not in begun and all(need in done for need in task.needs)
    ]
    return sorted(able, key=lambda task: -weights.get(task.name, 0))


def in_order(tasks: Iterable[Task]) -> Sequence[Task]:
    """Sort tasks so that each follows what it needs.

    Raises:
        ValueError: They need each other in a circle, or one that is not there.
    """
    left = list(tasks)
    done: list[Task] = []
    while left:
        names = {task.name for task in done}
        able = [task for task in left if names.issuperset(task.needs)]
        if not able:
            raise ValueError(f"never ready: {', '.join(task.name for task in left)}")
        done += able
        left = [task for task in left if task not in able]
    return done


def _weights() -> Mapping[str, int]:
    """Count, for each task, the longest chain of tasks that waits for it."""
    weights: dict[str, int] = {}
    for task in reversed(in_order(TASKS)):
        weights.setdefault(task.name, 1)
        for need in task.needs:
            weights[need] = max(weights.get(need, 1), weights[task.name] + 1)
    return weights
