"""Heat, through python-heatclient.

Nested stacks cost no further calls: Heat lists their events and resources with those
of the root, and :class:`_Paths` finds out where each stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from heatclient import exc
from heatclient.v1.client import Client
from keystoneauth1 import exceptions as keystone

from tripleo_cli.clients.translate import Service, translating
from tripleo_cli.domain.stack import (
    Stack,
    StackEvent,
    StackFiles,
    StackResource,
    StackStatus,
)
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

if TYPE_CHECKING:
    from keystoneauth1.session import Session

NESTED_DEPTH = 5
"""How deep stacks may be nested; Heat's own limit is 5."""

_GONE = StackStatus(action="DELETE", status="COMPLETE")


def connect(session: Session, endpoint: str) -> HeatStacks:
    """Build the client; asks nothing of Heat yet."""
    service = Service(
        name="Heat",
        process="heat-api",
        endpoint=endpoint,
        failures=(keystone.ClientException, exc.BaseException),
    )
    return HeatStacks(Client(session=session, endpoint_override=endpoint), service)


class HeatStacks:
    """Implements the ``Stacks`` port."""

    def __init__(self, heat: Any, service: Service) -> None:
        self._heat = heat
        self._service = service
        self._identities: dict[str, str] = {}
        self._paths: dict[str, _Paths] = {}
        self._leaving: set[str] = set()

    def find(self, name: str) -> Stack | None:
        """Look a stack up by name; outputs are resolved where it is at rest."""
        found = self._get(name, resolve_outputs=False)
        if found is None:
            return None
        self._identities[name] = f"{name}/{found.id}"
        if not _status(found.stack_status).in_progress:
            found = self._get(name, resolve_outputs=True)
        return _stack(found) if found else None

    def validate(self, files: StackFiles) -> None:
        """Let Heat check the templates."""
        with translating(self._service, "validate the templates"):
            self._heat.stacks.validate(**_body(files), show_nested=True)

    def create(self, name: str, files: StackFiles, timeout_minutes: int) -> str:
        """Begin to create a stack; gives its id at once."""
        with translating(self._service, f"create stack {name}"):
            answer = self._heat.stacks.create(
                stack_name=name,
                timeout_mins=timeout_minutes,
                disable_rollback=True,
                **_body(files),
            )
        stack_id = str(answer["stack"]["id"])
        self._identities[name] = f"{name}/{stack_id}"
        return stack_id

    def update(self, name: str, files: StackFiles, timeout_minutes: int) -> None:
        """Begin to update a stack."""
        identity = self._identity(name)
        with translating(self._service, f"update stack {name}"):
            self._heat.stacks.update(
                identity,
                timeout_mins=timeout_minutes,
                disable_rollback=True,
                **_body(files),
            )

    def cancel_update(self, name: str) -> None:
        """Stop an update where it is, without rolling back."""
        identity = self._identity(name)
        try:
            with translating(self._service, f"cancel the update of stack {name}"):
                self._heat.actions.cancel_without_rollback(identity)
        except ServiceError as error:
            # Heat answers 400 to a stack that is not in progress.
            if "Cancelling update when stack is" in str(error):
                raise ConflictError(str(error)) from error.__cause__
            raise

    def delete(self, name: str) -> None:
        """Begin to delete a stack; harmless where there is none."""
        try:
            with translating(self._service, f"delete stack {name}"):
                identity = self._identity(name)
                self._heat.stacks.delete(identity)
                self._leaving.add(identity.rpartition("/")[2])
        except NotFoundError:
            self._identities.pop(name, None)

    def files(self, name: str) -> StackFiles:
        """Give back what the stack was last created or updated with.

        The template comes as JSON: Heat does not keep the text that it was given.
        """
        identity = self._identity(name)
        with translating(self._service, f"read the templates of stack {name}"):
            template = self._heat.stacks.template(identity)
            files = self._heat.stacks.files(identity)
            environment = self._heat.stacks.environment(identity)
        return StackFiles(
            template=json.dumps(template),
            files=dict(files),
            environment=_given(environment),
        )

    def events(self, stack_id: str, *, after: str | None) -> Sequence[StackEvent]:
        """List events, nested ones too, oldest first, that came after event id."""
        raw = self._events(stack_id, after)
        paths = self._paths.setdefault(stack_id, _Paths(stack_id))
        paths.learn_from(raw)
        if any(paths.is_strange(event) for event in raw):
            self.resources(stack_id)
        return [
            _event(event, paths) for event in raw if not paths.is_nested_itself(event)
        ]

    def resources(self, stack_id: str) -> Sequence[StackResource]:
        """List resources, nested ones too."""
        with translating(self._service, f"list the resources of stack {stack_id}"):
            found = self._heat.resources.list(
                self._by_id(stack_id), nested_depth=NESTED_DEPTH
            )
        raw = [resource.to_dict() for resource in found]
        paths = self._paths.setdefault(stack_id, _Paths(stack_id))
        paths.learn_from(raw)
        return sorted((_resource(item, paths) for item in raw), key=lambda r: r.path)

    def _events(self, stack_id: str, after: str | None) -> list[Mapping[str, Any]]:
        """Ask for events, of a stack that is being deleted twice.

        Heat finds nested stacks by the resources that are left, so with them alone
        the last events of a deletion would never be seen.
        """
        depths = (NESTED_DEPTH, 0) if stack_id in self._leaving else (NESTED_DEPTH,)
        found: dict[str, Mapping[str, Any]] = {}
        for depth in depths:
            with translating(self._service, f"list the events of stack {stack_id}"):
                events = self._heat.events.list(
                    self._by_id(stack_id),
                    nested_depth=depth,
                    marker=after,
                    sort_dir="asc",
                )
            found.update((event.id, event.to_dict()) for event in events)
        return sorted(found.values(), key=lambda event: str(event["event_time"]))

    def _get(self, name: str, *, resolve_outputs: bool) -> Any:
        """Ask for a stack by its full identity where that is known.

        By name alone Heat answers with a redirection, so each poll would cost two
        requests; by identity it shows a deleted stack too.
        """
        known = self._identities.get(name)
        try:
            with translating(self._service, f"find stack {name}"):
                found = self._heat.stacks.get(
                    known or name, resolve_outputs=resolve_outputs
                )
        except NotFoundError:
            found = None
        if found is not None and found.action == "DELETE":
            self._leaving.add(found.id)
        if found is not None and _status(found.stack_status) != _GONE:
            return found
        self._identities.pop(name, None)
        return self._get(name, resolve_outputs=resolve_outputs) if known else None

    def _identity(self, name: str) -> str:
        if name not in self._identities and self.find(name) is None:
            raise NotFoundError(
                f"there is no stack {name} ({self._service.name} at "
                f"{self._service.endpoint})",
                hint="openstack stack list",
            )
        return self._identities[name]

    def _by_id(self, stack_id: str) -> str:
        known = (i for i in self._identities.values() if i.endswith(f"/{stack_id}"))
        return next(known, stack_id)


class _Paths:
    """Where the stacks nested in a root stand: learnt from what Heat lists.

    A resource that is a nested stack has that stack's id as its physical id.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._owners: dict[str, tuple[str, str]] = {}

    def learn_from(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Note which resource each nested stack belongs to."""
        for item in items:
            inner, outer = str(item["physical_resource_id"] or ""), _stack_of(item)
            if inner and inner != outer:
                self._owners[inner] = (outer, item["resource_name"])

    def is_strange(self, item: Mapping[str, Any]) -> bool:
        """Whether it is not known where the item's stack stands."""
        stack = _stack_of(item)
        return stack != self._root and stack not in self._owners

    def is_nested_itself(self, item: Mapping[str, Any]) -> bool:
        """Whether an event is a nested stack's own; its resource has the same."""
        stack = _stack_of(item)
        return bool(item["physical_resource_id"] == stack != self._root)

    def path(self, item: Mapping[str, Any]) -> str:
        """Name the item from the root down; the root itself is the empty path."""
        stack = _stack_of(item)
        if item["physical_resource_id"] == stack:
            return ""
        names = [item["resource_name"]]
        while stack in self._owners:
            stack, name = self._owners[stack]
            names.insert(0, name)
        return ".".join(names)


def _stack_of(item: Mapping[str, Any]) -> str:
    hrefs = (link["href"] for link in item["links"] if link["rel"] == "stack")
    return next(hrefs, "").rpartition("/")[2]


def _body(files: StackFiles) -> dict[str, Any]:
    return {
        "template": files.template,
        "files": dict(files.files),
        "environment": dict(files.environment),
    }


def _given(environment: Mapping[str, Any]) -> dict[str, Any]:
    """Drop what Heat adds to an environment: sections, and files under their name."""
    registry = {
        name: target
        for name, target in (environment.get("resource_registry") or {}).items()
        if target and name != target
    }
    mine = {**environment, "resource_registry": registry}
    added = {"encrypted_param_names", "event_sinks"}
    return {key: value for key, value in mine.items() if value and key not in added}


def _status(text: str) -> StackStatus:
    action, _, status = text.partition("_")
    return StackStatus(action=action, status=status)


def _stack(raw: Any) -> Stack:
    return Stack(
        id=raw.id,
        name=raw.stack_name,
        status=_status(raw.stack_status),
        reason=raw.stack_status_reason or "",
        created=raw.creation_time or "",
        updated=raw.updated_time or "",
        outputs={
            output["output_key"]: output.get("output_value")
            for output in getattr(raw, "outputs", ())
        },
    )


def _resource(raw: Mapping[str, Any], paths: _Paths) -> StackResource:
    return StackResource(
        path=paths.path(raw),
        type=raw["resource_type"],
        physical_id=raw["physical_resource_id"] or "",
        status=_status(raw["resource_status"]),
        reason=raw["resource_status_reason"] or "",
    )


def _event(raw: Mapping[str, Any], paths: _Paths) -> StackEvent:
    return StackEvent(
        id=raw["id"],
        time=raw["event_time"],
        path=paths.path(raw),
        status=_status(raw["resource_status"]),
        reason=raw["resource_status_reason"] or "",
        physical_id=raw["physical_resource_id"] or "",
    )
