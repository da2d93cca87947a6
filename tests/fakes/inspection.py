"""Results and rules of inspections, in memory.

Inventories are those of the fake bare metal service, which fills them when a node's
inspection ends.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.fakes.baremetal import FakeBaremetal
from tripleo_cli.domain.inspection_rule import InspectionRule
from tripleo_cli.domain.node import NodeId
from tripleo_cli.errors import ConflictError, NotFoundError, ServiceError

_CONDITIONS = (
    "eq lt gt is-empty in-net matches contains one-of is-none is-true is-false"
)
CONDITIONS = frozenset(_CONDITIONS.split())
_ACTIONS = (
    "fail log set-attribute extend-attribute del-attribute set-capability "
    "unset-capability add-trait remove-trait set-plugin-data extend-plugin-data "
    "unset-plugin-data set-port-attribute extend-port-attribute del-port-attribute "
    "api-call"
)
ACTIONS = frozenset(_ACTIONS.split())
LONGEST_DESCRIPTION = 255


class FakeInspection:
    """Ironic's refusals; see the module."""

    def __init__(self, baremetal: FakeBaremetal) -> None:
        self._baremetal = baremetal
        self._lock = threading.Lock()
        self._rules: dict[str, InspectionRule] = {}
        self.calls: list[str] = []
        """The names of all methods called, in order."""

    def inventory(
        self, node: NodeId
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        self._note("inventory")
        try:
            stored = self._baremetal.inventory(node)
        except NotFoundError as error:
            if "inventory of node" in str(error):
                return None
            raise
        return stored["inventory"], stored["plugin_data"]

    def rules(self) -> Sequence[InspectionRule]:
        self._note("rules")
        with self._lock:
            return [
                replace(rule, conditions=None, actions=None) if rule.sensitive else rule
                for rule in self._rules.values()
            ]

    def create_rule(self, rule: InspectionRule) -> str:
        self._note("create_rule")
        _check(rule)
        with self._lock:
            if rule.uuid in self._rules:
                raise ConflictError(f"a rule with UUID {rule.uuid} already exists")
            new = replace(rule, uuid=rule.uuid or str(uuid.uuid4()))
            self._rules[new.uuid] = new
            return new.uuid

    def replace_rule(self, rule: InspectionRule) -> None:
        self._note("replace_rule")
        _check(rule)
        with self._lock:
            self._get(rule.uuid)
            self._rules[rule.uuid] = rule

    def delete_rule(self, uuid: str) -> None:
        self._note("delete_rule")
        with self._lock:
            self._get(uuid)
            del self._rules[uuid]

    def _get(self, uuid: str) -> InspectionRule:
        try:
            return self._rules[uuid]
        except KeyError:
            raise NotFoundError(f"inspection rule {uuid} could not be found") from None

    def _note(self, call: str) -> None:
        with self._lock:
            self.calls.append(call)


def _check(rule: InspectionRule) -> None:
    if not rule.actions:
        raise ServiceError("an inspection rule needs an action")
    if len(rule.description) > LONGEST_DESCRIPTION:
        raise ServiceError("the description is too long")
    if not 0 <= rule.priority <= 9999:
        raise ServiceError("the priority must be between 0 and 9999")
    for clause in rule.conditions or ():
        if str(clause.get("op")).removeprefix("!") not in CONDITIONS:
            raise ServiceError(f"unsupported condition {clause.get('op')!r}")
    for clause in rule.actions:
        if clause.get("op") not in ACTIONS:
            raise ServiceError(f"unsupported action {clause.get('op')!r}")
