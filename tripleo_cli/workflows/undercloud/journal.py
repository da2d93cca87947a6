"""The installer's journal on disk: written after each task, whole or not at all."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from datetime import UTC, datetime

from tripleo_cli.domain.host import File
from tripleo_cli.domain.undercloud.journal import Entries, Entry, Inputs
from tripleo_cli.errors import HostError
from tripleo_cli.workflows.undercloud.ports import Host


class Journal:
    """What has been done; may be used from several threads."""

    def __init__(self, host: Host, folder: str) -> None:
        self._host = host
        self._path = f"{folder}/tasks.json"
        self._guard = threading.Lock()
        self._entries = dict(_read(host, self._path))

    @property
    def entries(self) -> Entries:
        """The last run of each task, now."""
        with self._guard:
            return dict(self._entries)

    def begin(self, task: str, inputs: Inputs) -> None:
        """Note that a task begins; what it made earlier no longer counts."""
        before = self._entries.get(task)
        self._note(
            task,
            Entry(
                inputs=inputs,
                token=secrets.token_hex(8),
                was_finished=before.was_finished if before else False,
                at=_now(),
            ),
        )

    def finish(self, task: str) -> None:
        """Note that a task that began has come to its end."""
        begun = self._entries[task]
        self._note(
            task,
            Entry(
                inputs=begun.inputs,
                token=begun.token,
                is_finished=True,
                was_finished=True,
                at=_now(),
            ),
        )

    def _note(self, task: str, entry: Entry) -> None:
        with self._guard:
            self._entries[task] = entry
            plain = {name: each.to_dict() for name, each in self._entries.items()}
            text = json.dumps(plain, indent=1) + "\n"
            self._host.put(File(path=self._path, text=text, mode=0o600))


def _read(host: Host, path: str) -> Mapping[str, Entry]:
    text = host.read(path)
    if text is None:
        return {}
    try:
        return {name: Entry.from_dict(raw) for name, raw in json.loads(text).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HostError(
            f"{path} is damaged: {error}",
            hint=f"rm {path}; the next run finds out what is there",
        ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
