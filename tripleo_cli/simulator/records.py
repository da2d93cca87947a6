"""Records of machines in files, so that a killed fleet finds them again."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tripleo_cli.simulator import host
from tripleo_cli.simulator.container import Record, record_from

LOG = logging.getLogger(__name__)
STATE: Final = Path("/var/lib/tripleo-fleet")
FILE: Final = "record.json"


@dataclass(frozen=True, slots=True)
class FileRecords:
    """A folder per machine below ``STATE/machines``."""

    state: Path = STATE

    def folder(self, node_id: str) -> Path:
        """Say where all that a machine has is kept."""
        return self.state / "machines" / node_id

    def all(self) -> Mapping[str, Record]:
        """Read every record; one that cannot be read is told and left alone."""
        found: dict[str, Record] = {}
        for path in sorted((self.state / "machines").glob(f"*/{FILE}")):
            try:
                record = record_from(json.loads(path.read_text()))
            except FileNotFoundError:
                # Another fleet has just wiped it.
                continue
            except (ValueError, TypeError, KeyError) as error:
                LOG.error("%s cannot be read: %s", path, error)  # noqa: TRY400 - foreseen: no trace
                continue
            found[record.node_id] = record
        return found

    def save(self, record: Record) -> None:
        """Keep a record; the old one or the new one is there, never a part."""
        folder = self.folder(record.node_id)
        with host.telling(f"keep the record of {record.name}"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = folder / f"{FILE}.new"
            new.write_text(json.dumps(asdict(record), indent=1))
            os.replace(new, folder / FILE)  # noqa: PTH105 - the name says atomic

    def empty(self, node_id: str) -> None:
        """Remove all that is beside a record."""
        for path in self.folder(node_id).glob("*"):
            if path.name != FILE:
                host.remove(path)

    def forget(self, node_id: str) -> None:
        """Remove a record and what is beside it."""
        host.remove(self.folder(node_id))
