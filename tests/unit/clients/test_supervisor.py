"""What supervisord says, as values."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

import pytest
from supervisor.xmlrpc import Faults

from tripleo_cli.clients import supervisor
from tripleo_cli.clients.supervisor import SocketSupervisor
from tripleo_cli.domain.undercloud.process import Process
from tripleo_cli.errors import HostError, NotFoundError

RUNNING = {
    "name": "glance",
    "statename": "RUNNING",
    "pid": 7,
    "start": 1000,
    "spawnerr": "",
    "description": "pid 7, uptime 0:00:09",
}
BACKOFF = {
    "name": "ironic",
    "statename": "BACKOFF",
    "pid": 0,
    "start": 1000,
    "spawnerr": "Exited too quickly",
    "description": "Exited too quickly (process log may have details)",
}
STOPPED = {
    "name": "heat-cfn",
    "statename": "STOPPED",
    "pid": 0,
    "start": 0,
    "spawnerr": "",
    "description": "Not started",
}


class Wire:
    """Answers XML-RPC calls in place of a socket; a fault or an error is raised."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def __call__(self, *_arguments: Any) -> Wire:
        return self

    def request(
        self,
        host: str,  # noqa: ARG002 - supervisor's API
        handler: str,  # noqa: ARG002 - supervisor's API
        body: bytes,
        verbose: bool = False,  # noqa: ARG002, FBT001, FBT002 - supervisor's API
    ) -> tuple[Any]:
        arguments, method = xmlrpc.client.loads(body)
        name = str(method).removeprefix("supervisor.")
        self.asked.append((name, arguments))
        answer = self._answers[name]
        if isinstance(answer, Exception):
            raise answer
        return (answer,)

    def close(self) -> None:
        pass


def connected(
    monkeypatch: pytest.MonkeyPatch, **answers: Any
) -> tuple[SocketSupervisor, Wire]:
    wire = Wire(**answers)
    monkeypatch.setattr(supervisor, "_Transport", wire)
    return SocketSupervisor("/run/x.sock"), wire


def fault(code: int) -> xmlrpc.client.Fault:
    return xmlrpc.client.Fault(code, f"fault {code}")


def test_processes_as_values(monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = connected(monkeypatch, getAllProcessInfo=[RUNNING, BACKOFF, STOPPED])

    assert client.processes() == {
        "glance": Process(name="glance", state="RUNNING", pid=7, started_at=1000),
        "ironic": Process(name="ironic", state="BACKOFF", reason="Exited too quickly"),
        "heat-cfn": Process(name="heat-cfn", state="STOPPED", reason="Not started"),
    }


def test_nobody_behind_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = FileNotFoundError(2, "No such file")
    client, _ = connected(
        monkeypatch,
        getState=gone,
        getAllProcessInfo=gone,
        shutdown=gone,
        startProcess=gone,
    )

    assert not client.is_running()
    assert client.processes() == {}
    client.shutdown()
    with pytest.raises(HostError, match="does not answer at /run/x") as caught:
        client.start("glance")
    assert caught.value.hint == "openstack undercloud start"


def test_a_socket_of_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = PermissionError(13, "Permission denied")
    client, _ = connected(monkeypatch, getState=refused, getAllProcessInfo=refused)

    for ask in (client.is_running, client.processes):
        with pytest.raises(HostError, match="Permission denied") as caught:
            ask()
        assert caught.value.hint == "use sudo -E"


def test_one_that_shuts_down_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = fault(Faults.SHUTDOWN_STATE)
    client, _ = connected(monkeypatch, getState=ending, shutdown=ending)

    assert client.is_running()
    client.shutdown()


def test_starting_what_runs_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    client, wire = connected(monkeypatch, startProcess=fault(Faults.ALREADY_STARTED))

    client.start("glance")

    assert wire.asked == [("startProcess", ("glance", False))]


def test_stopping_what_is_stopped_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = connected(
        monkeypatch, stopProcess=fault(Faults.NOT_RUNNING), getProcessInfo=STOPPED
    )

    client.stop("heat-cfn")


def test_an_unknown_service(monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = connected(monkeypatch, startProcess=fault(Faults.BAD_NAME))

    with pytest.raises(NotFoundError, match="cannot start glanc"):
        client.start("glanc")


def test_a_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = connected(monkeypatch, startProcess=fault(Faults.NO_FILE))

    with pytest.raises(HostError, match="cannot start glance: fault 20"):
        client.start("glance")


def test_update_replaces_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    client, wire = connected(
        monkeypatch,
        reloadConfig=[[["new"], ["changed"], ["old"]]],
        stopProcessGroup=[],
        removeProcessGroup=True,
        addProcessGroup=True,
    )

    assert client.update() == ("changed", "new")
    assert [(name, *arguments) for name, arguments in wire.asked] == [
        ("reloadConfig",),
        ("stopProcessGroup", "changed"),
        ("removeProcessGroup", "changed"),
        ("stopProcessGroup", "old"),
        ("removeProcessGroup", "old"),
        ("addProcessGroup", "new"),
        ("addProcessGroup", "changed"),
    ]
