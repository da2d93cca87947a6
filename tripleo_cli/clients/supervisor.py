"""The supervisord of an undercloud, over its socket."""

from __future__ import annotations

import time
import xmlrpc.client
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any

from supervisor.xmlrpc import Faults, SupervisorTransport

from tripleo_cli.domain.undercloud.process import Process
from tripleo_cli.errors import HostError, NotFoundError

STOP_TIMEOUT_S = 150
_Transport: Any = SupervisorTransport  # supervisor publishes no types
_STOPPED = frozenset({"STOPPED", "EXITED", "FATAL", "UNKNOWN"})


class SocketSupervisor:
    """A supervisord that listens on a Unix socket; one connection per call."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path

    def is_running(self) -> bool:
        """Ask for its state; one that is shutting down still runs."""
        try:
            with self._calls("state") as supervisor:
                _allow(Faults.SHUTDOWN_STATE, supervisor.getState)
        except _SilentError:
            return False
        return True

    def processes(self) -> Mapping[str, Process]:
        """List them in one call."""
        try:
            with self._calls("list") as supervisor:
                found = supervisor.getAllProcessInfo()
        except _SilentError:
            return {}
        return {raw["name"]: _process(raw) for raw in found}

    def start(self, name: str) -> None:
        """Start it without waiting for supervisor's own idea of "started"."""
        with self._calls(f"start {name}") as supervisor:
            _allow(Faults.ALREADY_STARTED, supervisor.startProcess, name, False)  # noqa: FBT003 - xmlrpc knows no keywords

    def stop(self, name: str) -> None:
        """Stop it; also waits for one that another caller is stopping."""
        with self._calls(f"stop {name}") as supervisor:
            _allow(Faults.NOT_RUNNING, supervisor.stopProcess, name)
            deadline = time.monotonic() + STOP_TIMEOUT_S
            while supervisor.getProcessInfo(name)["statename"] not in _STOPPED:
                if time.monotonic() > deadline:
                    raise HostError(f"{name} did not stop in {STOP_TIMEOUT_S} s")
                time.sleep(0.2)

    def update(self) -> Sequence[str]:
        """Do what ``supervisorctl update`` does, without starting anything."""
        with self._calls("update") as supervisor:
            ((added, changed, removed),) = supervisor.reloadConfig()
            for name in (*changed, *removed):
                supervisor.stopProcessGroup(name)
                supervisor.removeProcessGroup(name)
            for name in (*added, *changed):
                supervisor.addProcessGroup(name)
        return tuple(sorted((*added, *changed)))

    def shutdown(self) -> None:
        """Ask it to end; harmless where it does not run or is ending already."""
        try:
            with self._calls("shutdown") as supervisor:
                _allow(Faults.SHUTDOWN_STATE, supervisor.shutdown)
        except _SilentError:
            return

    @contextmanager
    def _calls(self, verb: str) -> Iterator[Any]:
        """Open the socket, and turn refusals into ours."""
        transport = _Transport(None, None, f"unix://{self._path}")
        try:
            yield xmlrpc.client.ServerProxy(
                "http://supervisor", transport=transport
            ).supervisor
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == Faults.BAD_NAME:
                raise NotFoundError(
                    f"supervisor cannot {verb}: it has no such service",
                    hint="openstack undercloud status",
                ) from fault
            raise HostError(f"supervisor cannot {verb}: {fault.faultString}") from fault
        except PermissionError as error:
            raise HostError(
                f"cannot use {self._path}: {error.strerror}", hint="use sudo -E"
            ) from error
        except (OSError, HTTPException, xmlrpc.client.Error) as error:
            raise _SilentError(
                f"supervisor does not answer at {self._path}: {error}",
                hint="openstack undercloud start",
            ) from error
        finally:
            transport.close()


class _SilentError(HostError):
    """Nobody answers behind the socket."""


def _allow(code: int, call: Any, *arguments: Any) -> None:
    """Call, where one kind of refusal means that nothing is left to do."""
    try:
        call(*arguments)
    except xmlrpc.client.Fault as fault:
        if fault.faultCode != code:
            raise


def _process(raw: Mapping[str, Any]) -> Process:
    is_up = raw["pid"] != 0
    return Process(
        name=raw["name"],
        state=raw["statename"],
        pid=raw["pid"],
        started_at=raw["start"] if is_up else 0,
        reason=raw["spawnerr"] or ("" if is_up else raw["description"]),
    )
