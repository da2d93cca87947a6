"""What the installer has done, and what follows from it for the next run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tripleo_cli.domain.undercloud.tasks import Task

Inputs = Mapping[str, str]
"""Hash of each input of a task, by the input's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The last run of one task.

    ``token`` is new in every run: tasks that this one renews compare it.
    ``was_finished`` tells whether any run, this or an earlier one, came to its end.
    """

    inputs: Inputs = field(default_factory=dict)
    token: str
    is_finished: bool = False
    was_finished: bool = False
    at: str = ""

    def to_dict(self) -> Mapping[str, Any]:
        """Write the entry as plain data."""
        return {
            "inputs": dict(self.inputs),
            "token": self.token,
            "is_finished": self.is_finished,
            "was_finished": self.was_finished,
            "at": self.at,
        }

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> Entry:
        """Read what :meth:`to_dict` wrote."""
        return Entry(
            inputs={str(k): str(v) for k, v in raw["inputs"].items()},
            token=str(raw["token"]),
            is_finished=bool(raw["is_finished"]),
            was_finished=bool(raw["was_finished"]),
            at=str(raw.get("at", "")),
        )


Entries = Mapping[str, Entry]
"""The last run of each task, by the task's name."""


def inputs_of(task: Task, hashes: Inputs, entries: Entries) -> Inputs:
    """Collect what a task depends on, as it is now.

    ``hashes`` has at least the inputs that the task names.
    """
    own = {name: hashes[name] for name in task.inputs}
    runs = {
        f"run of {name}": entries[name].token if name in entries else ""
        for name in task.renewed_by
    }
    return {**own, **runs}


def reason_to_run(task: Task, inputs: Inputs, entry: Entry | None) -> str:
    """Say why a task has to run; empty where its last run still holds.

    Whether what it made still exists is for the caller to look at.
    """
    if task.always:
        return "is checked every time"
    if entry is None:
        return "has not run yet"
    if not entry.is_finished:
        return "was interrupted"
    changed = sorted(
        name
        for name in inputs.keys() | entry.inputs.keys()
        if inputs.get(name) != entry.inputs.get(name)
    )
    return f"changed: {', '.join(changed)}" if changed else ""


def is_leftover(entry: Entry | None) -> bool:
    """Whether a first run was interrupted: nothing of value can be there yet."""
    return entry is not None and not entry.is_finished and not entry.was_finished
