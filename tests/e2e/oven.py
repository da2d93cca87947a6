"""What overclouds on containers are deployed with, and how one asks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

from tests.e2e.conftest import Shell
from tests.e2e.fleet import Fleet

SHIPPED = Path(__file__).parents[2] / "roles"
KEYSTONES = {"keystone", "glance", "placement", "nova", "neutron", "heat", "heat-cfn"}
"""What Keystone's catalogue holds of an overcloud with all services."""

Role = dict[str, Any]
Rows = dict[tuple[str, int], dict[str, Any]]
"""The table of steps, by host name and step."""


@dataclass(frozen=True)
class Oven:
    """What one deploys a stack with, and the cloud that comes of it."""

    shell: Shell
    folder: Path
    stack: str

    @property
    def environment(self) -> Path:
        return self.folder / f"{self.stack}-environment.yaml"

    def tell(self, parameters: Mapping[str, Any]) -> None:
        """Write what operators write into their environment file."""
        text = yaml.safe_dump({"parameter_defaults": dict(parameters)})
        self.environment.write_text(text)

    def deploy(self, roles: Iterable[Role], *words: str, **counts: int) -> str:
        """Deploy with these roles, and so many nodes of each; gives what was said."""
        file = self.folder / f"{self.stack}-roles.yaml"
        file.write_text(yaml.safe_dump(list(roles)))
        if not self.environment.exists():
            self.environment.write_text("{}")
        words += ("--stack", self.stack, "-r", str(file), "-e", str(self.environment))
        words += tuple(f"--role-count={role}={n}" for role, n in counts.items())
        return self.shell.openstack("overcloud", "deploy", *words).said

    def delete(self) -> None:
        self.shell.openstack("overcloud", "delete", self.stack, "--yes")

    def ask(self, *words: str) -> Any:
        """Ask the overcloud, as its users do."""
        return self.shell.json("--os-cloud", self.stack, *words)

    def steps(self) -> Rows:
        """Give what is known of each node's steps."""
        rows = self.shell.json("overcloud", "steps", "--stack", self.stack)
        return {(row["Hostname"], row["Step"]): row for row in rows}

    def unfinished(self) -> list[Mapping[str, Any]]:
        """Give the steps that are not done, or whose checks have not passed.

        One that has nothing but checks changes nothing.
        """
        return unfinished(self.steps().values())

    def agents(self) -> dict[str, set[str]]:
        """Give the hosts of each kind of Neutron's agents, all of which must live."""
        rows = self.ask("network", "agent", "list")
        assert all(row["Alive"] in (True, ":-)") for row in rows)
        kinds = {row["Agent Type"] for row in rows}
        return {k: hosts([r for r in rows if r["Agent Type"] == k]) for k in kinds}

    def computes(self) -> set[str]:
        """Give the hosts of ``nova-compute``; all services of Nova must be up."""
        rows = self.ask("compute", "service", "list")
        assert {row["State"] for row in rows} == {"up"}
        return hosts([row for row in rows if row["Binary"] == "nova-compute"])


def shipped(*names: str, resource_class: str) -> list[Role]:
    """Take roles as they are shipped, for machines and flavors of a test's own."""
    own: Role = {"needs": {"resource_class": resource_class}}
    return [
        yaml.safe_load((SHIPPED / f"{name}.yaml").read_text())
        | own
        | {"profile": f"{resource_class}-{name.lower()}"}
        for name in names
    ]


def play(
    fleet: Fleet,
    cleanups: list[Callable[[], object]],
    count: int,
    resource_class: str,
    *stacks: str,
) -> None:
    """Register machines that containers stand in for, and take all away at the end."""
    shell = fleet.shell
    pid_file = str(fleet.folder / "fleet.pid")
    # Last first: Ironic would hold nodes locked, looking for machines that are gone.
    cleanups += [
        lambda: shell.run("tripleo-fleet", "stop", "--pid-file", pid_file, "--clean"),
        lambda: shell.run("openstack", "overcloud", "node", "delete", *fleet.names),
    ]
    for stack in stacks:
        words = ("openstack", "overcloud", "delete", stack, "--yes")
        cleanups.append(partial(shell.run, *words))
    kind = ("--backing", "container", "--resource-class", resource_class)
    # Machines of the same seed have the same addresses: two fleets would be one.
    seed = ("--seed", str(crc32(resource_class.encode())))
    fleet.start(count, resource_class, "--models", "compute", *kind, *seed)
    shell.openstack("overcloud", "node", "import", "--provide", fleet.nodes_file)


def unfinished(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give the steps that are not done, or whose checks have not passed."""
    done = {"applied", "unchanged"}
    return [r for r in rows if r["State"] not in done or r["Checks"] != "passed"]


def overtaken(rows: Rows) -> list[int]:
    """Give the steps that a node began before all had ended the one before.

    Nodes tell whole seconds of when they ended. A step that has nothing but checks
    has no end of its own.
    """
    begun: dict[int, list[float]] = {}
    ended: dict[int, list[float]] = {}
    for (_, step), row in rows.items():
        if not row["Finished At"]:
            continue
        end = datetime.fromisoformat(row["Finished At"]).timestamp()
        begun.setdefault(step, []).append(end - row["Seconds"])
        ended.setdefault(step, []).append(end)
    return [
        after
        for before, after in pairwise(sorted(ended))
        if min(begun[after]) + 1 < max(ended[before])
    ]


def hosts(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Give the short names of the hosts in a list of services or agents."""
    return {row["Host"].partition(".")[0] for row in rows}
