"""Machines that containers stand in for, as their operator reaches them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from tests.e2e.conftest import Shell, wait_until

# Everything here waits for machines that boot, on a host that does other things too.
PATIENCE_S = 300


@dataclass(frozen=True)
class Box:
    """A deployed machine, as its operator reaches it."""

    shell: Shell
    node: str
    address: str

    def ssh(self, *words: str, limit_s: int = 20) -> subprocess.CompletedProcess[str]:
        key = self.shell.home / ".ssh" / "tripleo-overcloud"
        options = (
            *("-i", str(key), "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"),
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
        )
        # A connection over a cable that is pulled out says nothing for ever.
        argv = [
            "timeout",
            str(limit_s),
            "ssh",
            *options,
            f"tripleo-admin@{self.address}",
        ]
        argv += words
        return subprocess.run(argv, capture_output=True, text=True, check=False)

    def says(self, *words: str) -> str:
        done = self.ssh(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def does(self, script: str) -> str:
        """Have root run a script there that must succeed; gives what it prints."""
        quoted = script.replace("'", "'\\''")
        words = ("sudo", "sh", "-e", "-c", f"'{quoted}'")
        done = self.ssh(*words, limit_s=PATIENCE_S)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def answers(self) -> bool:
        return self.ssh("true").returncode == 0

    def power(self) -> str:
        words = ("baremetal", "node", "show", self.node, "--fields", "power_state")
        return str(self.shell.json(*words)["power_state"])

    def switch(self, on: str) -> None:
        self.shell.openstack("baremetal", "node", "power", on, self.node)
        wait_until(lambda: self.power() == f"power {on}", within_s=PATIENCE_S)

    def wait(self, *, answers: bool = True) -> None:
        wait_until(lambda: self.answers() is answers, within_s=PATIENCE_S)


def machines(shell: Shell) -> dict[str, tuple[str, str, str]]:
    """Give node, address and state of each machine of this host, by host name."""
    lines = shell.run("tripleo-fleet", "machines").out.splitlines()[1:]
    rows = [line.split() for line in lines]
    return {row[1]: (row[0], row[2], row[3]) for row in rows}


def boxes_of(shell: Shell, *hostnames: str) -> dict[str, Box]:
    """Give machines by host name, as soon as they are there."""
    wanted = set(hostnames)
    wait_until(lambda: wanted <= machines(shell).keys(), within_s=PATIENCE_S)
    found = machines(shell)
    return {
        name: Box(shell=shell, node=found[name][0], address=found[name][1])
        for name in hostnames
    }
