"""Make Ironic's inspection rules those of a file, list and delete them.

Only rules that were added are seen and touched; those built into Ironic's own
configuration are not in its API.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tripleo_cli.domain.events import Began, Failed, Finished, Reporter, Skipped
from tripleo_cli.domain.inspection_rule import InspectionRule, is_same
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import (
    InvalidInputError,
    PartialFailureError,
    Problem,
    TripleoError,
)
from tripleo_cli.workflows.concurrency import each
from tripleo_cli.workflows.ports import Inspection

IMPORT = "import rules"
DELETE = "delete rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """What came of one rule; ``error`` is empty where it went well."""

    rule: InspectionRule
    result: str
    error: str = ""


def import_rules(
    inspection: Inspection, wanted: Sequence[InspectionRule], report: Reporter
) -> Sequence[RuleOutcome]:
    """Create rules, or make those of the same uuid or description like them.

    Returns:
        One outcome per rule, in their order, with the uuid that it has.

    Raises:
        InvalidInputError: It is not certain which rule is meant; nothing was done.
    """
    known = list(inspection.rules())
    before = _found_again(wanted, known)
    report(Began(IMPORT, len(wanted)))

    def save(index: int) -> RuleOutcome:
        return _save(inspection, wanted[index], before[index])

    outcomes = []
    # One after the other: rules of the same priority are applied in that order.
    for outcome in each(range(len(wanted)), save, concurrency=1):
        rule = wanted[outcome.subject]
        ended = outcome.result or _failed(rule, outcome.error)
        _tell(report, IMPORT, ended)
        outcomes.append(ended)
    return outcomes


def select_rules(
    known: Iterable[InspectionRule], wanted: Sequence[str]
) -> Sequence[InspectionRule]:
    """Find rules by uuid or description, each once.

    Raises:
        InvalidInputError: Some are not known, or several are meant; lists all.
    """
    rules = list(known)
    found: dict[str, InspectionRule] = {}
    problems: list[Problem] = []
    for name in wanted:
        meant = [rule for rule in rules if name in (rule.uuid, rule.description)]
        if len(meant) == 1:
            found[meant[0].uuid] = meant[0]
        elif meant:
            uuids = ", ".join(rule.uuid for rule in meant)
            problems.append(Problem(name, "several rules have that name", uuids))
        else:
            names = [rule.description for rule in rules if rule.description]
            what = "there is no such rule"
            problems.append(Problem(name, what, did_you_mean(name, names)))
    if problems:
        raise InvalidInputError(
            "inspection rules", problems, hint="openstack overcloud rule list"
        )
    return list(found.values())


def delete_rules(
    inspection: Inspection, rules: Sequence[InspectionRule], report: Reporter
) -> Sequence[RuleOutcome]:
    """Remove rules; one that fails stops no other."""
    report(Began(DELETE, len(rules)))

    def delete(rule: InspectionRule) -> RuleOutcome:
        inspection.delete_rule(rule.uuid)
        return RuleOutcome(rule=rule, result="deleted")

    outcomes = []
    for outcome in each(rules, delete):
        ended = outcome.result or _failed(outcome.subject, outcome.error)
        _tell(report, DELETE, ended)
        outcomes.append(ended)
    return outcomes


def raise_rule_failures(outcomes: Sequence[RuleOutcome], doing: str) -> None:
    """End with an error where anything went wrong; ``doing`` as in "import".

    Raises:
        PartialFailureError: It names each rule with the cause.
    """
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed:
        listed = "\n".join(f"  {_name(o.rule)}: {o.error}" for o in failed)
        raise PartialFailureError(
            f"could not {doing} {len(failed)} of {len(outcomes)} rules:\n{listed}",
            hint="openstack overcloud rule list",
        )


def _found_again(
    wanted: Sequence[InspectionRule], known: Sequence[InspectionRule]
) -> Sequence[InspectionRule | None]:
    """Give, for each wanted rule, the one that Ironic has of it."""
    before: list[InspectionRule | None] = []
    problems: list[Problem] = []
    for rule in wanted:
        meant = [other for other in known if _is_meant(rule, other)]
        if len(meant) > 1:
            uuids = ", ".join(other.uuid for other in meant)
            what = f"Ironic has {len(meant)} rules of that uuid or description: {uuids}"
            remedy = "openstack overcloud rule delete UUID"
            problems.append(Problem(_name(rule), what, remedy))
        before.append(meant[0] if meant else None)
    if problems:
        raise InvalidInputError("inspection rules", problems)
    return before


def _is_meant(rule: InspectionRule, other: InspectionRule) -> bool:
    if rule.uuid and rule.uuid == other.uuid:
        return True
    return bool(rule.description) and rule.description == other.description


def _save(
    inspection: Inspection, rule: InspectionRule, before: InspectionRule | None
) -> RuleOutcome:
    if before is None:
        uuid = inspection.create_rule(rule)
        return RuleOutcome(rule=replace(rule, uuid=uuid), result="created")
    new = replace(rule, uuid=rule.uuid or before.uuid)
    if new.uuid == before.uuid and is_same(new, before):
        return RuleOutcome(rule=new, result="unchanged")
    # Ironic lets neither a uuid nor the end of secrecy be changed in place.
    if new.uuid != before.uuid:
        inspection.create_rule(new)
        inspection.delete_rule(before.uuid)
    elif before.sensitive and not new.sensitive:
        inspection.delete_rule(before.uuid)
        inspection.create_rule(new)
    else:
        inspection.replace_rule(new)
    return RuleOutcome(rule=new, result="updated")


def _failed(rule: InspectionRule, error: TripleoError | None) -> RuleOutcome:
    return RuleOutcome(rule=rule, result="failed", error=str(error))


def _tell(report: Reporter, task: str, outcome: RuleOutcome) -> None:
    name = _name(outcome.rule)
    if outcome.error:
        report(Failed(task, name, outcome.error))
    elif outcome.result == "unchanged":
        report(Skipped(task, name, outcome.result))
    else:
        report(Finished(task, name, outcome.result))


def _name(rule: InspectionRule) -> str:
    return rule.description or rule.uuid
