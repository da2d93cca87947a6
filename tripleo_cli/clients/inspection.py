"""Results and rules of inspections, through python-ironicclient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ironicclient.v1.client import Client

from tripleo_cli.clients.baremetal import IronicBaremetal, open_client
from tripleo_cli.clients.clock import LiveClock
from tripleo_cli.clients.translate import Service, translating
from tripleo_cli.domain.inspection_rule import MAIN, Clause, InspectionRule
from tripleo_cli.domain.node import NodeId
from tripleo_cli.errors import NotFoundError

if TYPE_CHECKING:
    from keystoneauth1.session import Session


def connect(session: Session, endpoint: str) -> IronicInspection:
    """Agree on a version of the API and build the client.

    Raises:
        ServiceError: The service does not answer, or is too old.
    """
    return IronicInspection(*open_client(session, endpoint))


class IronicInspection:
    """Implements the ``Inspection`` port."""

    def __init__(self, ironic: Client, service: Service) -> None:
        self._rules = ironic.inspection_rule
        self._service = service
        self._baremetal = IronicBaremetal(ironic, service, LiveClock())

    def inventory(
        self, node: NodeId
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """Give a node's inventory and the data of Ironic's plugins."""
        try:
            stored = self._baremetal.inventory(node)
        except NotFoundError as error:
            # Ironic answers 404 for a node without an inventory, too.
            if "inventory record" in str(error):
                return None
            raise
        return stored["inventory"] or {}, stored["plugin_data"] or {}

    def rules(self) -> Sequence[InspectionRule]:
        """List the rules that were added."""
        with translating(self._service, "list inspection rules"):
            found = self._rules.list(detail=True, limit=0)
        return [_rule(raw) for raw in found]

    def create_rule(self, rule: InspectionRule) -> str:
        """Add a rule; gives its uuid."""
        uuid = rule.uuid or str(uuid4())
        call = f"create inspection rule {_name(rule)}"
        with translating(self._service, call, _secrets(rule)):
            self._rules.create(uuid=uuid, **_fields(rule))
        return uuid

    def replace_rule(self, rule: InspectionRule) -> None:
        """Make the rule of that uuid equal to this one."""
        patch = [
            {"op": "replace", "path": f"/{name}", "value": value}
            for name, value in _fields(rule).items()
        ]
        call = f"change inspection rule {rule.uuid}"
        with translating(self._service, call, _secrets(rule)):
            self._rules.update(rule.uuid, patch)

    def delete_rule(self, uuid: str) -> None:
        """Remove a rule."""
        with translating(self._service, f"delete inspection rule {uuid}"):
            self._rules.delete(uuid)


def _secrets(rule: InspectionRule) -> frozenset[str]:
    """Collect what a refusal must not quote: the values of a sensitive rule."""
    if not rule.sensitive:
        return frozenset()
    clauses = (*(rule.conditions or ()), *(rule.actions or ()))
    return frozenset(text for each in clauses for text in _texts(each.get("args")))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)


def _name(rule: InspectionRule) -> str:
    return repr(rule.description) if rule.description else rule.uuid


def _fields(rule: InspectionRule) -> dict[str, Any]:
    return {
        "description": rule.description,
        "priority": rule.priority,
        "sensitive": rule.sensitive,
        "phase": rule.phase,
        "conditions": [dict(clause) for clause in rule.conditions or ()],
        "actions": [dict(clause) for clause in rule.actions or ()],
    }


def _rule(raw: Any) -> InspectionRule:
    return InspectionRule(
        uuid=raw.uuid,
        description=raw.description or "",
        priority=raw.priority or 0,
        sensitive=bool(raw.sensitive),
        phase=raw.phase or MAIN,
        conditions=_clauses(raw.conditions),
        actions=_clauses(raw.actions),
    )


def _clauses(raw: Any) -> tuple[Clause, ...] | None:
    """Keep ``None``: it is how Ironic hides the clauses of a sensitive rule."""
    return None if raw is None else tuple(dict(clause) for clause in raw)
