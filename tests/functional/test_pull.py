"""A node that pulls, while Heat's API of a live undercloud is stopped (OS_CLOUD).

Heat makes a server that is no machine; the agent is the real one, in a process of this
host with a ``/var/lib`` of its own. Needs root, as the commands do.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.functional.live import connect
from tests.functional.shell import openstack
from tripleo_cli.clients.clock import LiveClock
from tripleo_cli.clients.cloud import LiveCloud
from tripleo_cli.clients.node_program import node_agent, node_program
from tripleo_cli.clients.pull import HeatNodes
from tripleo_cli.domain.overcloud.outcome import StepState, Target
from tripleo_cli.domain.stack import StackFiles

pytestmark = [pytest.mark.functional, pytest.mark.disruptive]

STACK = f"m-pull-{uuid4().hex[:6]}"
PATIENCE_S = 120
TEMPLATE = """
heat_template_version: "2021-04-16"
resources:
  node:
    type: OS::Heat::DeployedServer
    properties: {software_config_transport: POLL_SERVER_HEAT}
  node-reports:
    type: OS::Heat::WaitConditionHandle
    properties: {signal_transport: HEAT_SIGNAL}
outputs:
  server: {value: {get_resource: node}}
  account: {value: {get_attr: [node, os_collect_config]}}
"""
PROGRAM = """\
import json, pathlib, time
here = pathlib.Path("/var/lib")
with (here / "begun").open("a") as file:
    file.write("begun\\n")
while not (here / "go-on").exists():
    time.sleep(0.1)
print(json.dumps({"step": 3, "state": "applied", "changed": 1}))
"""
"""What stands in for the program on nodes: it notes that it began, and waits."""
APART = 'mount --make-rprivate / && mount --bind "$0" /var/lib && exec "$@"'
"""Nothing of the agent's gets into this host's own ``/var/lib``."""


@dataclass(frozen=True)
class Post:
    """The node: ``lib`` is its ``/var/lib``."""

    lib: Path
    target: Target
    nodes: HeatNodes

    @property
    def said(self) -> str:
        """What its agent said."""
        return (self.lib / "journal").read_text()

    @property
    def begun(self) -> str:
        """What its program noted."""
        file = self.lib / "begun"
        return file.read_text() if file.exists() else ""

    @property
    def has_an_outcome(self) -> bool:
        """Whether there is something that Heat is to be told."""
        return bool([*self.lib.glob("tripleo/orders/*/outcome.json")])


def wait_until(is_so: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


@pytest.fixture
def cloud() -> LiveCloud:
    return connect()


@pytest.fixture
def post(cloud: LiveCloud, tmp_path: Path) -> Iterator[Post]:
    """Let Heat make the server, and the agent ask for its orders."""
    outputs = make_stack(cloud)
    try:
        write_node(tmp_path, outputs["account"])
        target = Target("node", "", identity=outputs["server"], pulls=True)
        nodes = HeatNodes(orders=lambda: cloud.orders(STACK), clock=LiveClock())
        with agent(tmp_path):
            yield Post(lib=tmp_path, target=target, nodes=nodes)
    finally:
        cloud.stacks.delete(STACK)
        wait_until(lambda: cloud.stacks.find(STACK) is None)


def make_stack(cloud: LiveCloud) -> dict[str, Any]:
    """Make the stack, and give what it tells of itself."""
    cloud.stacks.create(STACK, StackFiles(template=TEMPLATE), 5)
    while (found := cloud.stacks.find(STACK)) and found.status.in_progress:
        time.sleep(0.5)
    assert found
    assert found.status.status == "COMPLETE", found.reason
    return dict(found.outputs)


def write_node(lib: Path, account: Any) -> None:
    """Write what cloud-init is given by Heat, and the program that was sent before."""
    whole = MIMEMultipart()
    part = MIMEText(json.dumps({"os-collect-config": account}))
    part.add_header("Content-Disposition", "attachment", filename="cfn-init-data")
    whole.attach(part)
    (lib / "cloud/instance").mkdir(parents=True)
    (lib / "cloud/instance/user-data.txt").write_text(whole.as_string())
    (lib / "tripleo/incoming").mkdir(parents=True)
    (lib / "tripleo/incoming" / node_program().name).write_text(PROGRAM)
    (lib / "agent.pyz").write_bytes(node_agent().data)


@contextmanager
def agent(lib: Path) -> Iterator[None]:
    """Run the agent."""
    argv = ["unshare", "--mount", "sh", "-c", APART, str(lib)]
    argv += ["/usr/bin/python3", "/var/lib/agent.pyz"]
    with (lib / "journal").open("w") as journal:
        process = subprocess.Popen(argv, stderr=journal)  # noqa: S603 - our own words
    try:
        yield
    finally:
        process.kill()
        process.wait()
        # What it began goes on without it, and would wait for ever.
        (lib / "go-on").touch()


@contextmanager
def without_heat() -> Iterator[None]:
    """Have Heat's API stopped."""
    done = openstack("undercloud", "stop", "heat-api")
    try:
        assert done.returncode == 0, done.stderr
        yield
    finally:
        done = openstack("undercloud", "start")
    assert done.returncode == 0, done.stderr


def test_what_a_node_signals_while_heat_is_stopped_is_not_lost(post: Post) -> None:
    with ThreadPoolExecutor(1) as pool:
        try:
            step = pool.submit(post.nodes.apply, [post.target], 3)
            wait_until(lambda: post.begun)
            with without_heat():
                (post.lib / "go-on").touch()
                wait_until(lambda: post.has_an_outcome)
                wait_until(lambda: "asking again until it answers" in post.said)
                assert not step.done()
            outcome = step.result(PATIENCE_S)["node"]
        finally:
            post.nodes.stop()

    assert (outcome.state, outcome.changed) == (StepState.APPLIED, 1)
    assert post.begun == "begun\n"
    assert "Heat answers again" in post.said
    # It was heard: there is nothing left to tell.
    wait_until(lambda: not post.has_an_outcome)
