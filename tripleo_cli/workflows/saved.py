"""What the working directory of a stack keeps of its deployments."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tripleo_cli.domain.overcloud.passwords import without_passwords
from tripleo_cli.domain.plan import (
    Plan,
    PlannedNode,
    layout_to_dict,
    plan_from_dict,
    plan_to_dict,
)
from tripleo_cli.domain.stack import StackFiles
from tripleo_cli.rendering.heat import tree
from tripleo_cli.workflows.ports import Workdir

PLAN = "plan.json"
SENT = "sent-to-heat.json"
TREE = "heat"
DRY_RUN = "dry-run"
LEAVING = "leaving.json"


def save(workdir: Workdir, plan: Plan, files: StackFiles) -> None:
    """Keep a plan and what was rendered of it, before Heat is given it."""
    workdir.write(PLAN, _json(plan_to_dict(plan)))
    save_tree(workdir, files, TREE)
    # Last, and in one file: a run that was killed in between has sent nothing.
    sent = {
        "template": files.template,
        "files": dict(files.files),
        "environment": dict(files.environment),
    }
    workdir.write(SENT, _json(sent))


def save_tree(workdir: Workdir, files: StackFiles, folder: str = "") -> None:
    """Write rendered templates as files of their own, for people.

    They may end up in a bug report: passwords that we made are not in them.
    """
    prefix = f"{folder}/" if folder else ""
    for name, text in tree(files).items():
        workdir.write(f"{prefix}{name}", text)
    # JSON is YAML; what comes from operators' files is data, not text, by now.
    shown = without_passwords(files.environment)
    workdir.write(f"{prefix}environment.yaml", _json(shown))


def read_sent(workdir: Workdir) -> StackFiles | None:
    """Give what Heat was last given from here; ``None`` where that is not known."""
    text = workdir.read(SENT)
    if text is None:
        return None
    try:
        data: dict[str, Any] = json.loads(text)
        return StackFiles(
            template=data["template"],
            files=data["files"],
            environment=data["environment"],
        )
    except (ValueError, KeyError, TypeError):
        # Damaged: the same as lost, for the stack itself is the truth.
        return None


def save_leaving(workdir: Workdir, stack_id: str, nodes: Sequence[PlannedNode]) -> None:
    """Keep which nodes are on their way out of a stack, until all is done about them.

    The stack's own plan is without them as soon as Heat has begun.
    """
    if nodes:
        # By its id, since another stack may have its name later.
        plan = Plan(stack=stack_id, nodes=tuple(nodes))
        workdir.write(LEAVING, _json(layout_to_dict(plan)))
    else:
        workdir.remove(LEAVING)


def has_leaving(workdir: Workdir) -> bool:
    """Whether nodes of any stack of this name may be on their way out of it."""
    return workdir.read(LEAVING) is not None


def read_leaving(workdir: Workdir, stack_id: str) -> tuple[PlannedNode, ...]:
    """Give the nodes whose way out of a stack was not seen through from here."""
    try:
        plan = plan_from_dict(json.loads(workdir.read(LEAVING) or "{}"))
    except ValueError:
        # Lost, or damaged.
        return ()
    return plan.nodes if plan.stack == stack_id else ()


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, sort_keys=True) + "\n"
