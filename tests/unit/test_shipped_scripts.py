"""Programs that stand in service files do what their manifests take them for."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tripleo_cli.inputs.services import FOLDER, load_services
from tripleo_cli.resources import shipped

SERVICES = load_services([Path(str(shipped("templates"))) / FOLDER])
CONFIGURATION = "/etc/nova/tables.conf"


class MappedHosts(ModuleType):
    """Stands in for SQLAlchemy; knows two hosts, whatever is asked."""

    text = str

    def create_engine(self, _url: str) -> MappedHosts:
        return self

    def connect(self) -> MappedHosts:
        return self

    def execute(self, _query: str) -> list[tuple[str]]:
        return [("mapped-0.localdomain",), ("mapped-1",)]


class Asker:
    """Runs what asks Nova's database which computes are in no cell."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = folder / "tables.conf"
        settings.write_text("[api_database]\nconnection = mysql://nova\n")
        manifest = SERVICES["nova-api"].steps[5].bootstrap_manifest
        found = re.search(r"\$nova_unmapped = '(.*)'$", manifest, re.MULTILINE)
        assert found
        self._program = found[1].replace(CONFIGURATION, str(settings))
        self._monkeypatch = monkeypatch

    def exit_code(self, *hostnames: str) -> int:
        """Give what a shell sees: eight bits."""
        hosts = MappedHosts("sqlalchemy")
        self._monkeypatch.setitem(sys.modules, "sqlalchemy", hosts)
        self._monkeypatch.setattr(sys, "argv", ["-c", *hostnames])
        with pytest.raises(SystemExit) as ended:
            exec(self._program, {})  # noqa: S102 - it is ours, and that is the test
        return int(ended.value.code or 0) & 0xFF


@pytest.fixture
def asker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asker:
    return Asker(tmp_path, monkeypatch)


def test_computes_that_are_in_their_cell_are_no_work(asker: Asker) -> None:
    assert asker.exit_code("mapped-0", "mapped-1") == 0


@pytest.mark.parametrize("number", [1, 255, 256, 512])
def test_any_number_of_computes_without_a_cell_is_work(
    asker: Asker, number: int
) -> None:
    new = (f"new-{one}" for one in range(number))

    assert asker.exit_code("mapped-0", *new) != 0
