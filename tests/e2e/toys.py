"""An overcloud of toys on two container machines, to have bad days with.

Its services do little, but something in each step, and are quick; MariaDB, RabbitMQ and
memcached are the shipped ones. One node's role may fail, the other's may not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import yaml

from tests.e2e import golden
from tests.e2e.boxes import Box, boxes_of
from tests.e2e.conftest import TIME_LIMIT_S, Done, Running, Shell, wait_until
from tests.e2e.fleet import Fleet

STACK = "bad-days"
TOY, AGENT = f"{STACK}-toy-0", f"{STACK}-toycompute-0"
CLASS = "bad-days"
SEED = "7402"
"""Machines of the same seed have the same addresses: two fleets would be one."""
SERVICES = Path(__file__).parent / "data" / "services"
SHIPPED = Path(__file__).parents[2] / "templates" / "services"
PATIENCE_OF_CHECKS_S = 15
RAN = "/var/lib/toy/ran"
"""A line for each step that puppet did, in the order of time."""

Rows = dict[tuple[str, int], dict[str, Any]]
"""The table of steps, by host name and step."""
WRONG: dict[str, Any] = {
    "ToyExtraConfig": {"memcached::max_connections": "many"},
    "ExtraConfig": {"toy_password": "is-another-one"},
}
"""What the operator has got wrong at first."""


def roles() -> list[dict[str, Any]]:
    """Give the two roles."""
    common = {
        "ImageDefault": "overcloud-full",
        "CountDefault": 1,
        "needs": {"resource_class": CLASS},
        "networks": ["ctlplane"],
    }
    services = ["memcached", "mysql", "rabbitmq", "toy", "toy-tables"]
    return [
        {"name": "Toy", **common, "ServicesDefault": services},
        {
            "name": "ToyCompute",
            **common,
            "tags": ["compute"],
            "ServicesDefault": ["toy-agent"],
        },
    ]


@dataclass(frozen=True)
class Toys:
    """The overcloud, and all that one does to it."""

    shell: Shell
    fleet: Fleet
    folder: Path
    boxes: dict[str, Box] = field(default_factory=dict)
    noted: dict[tuple[str, int], str] = field(default_factory=dict)
    """When steps were done for the first time that the operator could know of it."""

    @property
    def toy(self) -> Box:
        """The node that all others wait for."""
        return self.boxes[TOY]

    @property
    def agent(self) -> Box:
        """The node that may fail."""
        return self.boxes[AGENT]

    def deploy(self, *options: str) -> str:
        """Deploy, which has to succeed; gives what was said."""
        return self.shell.openstack(*self._words(*options)).said

    def refused(self, *options: str) -> Done:
        """Deploy, which has to fail."""
        return self.shell.refused(*self._words(*options))

    def begin(self, *options: str) -> Running:
        """Begin to deploy; what becomes of it is the caller's."""
        return self.shell.start("openstack", *self._words(*options))

    def tell(self, **parameters: Any) -> None:
        """Write what operators write into their environment file."""
        text = yaml.safe_dump({"parameter_defaults": parameters})
        (self.folder / "environment.yaml").write_text(text)

    def steps(self) -> Rows:
        """Give what is known of each node's steps."""
        rows = self.shell.json("overcloud", "steps", "--stack", STACK)
        return {(row["Hostname"], row["Step"]): row for row in rows}

    def note_what_is_done(self) -> None:
        """Remember when steps were done, to see that none is done once more."""
        for key, when in finished(self.steps()).items():
            self.noted.setdefault(key, when)

    def stack(self) -> dict[str, Any]:
        """Give what Heat says of the stack."""
        shown: dict[str, Any] = self.shell.json(
            *("stack", "show", STACK, "-c", "stack_status", "-c", "updated_time")
        )
        return shown

    def ran(self, box: Box) -> dict[int, int]:
        """Say how often puppet did each step on a node."""
        done = box.ssh("cat", RAN)
        return dict(Counter(map(int, done.stdout.split())))

    def await_in_step(
        self, running: Running, step: int, box: Box | None = None, times: int = 1
    ) -> None:
        """Wait until puppet does a step on a node for the so-manieth time."""
        where = box or self.toy
        count = f'"$(cat {RAN} 2>/dev/null | grep -cx {step})"'
        # The node looks, and tells: logging in each time would keep the machine busy.
        look = f"until test {count} -ge {times}; do sleep 0.1; done"
        wait_until(
            lambda: (
                running.is_over()
                or where.ssh("timeout", "5", "sh", "-c", f"'{look}'").returncode == 0
            ),
            within_s=TIME_LIMIT_S,
        )

    def _words(self, *options: str) -> tuple[str, ...]:
        return (
            *("overcloud", "deploy", "--stack", STACK),
            *("--roles-file", str(self.folder / "roles.yaml")),
            *("--environment", str(self.folder / "environment.yaml")),
            *("--services-path", str(SERVICES)),
            *("--services-path", str(self.folder / "services")),
            *options,
        )


def finished(rows: Rows) -> dict[tuple[str, int], str]:
    """Give when the steps were done that are done."""
    done = {"applied", "unchanged"}
    return {key: r["Finished At"] for key, r in rows.items() if r["State"] in done}


def await_said(running: Running, text: str) -> None:
    """Wait until a command says something."""
    wait_until(
        lambda: running.is_over() or text in running.log.read_text(),
        within_s=TIME_LIMIT_S,
        every_s=0.1,
    )


def cut_power(running: Running) -> None:
    """Kill a command with all that it has started, as if its machine had gone."""
    assert not running.is_over(), f"too late to kill it: {running.log.read_text()}"
    root = psutil.Process(running.process.pid)
    for process in (root, *root.children(recursive=True)):
        process.kill()
    running.process.wait()


def make(shell: Shell, folder: Path, cleanups: list[Callable[[], object]]) -> Toys:
    """Have the machines deployed, and nothing on them configured."""
    fleet = Fleet(shell=shell, folder=folder)
    made = Toys(shell=shell, fleet=fleet, folder=folder)
    (folder / "roles.yaml").write_text(yaml.safe_dump(roles()))
    (folder / "services").mkdir()
    (folder / "services" / "rabbitmq.yaml").write_text(_hasty_rabbitmq())
    made.tell(**WRONG)
    golden.provide(shell)
    _play(fleet, cleanups)
    made.deploy("--stack-only")
    made.boxes.update(boxes_of(shell, TOY, AGENT))
    for box in made.boxes.values():
        box.wait()
    return made


def _hasty_rabbitmq() -> str:
    """Give the shipped service, whose checks wait less for one that is down."""
    service = yaml.safe_load((SHIPPED / "rabbitmq.yaml").read_text())
    for checks in service["checks"].values():
        for check in checks:
            check["timeout_s"] = PATIENCE_OF_CHECKS_S
    return yaml.safe_dump(service)


def _play(fleet: Fleet, cleanups: list[Callable[[], object]]) -> None:
    shell = fleet.shell
    stop = ("stop", "--pid-file", str(fleet.folder / "fleet.pid"), "--clean")
    # Last first: Ironic would hold nodes locked, looking for machines that are gone.
    cleanups += [
        lambda: shell.run("tripleo-fleet", *stop),
        lambda: shell.run("openstack", "overcloud", "node", "delete", *fleet.names),
        lambda: shell.run("openstack", "overcloud", "delete", STACK, "--yes"),
    ]
    kind = ("--backing", "container", "--resource-class", CLASS)
    fleet.start(2, "bad", "--seed", SEED, "--models", "compute", *kind)
    words = ("--provide", fleet.nodes_file)
    shell.openstack("overcloud", "node", "import", *words)
