"""State and CMDBs are written only when asked for, whole, and can be read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.workdir import FakeWorkdir
from tripleo_cli.domain.events import silent
from tripleo_cli.domain.specs.assign import Host, Match
from tripleo_cli.domain.specs.spec import Fact
from tripleo_cli.errors import BusyError, HostError, NotEnoughNodesError
from tripleo_cli.inputs.specs import load_catalog
from tripleo_cli.workflows.specs import (
    match_and_save,
    match_specs,
    require_all,
    summary,
)

CMDB = "# machines\ngenerate({'name': 'n1-2'})\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "state").write_text("[('a', 2), ('b', '*')]")
    (tmp_path / "a.specs").write_text("[('disk', '$disk', 'size', 'gt(4)')]")
    (tmp_path / "a.cmdb").write_text(CMDB)
    (tmp_path / "b.specs").write_text("[('disk', '$disk', 'size', 'gt(1)')]")
    return tmp_path


def a_host(name: str, size: str = "8") -> Host:
    fact: Fact = ("disk", "sda", "size", size)
    return Host(name=name, facts=(fact,))


def files_of(folder: Path) -> FakeWorkdir:
    """Give the folder as it is, in memory."""
    files = FakeWorkdir(folder)
    files.files = {path.name: path.read_text() for path in folder.iterdir()}
    return files


def test_matching_alone_writes_nothing(folder: Path) -> None:
    before = files_of(folder).files

    matches = match_specs(
        load_catalog(folder), [a_host("x"), a_host("y", "2"), a_host("z", "0")]
    )

    assert [match.profile for match in matches] == ["a", "b", None]
    assert files_of(folder).files == before


def test_what_is_left_is_written_and_the_original_kept(folder: Path) -> None:
    files = files_of(folder)

    match_and_save(folder, files, [a_host("x")], silent)

    assert files.files["state"] == "[('a', 1),\n ('b', '*')]\n"
    assert files.files["a.cmdb"] == (
        "[{'name': 'n1', 'disk': 'sda', 'used': 1},\n {'name': 'n2'}]\n"
    )
    assert files.files["a.cmdb.orig"] == CMDB
    assert files.held_by is None


def test_what_was_written_is_gone_on_with(folder: Path) -> None:
    for name in "xyz":
        files = files_of(folder)
        (match,) = match_and_save(folder, files, [a_host(name)], silent)
        for file, text in files.files.items():
            (folder / file).write_text(text)

    catalog = load_catalog(folder)
    assert match.profile == "b"
    assert [quota.left for quota in catalog.quotas] == [0, None]
    assert (folder / "a.cmdb.orig").read_text() == CMDB


def test_nothing_is_written_where_nothing_changed(folder: Path) -> None:
    files = files_of(folder)
    before = dict(files.files)

    match_and_save(folder, files, [a_host("x", "2")], silent)

    assert files.files == before


def test_two_do_not_write_at_once(folder: Path) -> None:
    files = files_of(folder)
    files.held_by = "another"

    with pytest.raises(BusyError):
        match_and_save(folder, files, [a_host("x")], silent)


class CutOff(FakeWorkdir):
    """Breaks down at the state, after the CMDB was written."""

    def write(self, name: str, text: str) -> Path:
        if name == "state":
            raise HostError("no space left on device")
        return super().write(name, text)


def test_who_is_stopped_halfway_gives_no_second_entry_to_a_machine(
    folder: Path,
) -> None:
    files = CutOff(folder)
    files.files = files_of(folder).files
    (folder / "a.specs").write_text("[('disk', '$$name', 'size', 'gt(4)')]")
    (folder / "a.cmdb").write_text("[{'name': 'sda'}]")
    with pytest.raises(HostError):
        match_and_save(folder, files, [a_host("x")], silent)
    (folder / "a.cmdb").write_text(files.files["a.cmdb"])

    (match,) = match_and_save(folder, files_of(folder), [a_host("x")], silent)

    assert match.profile == "a"


def test_the_summary_counts_by_profile() -> None:
    matches = [Match(host=host, profile=host[0]) for host in ("a1", "a2", "b1")]

    assert summary([*matches, Match(host="c")]) == "3 of 4 nodes match: a 2, b 1"
    assert summary([Match(host="c")]) == "0 of 1 nodes match"


def test_all_can_be_insisted_on() -> None:
    require_all([Match(host="x", profile="a")])

    with pytest.raises(NotEnoughNodesError, match="1 of 2 nodes match no profile: y"):
        require_all([Match(host="x", profile="a"), Match(host="y")])
