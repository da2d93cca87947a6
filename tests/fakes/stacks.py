"""Heat in memory: converging, with nested stacks, on a fake Nova.

Each call of :meth:`FakeStacks.find` finishes one more resource, so a test that polls
never waits.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.compute import FakeCompute
from tests.fakes.heat_template import Definition, attributes_of, definitions, outputs
from tripleo_cli.domain.stack import (
    Stack,
    StackEvent,
    StackFiles,
    StackResource,
    StackStatus,
)
from tripleo_cli.errors import ConflictError, NotFoundError, UnreachableError

SERVER = "OS::Nova::Server"
TEST = "OS::Heat::TestResource"
"""Heat's own, for tests: fails where its property ``fail`` says so."""


@dataclass(slots=True)
class _Record:
    """One stack as the fake keeps it."""

    stack: Stack
    files: StackFiles
    defined: dict[str, Definition] = field(default_factory=dict)
    resources: dict[str, StackResource] = field(default_factory=dict)
    events: list[StackEvent] = field(default_factory=list)
    timeout_minutes: int = 0


class FakeStacks:
    """Stacks by name; faults are ordered by the name of a resource."""

    def __init__(self, compute: FakeCompute) -> None:
        self._lock = threading.RLock()
        self._compute = compute
        self._records: dict[str, _Record] = {}
        self._gone: dict[str, _Record] = {}
        self._faults: dict[str, str] = {}
        self._endless: set[str] = set()
        self._silences = 0
        self.on_validate: Callable[[], None] = lambda: None
        """Called before templates are judged; may raise Heat's refusal."""
        self.calls: list[str] = []
        """The names of all methods called, in order."""

    def will_fail(self, resource: str, reason: str) -> None:
        """Let a resource fail (a server: by a fault), until :meth:`heal`."""
        self._faults[resource] = reason

    def never_finishes(self, resource: str) -> None:
        """Let a resource stay IN_PROGRESS, until :meth:`heal`."""
        self._endless.add(resource)

    def will_not_answer(self, times: int) -> None:
        """Let Heat be unreachable for the next looks at a stack's events."""
        self._silences = times

    def heal(self, resource: str) -> None:
        """Forget the faults of a resource."""
        self._faults.pop(resource, None)
        self._endless.discard(resource)

    def settle(self, name: str) -> Stack:
        """Let a stack come to rest at once, as after a long time."""
        for _ in range(10_000):
            stack = self.find(name)
            if stack is None or not stack.status.in_progress:
                break
        else:
            raise AssertionError(f"stack {name} never settles")
        return stack or self._gone[name].stack

    # The port.

    def find(self, name: str) -> Stack | None:
        with self._lock:
            self.calls.append("find")
            record = self._records.get(name)
            if record and record.stack.status.in_progress:
                self._step(record)
            record = self._records.get(name)
            return record.stack if record else None

    def validate(self, files: StackFiles) -> None:
        self.calls.append("validate")
        self.on_validate()
        definitions("validated", files)

    def create(self, name: str, files: StackFiles, timeout_minutes: int) -> str:
        with self._lock:
            self.calls.append("create")
            if name in self._records:
                raise ConflictError(f"The Stack ({name}) already exists.")
            defined = definitions(name, files)
            status = StackStatus(action="CREATE", status="IN_PROGRESS")
            stack = Stack(
                id=str(uuid.uuid4()),
                name=name,
                status=status,
                created="2026-11-22T12:00:00Z",
            )
            record = _Record(stack=stack, files=files, timeout_minutes=timeout_minutes)
            self._records[name] = record
            self._announce(record, "CREATE", "Stack CREATE started")
            self._converge(record, defined)
            return stack.id

    def update(self, name: str, files: StackFiles, timeout_minutes: int) -> None:
        with self._lock:
            self.calls.append("update")
            record = self._get(name)
            defined = definitions(name, files)
            record.files = files
            record.timeout_minutes = timeout_minutes
            record.stack = replace(record.stack, updated="2026-11-22T13:00:00Z")
            self._announce(record, "UPDATE", "Stack UPDATE started")
            self._converge(record, defined)

    def cancel_update(self, name: str) -> None:
        with self._lock:
            self.calls.append("cancel_update")
            record = self._get(name)
            status = record.stack.status
            if not status.in_progress or status.action not in {"CREATE", "UPDATE"}:
                raise ConflictError(f"Cancelling update when stack is {status}")
            self._abort(record)
            self._end(record, "FAILED", f"Stop {status.action} by user")

    def delete(self, name: str) -> None:
        with self._lock:
            self.calls.append("delete")
            record = self._records.get(name)
            if record is None:
                return
            self._announce(record, "DELETE", "Stack DELETE started")
            self._converge(record, {})

    def files(self, name: str) -> StackFiles:
        self.calls.append("files")
        return self._get(name).files

    def events(self, stack_id: str, *, after: str | None) -> Sequence[StackEvent]:
        with self._lock:
            self.calls.append("events")
            if self._silences:
                self._silences -= 1
                raise UnreachableError("cannot list events: no answer from Heat")
            events = self._by_id(stack_id).events
            known = [event.id for event in events]
            return events[known.index(after) + 1 :] if after in known else list(events)

    def resources(self, stack_id: str) -> Sequence[StackResource]:
        with self._lock:
            self.calls.append("resources")
            return list(self._by_id(stack_id).resources.values())

    # How it works.

    def _get(self, name: str) -> _Record:
        if name not in self._records:
            raise NotFoundError(f"The Stack ({name}) could not be found.")
        return self._records[name]

    def _by_id(self, stack_id: str) -> _Record:
        everything = [*self._records.values(), *self._gone.values()]
        for record in everything:
            if record.stack.id == stack_id:
                return record
        raise NotFoundError(f"The Stack ({stack_id}) could not be found.")

    def _announce(self, record: _Record, action: str, reason: str) -> None:
        status = StackStatus(action=action, status="IN_PROGRESS")
        record.stack = replace(record.stack, status=status, reason=reason)
        self._note(record, "", status, reason=reason, physical_id=record.stack.id)

    def _end(self, record: _Record, status: str, reason: str) -> None:
        ended = StackStatus(action=record.stack.status.action, status=status)
        record.stack = replace(
            record.stack, status=ended, reason=reason, outputs=self._outputs(record)
        )
        self._note(record, "", ended, reason=reason, physical_id=record.stack.id)
        if str(ended) == "DELETE_COMPLETE":
            name = record.stack.name
            self._gone[name] = self._records.pop(name)

    def _outputs(self, record: _Record) -> dict[str, Any]:
        servers = {server.id: server for server in self._compute.servers()}
        attributes: dict[str, Any] = {}
        for path, resource in record.resources.items():
            known: dict[str, Any] = {"id": resource.physical_id}
            if path in record.defined:
                known |= attributes_of(record.defined[path])
            if server := servers.get(resource.physical_id):
                known["name"] = server.name
                known["first_address"] = next(iter(server.addresses), "")
                known["networks"] = {"ctlplane": list(server.addresses)}
            attributes[path] = known
        return outputs(record.files, attributes)

    def _converge(self, record: _Record, wanted: dict[str, Definition]) -> None:
        """Begin what turns the resources that are into those that are wanted."""
        for path in [path for path in record.resources if path not in wanted]:
            self._begin(record, path, "DELETE")
        for path, definition in wanted.items():
            there = record.resources.get(path)
            is_sound = there and there.status.status == "COMPLETE"
            if there and not is_sound:
                self._compute.discard(there.physical_id)
            if not is_sound:
                self._create(record, definition)
            elif record.defined[path] != definition:
                self._begin(record, path, "UPDATE")
        record.defined = wanted

    def _create(self, record: _Record, definition: Definition) -> None:
        record.resources[definition.path] = StackResource(
            path=definition.path,
            type=definition.type,
            physical_id="",
            status=StackStatus(action="INIT", status="COMPLETE"),
        )
        self._begin(record, definition.path, "CREATE")

    def _begin(self, record: _Record, path: str, action: str) -> None:
        self._set(record, path, StackStatus(action=action, status="IN_PROGRESS"))

    def _set(
        self, record: _Record, path: str, status: StackStatus, reason: str = ""
    ) -> None:
        resource = replace(record.resources[path], status=status, reason=reason)
        record.resources[path] = resource
        physical_id = resource.physical_id
        self._note(record, path, status, reason=reason, physical_id=physical_id)

    def _note(
        self, record: _Record, path: str, status: StackStatus, **about: str
    ) -> None:
        number = len(record.events)
        event = StackEvent(
            id=f"event-{number}",
            time=f"2026-11-22T12:{number // 60 % 60:02d}:{number % 60:02d}Z",
            path=path,
            status=status,
            **about,
        )
        record.events.append(event)

    def _step(self, record: _Record) -> None:
        """Finish the deepest resource that can be finished, else the stack."""
        busy = [r.path for r in record.resources.values() if r.status.in_progress]
        ready = [
            path
            for path in sorted(busy, key=lambda path: -path.count("."))
            if path.rpartition(".")[2] not in self._endless
            and not any(other.startswith(f"{path}.") for other in busy)
        ]
        if ready:
            self._finish(record, ready[0])
        elif not busy:
            action = record.stack.status.action
            self._end(record, "COMPLETE", f"Stack {action} completed successfully")

    def _finish(self, record: _Record, path: str) -> None:
        resource = record.resources[path]
        action = resource.status.action
        fault = self._faults.get(path.rpartition(".")[2], "")
        if action == "CREATE":
            physical_id, fault = self._make(record.defined[path], fault)
            record.resources[path] = replace(resource, physical_id=physical_id)
        elif action == "DELETE" and not fault:
            self._compute.discard(resource.physical_id)
        if fault:
            self._fail(record, path, fault)
            return
        self._set(record, path, StackStatus(action=action, status="COMPLETE"))
        if action == "DELETE":
            del record.resources[path]

    def _make(self, definition: Definition, fault: str) -> tuple[str, str]:
        name = definition.path.rpartition(".")[2]
        if definition.type == TEST and definition.properties.get("fail"):
            return str(uuid.uuid4()), f"ValueError: Test Resource failed {name}"
        if definition.type != SERVER:
            return str(uuid.uuid4()), fault
        properties = definition.properties
        server = self._compute.boot(
            str(properties.get("name") or name),
            str(properties.get("flavor", "")),
            str(properties.get("availability_zone") or ""),
        )
        if not server.fault:
            self._compute.finish(server.id, fault=fault)
        fault = server.fault or fault
        reason = f'ResourceInError: Went to status ERROR due to "Message: {fault}"'
        return server.id, f"{reason}, Code: 500" if fault else ""

    def _fail(self, record: _Record, path: str, reason: str) -> None:
        action = record.resources[path].status.action
        failed = StackStatus(action=action, status="FAILED")
        kind, _, text = reason.partition(": ")
        names = [f"resources.{name}" for name in path.split(".")]
        told = reason
        for depth in range(len(names), 0, -1):
            where = ".".join(names[depth - 1 :])
            told = f"{kind}: {where}: {text}" if text else reason
            self._set(record, ".".join(path.split(".")[:depth]), failed, told)
        self._abort(record)
        self._end(record, "FAILED", f"Resource {action} failed: {told}")

    def _abort(self, record: _Record) -> None:
        for path, resource in list(record.resources.items()):
            if resource.status.in_progress:
                action = resource.status.action
                reason = f"{action} aborted (user triggered cancel)"
                status = StackStatus(action=action, status="FAILED")
                self._set(record, path, status, reason)
